"""One sale anchored on a network of four BFT validators, of which one and then two are killed and brought back.

What is real: four processes that agree by IBFT, their keys, JSON-RPC, our contracts, the service. What is not: all four
run on one machine and at one person's word, and the service's clock is simulated (`clock:simulated` in the evidence).
The chain's clock is real, and no record may be dated after a block that holds it, so the service's begins 28 hours ago
and is advanced by 26 in the course of the sale.

Exit status: 0 everything held, 1 something did not, 3 there is no Polygon Edge here, 130 and 143 interrupted.
"""

import argparse
import json
import lzma
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console

from ledger import bootstrap
from ledger.config import Config
from ledger.demo.client import Client, ProblemError
from ledger.demo.run import MARKS, alone, fresh, near
from ledger.demo.service import Service, ServiceError
from ledger.demo.story import Story, UnexpectedError
from ledger.domain.instants import from_text, to_text
from ledger.errors import LedgerError
from scripts import edge_binary, edge_network
from scripts.edge_network import Network, NetworkError
from scripts.environment import ROOT
from verifier import anchor, checkpoint

HOURS_BEHIND = 28
RECORDED = ROOT / "tests" / "recorded"
UNAVAILABLE = 3
STRANGER = "00" * 19 + "01"
_READY, _CATCH_UP, _LOOK = 60, 180, 8  # seconds
_MARKS = {**MARKS, "killed": "[red]✗ killed[/]", "back": "[green]✓ back[/]"}


@dataclass
class Run:
    """A run in a directory of its own: the network, the service, the log of both."""

    output: Path
    network: Network
    service: Service
    log: Path
    console: Console = field(default_factory=lambda: Console(highlight=False))
    begun: float = field(default_factory=time.monotonic)
    admin: Client | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    def say(self, kind: str, text: str) -> None:
        """Tell it on the screen and write it down."""
        at = time.monotonic() - self.begun
        self.console.print(f"{at:6.1f} s {_MARKS[kind]} {text}")
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{at:6.1f} s {kind:8}{text}\n")

    def health(self) -> dict[str, Any]:
        """Ask the service how it is."""
        if self.admin is None:
            raise UnexpectedError("the service has not been started")
        return self.admin.get("/health")

    def kill(self, number: int) -> None:
        """Kill one validator as a power cut would."""
        self.network.validators[number - 1].kill()
        height = self.network.validators[0].height()
        self.say("killed", f"validator {number}, at block {height}: {self._running()} of 4 run")

    def revive(self, number: int) -> None:
        """Start one again over its data."""
        self.network.validators[number - 1].start(self.network.genesis)
        self.say("back", f"validator {number}: {self._running()} of 4 run")

    def drained(self, seconds: float) -> dict[str, Any]:
        """Wait until every record is under a final checkpoint; `UnexpectedError` when that takes longer."""
        deadline = time.monotonic() + seconds
        while True:
            health = self.health()
            if health["records"] and health["backlog"] == 0:
                return health
            if time.monotonic() > deadline:
                raise UnexpectedError(f"{health['backlog']} records are not anchored after {seconds:.0f} s: {health}")
            time.sleep(0.5)

    def _running(self) -> int:
        return sum(validator.running for validator in self.network.validators)

    def between(self, reached: str) -> None:
        """Kill and bring back at the places of the sale that the story names."""
        match reached:
            case "listed":
                health = self.drained(_CATCH_UP)
                self.say(
                    "done", f"four validators: all {health['records']} records anchored by block {_height(health)}"
                )
                self.kill(4)
            case "qualified":
                health = self.drained(_CATCH_UP)
                self.say("done", f"three validators: the work went on, all {health['records']} records are anchored")
                self.kill(3)
                self._halted()
            case "paid":
                self._waiting()
                self.revive(3)
                self.revive(4)
                begun = time.monotonic()
                health = self.drained(_CATCH_UP)
                seconds = time.monotonic() - begun
                told = f"all {health['records']} records anchored by block {_height(health)}, {seconds:.0f} s after"
                self.say("done", f"backlog drained: {told}")
                self.kept["recovered_after_seconds"] = round(seconds, 1)

    def _halted(self) -> None:
        """Two of four are no quorum: let a block that is under way end, then look whether any follows."""
        time.sleep(2 * edge_network.BLOCK_SECONDS)
        self.kept["halted_at"] = self.network.validators[0].height()
        self.kept["records_when_halted"] = self.health()["records"]

    def _waiting(self) -> None:
        """The chain stands, the service takes records, the backlog grows and health says so."""
        time.sleep(_LOOK)
        health = self.health()
        halted = self.kept["halted_at"]
        taken = health["records"] - self.kept["records_when_halted"]
        if self.network.validators[0].height() != halted:
            raise UnexpectedError(f"two of four validators made blocks after {halted}")
        if health["backlog"] < taken or not taken:
            raise UnexpectedError(f"{taken} records were taken while the chain stood, health tells {health['backlog']}")
        self.kept["taken_while_halted"] = taken
        self.say(
            "look",
            f"two validators: no block after {halted}, {taken} records taken meanwhile, backlog {health['backlog']},"
            f" health {health['status']}",
        )


