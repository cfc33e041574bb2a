"""Two witnesses as processes beside the service: one cosigns on chain, one dies, an old backup comes back."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from ledger.bootstrap import open_governance
from ledger.cli import app
from ledger.config import Config
from ledger.services import governance
from ledger.witness.directory import create, watched
from ledger.witness.on_chain import ChainLog
from ledger.witness.wire import origin_hash
from tests.e2e.processes import Process, pfl
from tests.e2e.serving import Service, done
from tests.e2e.walking import Investor, Sale, product
from verifier import checkpoint, cosignature

PFL = (sys.executable, "-m", "ledger.cli")
SECONDS = 60
PERSON = {
    "kind": "natural_person",
    "name": "王五",
    "id_type": "resident_id",
    "id_number": "110101199001011234",
    "mobile": "13800000000",
    "channel": "web",
}


class WitnessProcess:
    """One witness directory, served by one process after another on the same port."""

    def __init__(self, root: Path, name: str, log: str, chain: ChainLog | None = None) -> None:
        self.root, self.name, self.port = root, name, 0
        made = create(root, name, [replace(watched(log), chain=chain)])  # as `pfl witness init` does
        self.vkey, self.account = made.vkey, made.account
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        said = self.root.with_suffix(".log")
        with said.open("wb") as log:
            command = [*PFL, "witness", "run", "--dir", str(self.root), "--port", str(self.port)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment())
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", said.read_text(errors="replace"))
            if found:
                self.port = int(found[1])
                if answers(self.url):
                    return
            assert self._process.poll() is None, said.read_text(errors="replace")
            time.sleep(0.05)
        raise TimeoutError(said.read_text(errors="replace"))

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(SECONDS)

    def checkpoint(self, origin: str) -> str:
        return httpx.get(f"{self.url}/{origin_hash(origin)}/checkpoint", timeout=5).text


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).is_success
    except httpx.TransportError:
        return False


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*PFL, "witness", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PFL_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def until(service: Service, *, taken: bool = False, **wanted: Any) -> dict[str, Any]:
    """Wait until health tells this of witnesses; ``taken``: and that the newest checkpoint is cosigned on chain."""
    deadline = time.monotonic() + SECONDS
    while True:
        health = done(service.staff["auditor"].get("/health"))
        told: dict[str, Any] = health["witnesses"]
        there = not taken or told["on_chain"] == {"size": told["size"], "cosigned": 1}
        if health["backlog"] == 0 and told["size"] == health["records"] and wanted.items() <= told.items() and there:
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.1)


def register(service: Service, number: int) -> None:
    done(service.staff["sales"].post("/v1/investors", PERSON, key=f"witnessed-{number}"), 201)


def begun(service: Service) -> str:
    """Open a sale: its first record is enough to prove something."""
    investor = Investor.register(service)
    investor.gate()
    return Sale.open(service, investor, product(service)).here


def proven_on_chain(service: Service, sale: str, trust: Path, witnesses: list[WitnessProcess]) -> None:
    """One of both cosigns on chain too; the bundle proves it, and ``pfl verify`` counts it beside the head's two."""
    size = until(service, taken=True, cosigned=2)["size"]
    auditor = service.staff["auditor"]
    done(auditor.post(f"{sale}/reports"), 201)
    evidence = trust.with_name("evidence.json")
    evidence.write_bytes(auditor.get(f"{sale}/reports/evidence.json").content)
    trust.write_text(json.dumps({"witnesses": [one.vkey for one in witnesses], "quorum": 2}))
    verified = CliRunner().invoke(app, ["verify", str(evidence), "--trust", str(trust), "--json"])
    steps = {step["key"]: step for step in json.loads(verified.stdout)["steps"]}
    assert (verified.exit_code, steps["witnesses"]["basis"]) == (0, "pinned"), verified.stdout
    assert steps["witnesses"]["detail"].startswith("2 of 2 witnesses that you pinned cosigned the head")
    custodian = str(witnesses[0].account).removeprefix("0x").lower()
    assert (size, custodian) in [(one["size"], one["witness"]) for one in steps["witnesses"]["evidence"]["on_chain"]]
    assert (
        f"on chain 1 accounts that its governance admitted as witnesses cosigned the checkpoint of {size}"
        in (steps["witnesses"]["detail"])
    )


@pytest.fixture
def witnesses(tmp_path: Path) -> Iterator[list[WitnessProcess]]:
    status = pfl("chain", "status", data=tmp_path / "data")
    assert status.returncode == 0, status.stderr
    told = json.loads(status.stdout)
    here = ChainLog(told["chain"]["chain_id"], told["chain"]["contracts"]["EvidenceLog"])
    made = [
        WitnessProcess(tmp_path / name, f"{name}.example/witness", told["log"], chain)
        for name, chain in (("custodian", here), ("regulator", None))
    ]
    with open_governance(Config(tmp_path / "data", simulated_clock=True), acts=True) as found:
        assert governance.admit(found, str(made[0].account), ["witness"])["state"] == "executed"
    try:
        for one in made:
            one.start()
        entries = "".join(f'[[witness]]\nvkey = "{one.vkey}"\nurl = "{one.url}"\n' for one in made)
        (tmp_path / "witnesses.toml").write_text("quorum = 2\n" + entries)
        yield made
    finally:
        for one in made:
            one.kill()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_one_dies_and_comes_back_and_an_old_backup_does_not(
    tmp_path: Path, witnesses: list[WitnessProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.processes.EXTRA", {"PFL_WITNESSES": str(tmp_path / "witnesses.toml")})
    custodian, regulator = witnesses
    process = Process(tmp_path / "data")
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    try:
        service = process.start()
        sale = begun(service)
        told = until(service, cosigned=2)
        assert (told["configured"], told["quorum"], told["problems"]) == (2, 2, [])
        proven_on_chain(service, sale, tmp_path / "trust.json", witnesses)
        until(service, cosigned=2)  # the report is a record too

        note = done(service.staff["auditor"].get("/v1/checkpoints/latest"))["note"]
        head = checkpoint.parse_body(checkpoint.split(note)[0])
        assert {one.name for one in cosignature.read(note, {custodian.vkey, regulator.vkey})} == {
            "custodian.example/witness",
            "regulator.example/witness",
        }
        assert checkpoint.split(custodian.checkpoint(head.origin))[0] == head.body()
        agreed = run("compare", regulator.url, "--dir", str(custodian.root))
        assert (agreed.returncode, agreed.stdout) == (0, f"{head.origin}: no contradiction\n"), agreed.stderr

        regulator.kill()
        began = time.monotonic()
        register(service, 2)  # sales go on
        told = until(service, cosigned=1)  # anchored with one of two, and it says so
        assert time.monotonic() - began < SECONDS
        assert [problem["name"] for problem in told["problems"]] == ["regulator.example/witness"]
        wire = done(service.staff["auditor"].get("/v1/checkpoints/latest"))
        assert (wire["state"], wire["cosigned"], wire["quorum"]) == ("final", 1, 2)

        regulator.start()
        told = until(service, cosigned=2)
        assert told["problems"] == []
        size = told["size"]
        process.stop()

        shutil.rmtree(tmp_path / "data")
        shutil.copytree(tmp_path / "backup", tmp_path / "data")
        with pytest.raises((AssertionError, TimeoutError)) as caught:
            process.start()
        said = " ".join(str(caught.value).split())
        assert f"witness custodian.example/witness holds a checkpoint of {size} records, but this log ends at 0" in said
        assert "Traceback" not in said
    finally:
        process.kill()
