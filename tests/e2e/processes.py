"""`pfl serve` as a process of its own, to be killed in the middle of its work."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.serving import STAFF, Caller, Service, done, wait_until_ready

PFL = (sys.executable, "-m", "ledger.cli")
_LISTENING = re.compile(r"listening on (http://\S+)")
_READY_SECONDS = 120
EXTRA: dict[str, str] = {}
"""More settings, for a test to change."""


def pfl(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*PFL, *arguments, "--data", str(data)], capture_output=True, text=True, env=_env(), check=False
    )


class Process:
    """One data directory, served by one process after another."""

    def __init__(self, data: Path) -> None:
        """``data`` is made by the first command."""
        self.data = data
        self._log = data.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        issued = pfl("keys", "issue", "--duty", "admin", "--label", "test", data=data)
        assert issued.returncode == 0, issued.stderr
        self._admin: str = json.loads(issued.stdout)["secret"]
        self._secrets: dict[str, str] = {}

    def start(self) -> Service:
        """Start and wait until it is ready."""
        with self._log.open("wb") as log:
            started = self._process = subprocess.Popen(
                [*PFL, "serve", "--port", "0", "--data", str(self.data)], stdout=log, stderr=log, env=_env()
            )
        base = self._base()
        try:
            wait_until_ready(base, lambda: started.poll() is None)
        except TimeoutError as error:
            raise TimeoutError(self._log.read_text(errors="replace")) from error
        admin = Caller(base, self._admin)
        if not self._secrets:
            for duty in STAFF:
                issued = done(admin.post("/v1/keys", {"duty": duty, "label": f"test {duty}"}), 201)
                self._secrets[duty] = issued["secret"]
                if duty == "sales":
                    qualified = {"certificate": "A2024-1", "valid_until": "2036-01-01T00:00:00Z"}
                    done(admin.post(f"/v1/staff/{issued['staff']}/qualifications", qualified), 201)
        return Service(base, {duty: Caller(base, secret) for duty, secret in self._secrets.items()})

    def kill(self) -> None:
        """End it as a power cut would: no handler runs."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(how)
        return self._process.wait(_READY_SECONDS)

    def _base(self) -> str:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            said = self._log.read_text(errors="replace")
            found = _LISTENING.search(said)
            if found:
                return found[1]
            assert self._process is not None
            assert self._process.poll() is None, said
            time.sleep(0.05)
        raise TimeoutError(self._log.read_text(errors="replace"))


def _env() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PFL_") or name == "PFL_FONT_DIR"}
    return {**kept, "PFL_SIMULATED_CLOCK": "true", "PFL_DEVELOPMENT": "true", "PYTHONUNBUFFERED": "1", **EXTRA}
