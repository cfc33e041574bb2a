"""What the pages cost a person: when one can be used, how much is sent for it, and the whole way by a script.

`.venv/bin/python -m benchmarks.pages [RUNS]`: Chromium at a phone's size on loopback, a fresh browser for each run.
Usable means that the first stage's heading has the focus, counted from the navigation's start by the browser's clock.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from api import logs
from tests.e2e import walking
from tests.e2e.browsing import Person, chromium, device
from tests.e2e.serving import serving

RUNS = 3
USABLE = """() => performance.mark("usable").startTime"""
SENT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, each) => sum + each.transferSize, 0)"""


def main() -> None:
    """Walk the whole way a few times and print the medians."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    usable, sent, whole = [], [], []
    logs.configure("warning")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data") as service:
        walking.product(service)
        for _ in range(runs):
            with chromium() as browser:
                context = device(browser)
                begun = time.monotonic()
                person = Person.arrive(service, context)
                person.page.wait_for_selector("main.view-identity h1:focus")
                usable.append(float(person.page.evaluate(USABLE)))
                sent.append(int(person.page.evaluate(SENT)))
                person.buy()
                person.evidence(Path(folder))
                whole.append(time.monotonic() - begun)
                context.close()
    print(f"first page usable            {statistics.median(usable):7.0f} ms  target <= 1000 ms")
    print(f"first page sent              {statistics.median(sent) / 1000:7.1f} kB  target <= 150 kB")
    print(f"the whole way by script      {statistics.median(whole):7.1f} s   target <= 60 s")


if __name__ == "__main__":
    main()
