"""Start `pfl serve` as its own process on a free loopback port and stop it again."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

READY_SECONDS = 60
STOP_SECONDS = 20
_LISTENING = re.compile(r"listening on (http://\S+)")


class ServiceError(Exception):
    """The service did not start; the message holds what it said."""


class Service:
    """One `pfl serve` process with stand-ins over one data directory."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        """``data`` is a directory that the service makes if it is not there; ``settings`` are ``PFL_*`` of its own."""
        self._data = data
        self._settings = dict(settings or {})
        self._log = data.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        self.base = ""
        self.ready_seconds = ""

    def admin_key(self) -> str:
        """Issue the first administrator's key, before the service runs."""
        done = subprocess.run(  # noqa: S603 - our own command
            [*_PFL, "keys", "issue", "--duty", "admin", "--label", "demo administrator", "--data", str(self._data)],
            capture_output=True,
            env=self._environment(),
            check=False,
        )
        if done.returncode:
            raise ServiceError(done.stderr.decode(errors="replace"))
        secret: str = json.loads(done.stdout)["secret"]
        return secret

    def start(self) -> None:
        """Start and wait until /health answers; `ServiceError` with the log otherwise."""
        begun = time.monotonic()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*_PFL, "serve", "--port", "0", "--data", str(self._data)],
                stdout=log,
                stderr=log,
                env=self._environment(),
            )
        while time.monotonic() - begun < READY_SECONDS:
            if self._process.poll() is not None:
                raise ServiceError(self._log.read_text(errors="replace"))
            found = _LISTENING.search(self._log.read_text(errors="replace"))
            if found and _healthy(found[1]):
                self.base = found[1]
                self.ready_seconds = f"{time.monotonic() - begun:.1f}"
                return
            time.sleep(0.1)
        self.stop()
        raise ServiceError(f"not ready after {READY_SECONDS} s:\n{self._log.read_text(errors='replace')}")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a ``pfl`` command on the service's data with its settings."""
        command = [*_PFL, *arguments, "--data", str(self._data)]
        return subprocess.run(command, capture_output=True, text=True, env=self._environment(), check=False)  # noqa: S603 - our own command

    def stop(self) -> None:
        """Ask it to end, then wait; nothing acknowledged depends on a clean end."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _environment(self) -> dict[str, str]:
        ours = {"PFL_SIMULATED_CLOCK": "true", "PFL_DEVELOPMENT": "true", "PYTHONUNBUFFERED": "1", **self._settings}
        return {name: value for name, value in os.environ.items() if not _foreign(name)} | ours


_PFL = [sys.executable, "-m", "ledger.cli"]


def _foreign(name: str) -> bool:
    return name.startswith("PFL_") and name != "PFL_FONT_DIR"


def _healthy(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