def _height(health: dict[str, Any]) -> object:
    return health["chain"].get("block", "?")


@contextmanager
def running(output: Path, binary: Path) -> Iterator[Run]:
    """Bring up network, contracts and service; end all of them however it ends."""
    data = output / "data"
    config = Config(data)
    operator = bootstrap.chain_account(config)
    bootstrap.begin_clock_behind(config, HOURS_BEHIND)
    network = edge_network.found(binary, output, operator)
    settings = {"PFL_CHAIN_URL": network.validators[0].url, "PFL_DEPLOYMENT": str(output / "deployment.json")}
    service = Service(data, settings)
    run = Run(output, network, service, output / "consortium.log")
    try:
        network.start()
        height = network.wait(2, _READY)
        run.say("done", f"four validators agree on blocks ({edge_network.BLOCK_SECONDS} s), now at {height}")
        for number, validator in enumerate(network.validators, 1):
            run.say("look", f"validator {number}: 0x{validator.address} on {validator.url}, {near(validator.home)}/")
        deployed = service.command("chain", "deploy")
        if deployed.returncode:
            raise UnexpectedError(f"the contracts were not deployed: {deployed.stderr.strip()}")
        run.kept["contracts"] = json.loads(deployed.stdout)
        run.say("done", "contracts deployed through JSON-RPC: " + ", ".join(run.kept["contracts"]))
        secret = service.admin_key()
        service.start()
        run.admin = Client(service.base, secret)
        clock = run.health()["clock"]["now"]
        run.say("done", f"service ready on {service.base}; its simulated clock begins in the past, at {clock}")
        yield run
    finally:
        service.stop()
        network.stop()
        run.kept["still_running"] = sum(validator.running for validator in network.validators)
        run.say("look", "service and validators have ended")


def whole(run: Run) -> None:
    """Walk the sale with its accidents, then prove it with everything switched off."""
    if run.admin is None:
        raise UnexpectedError("the service has not been started")
    story = Story(run.service.base, run.admin, run.say, run.between)
    _, report, evidence = story.run()
    (run.output / "report.pdf").write_bytes(report)
    (run.output / "evidence.json").write_bytes(evidence)
    health = run.drained(_CATCH_UP)
    checked = run.service.command("fsck")
    if checked.returncode:
        raise UnexpectedError(f"pfl fsck found differences:\n{checked.stdout}{checked.stderr}")
    run.kept["records"] = health["records"]
    run.say("done", f"nothing lost: {health['records']} records, all anchored; pfl fsck compares log and chain: equal")


def short(run: Run) -> None:
    """Anchor the first records and check one anchor offline against the validators: the network works, and no more."""
    if run.admin is None:
        raise UnexpectedError("the service has not been started")
    seller = run.admin.post("/v1/keys", {"duty": "sales", "label": "consortium sales"})["staff"]
    until = to_text(from_text(run.health()["clock"]["now"]) + timedelta(days=365))
    qualified = {"certificate": "A20240001", "valid_until": until}
    leaf = run.admin.post(f"/v1/staff/{seller}/qualifications", qualified)["record"]
    health = run.drained(_CATCH_UP)
    run.kept["records"] = health["records"]
    run.say("done", f"all {health['records']} records anchored by block {_height(health)}")
    proof = run.admin.get(f"/v1/records/{leaf}/proof")
    head = checkpoint.parse_body(checkpoint.split(proof["checkpoint"]["note"])[0])
    proven = anchor.check(anchor.parse(proof["anchor"]), head).block
    if not {signer.hex() for signer in proven.sealers} <= {each.address for each in run.network.validators}:
        raise UnexpectedError("a block is sealed by strangers")
    run.kept["levels"] = [f"{len(proven.sealers)} of {len(run.network.validators)} validators"]
    run.say("done", f"an anchor checked offline: block {proven.block_number} sealed by {run.kept['levels'][0]}")


