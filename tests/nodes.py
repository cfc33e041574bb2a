"""Chains for tests: the embedded one, and JSON-RPC nodes started on loopback and stopped by their process id."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# First development account of anvil and Hardhat, published with both; worth nothing anywhere.
DEVELOPMENT_KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
_START_SECONDS = 30


def node_path() -> str:
    """Return a search path with the environment's Node first."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


def require_node_packages() -> None:
    """Fail, and say how to mend it, where Node or the npm packages are missing: these tests must not pass unseen."""
    if shutil.which("node", path=node_path()) is None or not (ROOT / "node_modules").is_dir():
        pytest.fail("NODE OR ITS PACKAGES ARE MISSING, contract tests cannot run: `scripts/test` installs them")


@contextmanager
def json_rpc_node(*arguments: str) -> Iterator[str]:
    """Run anvil on a free loopback port; yields its address. Stopped by its own process id."""
    require_node_packages()
    program = next(iter((ROOT / "node_modules" / "@foundry-rs").glob("anvil-*/bin/anvil*")), None)
    if program is None:
        pytest.fail("ANVIL IS MISSING for this platform: run `scripts/test`, which installs what package.json names")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(program), "--host", "127.0.0.1", "--port", str(port), "--silent", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    body = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"anvil ended at once with {process.returncode}")
        request = urllib.request.Request(f"http://127.0.0.1:{port}", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    pytest.fail("anvil did not answer within 30 seconds")
