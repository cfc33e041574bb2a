import subprocess
import sys

PROGRAM = """
import json, threading
import ledger.chain.embedded

def parse():
    for text in ("[" * 1_000_000, '{"a":' * 1_000_000):
        try:
            json.loads(text)
        except RecursionError:
            print("refused")

parse()
thread = threading.Thread(target=parse)
thread.start()
thread.join()
"""


def test_deep_json_is_refused_and_does_not_end_the_process_that_runs_the_chain() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["refused"] * 4), done.stderr