def prove(run: Run) -> None:
    """Verify the bundle offline: with the pinned validators, without, and with others."""
    pins = run.network.pins(run.kept["contracts"]["EvidenceLog"])
    bundle = run.output / "evidence.json"
    code, steps = _verified(bundle, _written(run.output / "trust.json", pins))
    levels = sorted({block["trust"] for block in steps["anchors"]["evidence"].get("blocks", [])})
    if code or steps["anchors"]["basis"] != "validators":
        raise UnexpectedError(
            f"the bundle does not verify to n of m validators (exit {code}, levels {levels}): {steps}"
        )
    run.kept["levels"] = levels
    run.say("done", f"verified offline, validators pinned, network and service off: {', '.join(levels)}; exit 0")
    code, steps = _verified(bundle, None)
    if code or steps["anchors"]["basis"] != "self-asserted":
        raise UnexpectedError(f"without pins the anchors rest on {steps['anchors']['basis']} (exit {code})")
    run.say("look", "without pins the same anchors are self-asserted: which validators a chain has is its own word")
    pins["validators"][0]["validators"][0] = STRANGER
    code, steps = _verified(bundle, _written(run.output / "trust-other.json", pins))
    if code != 1 or steps["pins"]["code"] != "validators_differ":
        raise UnexpectedError(f"other validators were taken for ours (exit {code})")
    run.say("refused", f"another validator pinned instead of one of ours: {steps['pins']['detail']}")


def record(run: Run) -> None:
    """Keep bundle and pins as a vector of a real network: nothing in them is secret, the people in it are made up."""
    RECORDED.mkdir(parents=True, exist_ok=True)
    bundle = (run.output / "evidence.json").read_bytes()
    (RECORDED / "consortium_evidence.json.xz").write_bytes(lzma.compress(bundle, preset=9 | lzma.PRESET_EXTREME))
    (RECORDED / "consortium_trust.json").write_bytes((run.output / "trust.json").read_bytes())
    run.say("done", f"recorded for the tests in {near(RECORDED)}/")


def _written(path: Path, body: dict[str, Any]) -> Path:
    path.write_text(json.dumps(body, indent=1) + "\n")
    return path


def _verified(bundle: Path, trust: Path | None) -> tuple[int, dict[str, Any]]:
    pinned = () if trust is None else ("--trust", str(trust))
    done = alone("verifier", "--json", *pinned, str(bundle))
    return done.returncode, {step["key"]: step for step in json.loads(done.stdout)["steps"]}


@contextmanager
def _bounded(seconds: int) -> Iterator[None]:
    """Let Ctrl-C, TERM and the end of the time all go the same way: an exception, and so the end of all we started."""

    def late(*_: object) -> None:
        raise UnexpectedError(f"not done within {seconds} s; allow more with --seconds")

    def terminated(*_: object) -> None:
        sys.exit(128 + signal.SIGTERM)

    handlers: dict[signal.Signals, Callable[[int, FrameType | None], Any]] = {
        signal.SIGALRM: late,
        signal.SIGTERM: terminated,
        signal.SIGINT: signal.default_int_handler,  # a shell may have started us with Ctrl-C ignored
    }
    before = {name: signal.signal(name, handler) for name, handler in handlers.items()}
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        for name, handler in before.items():
            signal.signal(name, handler)


def main(arguments: list[str] | None = None) -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/consortium", description=__doc__, formatter_class=_Plain)
    parser.add_argument("--output", type=Path, default=Path("consortium-output"), help="an empty or new directory")
    parser.add_argument("--seconds", type=int, default=900, help="end everything after this time (not the build)")
    parser.add_argument("--record", action="store_true", help="keep the bundle for the tests, in tests/recorded")
    parser.add_argument("--short", action="store_true", help="only bring the network up and anchor on it")
    chosen = parser.parse_args(arguments)
    console = Console(highlight=False, stderr=True)
    os.environ["PYTHONUNBUFFERED"] = "1"
    try:
        binary = edge_binary.binary(lambda kind, text: console.print(f"{_MARKS[kind]} {text}"))
        output = fresh(chosen.output.resolve())
        with _bounded(chosen.seconds):
            with running(output, binary) as run:
                (short if chosen.short else whole)(run)
            if not chosen.short:
                prove(run)
                if chosen.record:
                    record(run)
    except edge_binary.UnavailableError as error:
        console.print(f"[bold red]no consortium here[/]: {error}")
        return UNAVAILABLE
    except KeyboardInterrupt:
        console.print("[bold red]interrupted[/]; everything that was started has been ended")
        return 128 + signal.SIGINT
    except (NetworkError, ServiceError, ProblemError, UnexpectedError, LedgerError) as error:
        console.print(f"[bold red]the run broke off[/]: {error}")
        return 1
    (output / "summary.json").write_text(json.dumps(run.kept, indent=1) + "\n")
    console.print(
        f"[bold green]complete[/] in {time.monotonic() - run.begun:.0f} s; log: {near(output / 'consortium.log')}"
    )
    return 0


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Keep the description's lines."""


if __name__ == "__main__":
    sys.exit(main())
