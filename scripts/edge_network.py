"""Four Polygon Edge validators on loopback: each with its directory, its keys and its three ports.

The keys are made here, lie unencrypted in the directories and are good for nothing but this run.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

CHAIN_ID = 20_231
BLOCK_SECONDS = 1
GAS_LIMIT = 60_000_000
BALANCE = 10**30  # wei for the operator; gas is accounting without value here
LONGEST_SECONDS = 1800
"""After this a validator ends even if whoever started it was killed and could not stop it."""


class NetworkError(Exception):
    """The network did not do what it had to; the message says where to look."""


@dataclass
class Validator:
    """One validator; ``address`` is what others know it by."""

    binary: Path
    home: Path
    address: str
    node_id: str
    ports: tuple[int, int, int]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where its JSON-RPC is."""
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def running(self) -> bool:
        """Say whether its process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self, genesis: Path) -> None:
        """Start it, or start it again over its data."""
        libp2p, rpc, grpc = (f"127.0.0.1:{port}" for port in self.ports)
        listening = ["--libp2p", libp2p, "--jsonrpc", rpc, "--grpc-address", grpc]
        command = [
            str(self.binary),
            "server",
            "--data-dir",
            str(self.home),
            "--chain",
            str(genesis),
            *listening,
            "--seal",
        ]
        if bound := shutil.which("timeout"):
            command = [bound, "--foreground", "--signal=KILL", str(LONGEST_SECONDS), *command]
        with (self.home.with_suffix(".log")).open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ask(self, method: str, *parameters: Any) -> Any:
        """Ask its JSON-RPC; `NetworkError` when it has no answer."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        try:
            answer = httpx.post(self.url, json=body, timeout=5).json()
        except (httpx.HTTPError, ValueError) as error:
            raise NetworkError(f"{self.home.name} does not answer {method}: {type(error).__name__}") from error
        if "result" not in answer:
            raise NetworkError(f"{self.home.name} answers {method} with {answer.get('error')}")
        return answer["result"]

    def height(self) -> int:
        """Return the number of its newest block."""
        return int(self.ask("eth_blockNumber"), 16)


@dataclass
class Network:
    """A consortium of validators."""

    genesis: Path
    validators: Sequence[Validator]

    def start(self) -> None:
        """Start all."""
        for validator in self.validators:
            validator.start(self.genesis)

    def stop(self) -> None:
        """End all, whatever happened."""
        for validator in self.validators:
            validator.kill()

    def wait(self, blocks: int, seconds: float) -> int:
        """Wait until every running validator has so many more blocks than the first has now; returns the height."""
        deadline = time.monotonic() + seconds
        wanted = None
        while True:
            try:
                heights = [validator.height() for validator in self.validators if validator.running]
                wanted = heights[0] + blocks if wanted is None else wanted
                if min(heights) >= wanted:
                    return min(heights)
            except NetworkError:
                heights = []
            if time.monotonic() > deadline:
                raise NetworkError(
                    f"no {blocks} blocks within {seconds:.0f} s (heights {heights}); see validator-*.log"
                )
            time.sleep(0.2)

    def pins(self, contract: str) -> dict[str, Any]:
        """Return a trust file for readers of this network: the validators of its genesis block, and our contract."""
        named = [validator.address for validator in self.validators]
        entry = {"chain_id": CHAIN_ID, "from_block": 0, "validators": named}
        return {"contracts": [contract.removeprefix("0x").lower()], "validators": [entry]}


def found(binary: Path, folder: Path, operator: str, count: int = 4) -> Network:
    """Make keys and the genesis block of a network whose only rich account is the operator's."""
    validators = []
    for number, ports in enumerate(_free_ports(count), 1):
        home = folder / f"validator-{number}"
        told = json.loads(_run(binary, "secrets", "init", "--insecure", "--json", "--data-dir", str(home)))[0]
        address = told["address"].removeprefix("0x").lower()
        validators.append(Validator(binary, home, address, told["node_id"], ports))
    first = validators[0]
    genesis = folder / "genesis.json"
    burnt = "0:0x0000000000000000000000000000000000000000"  # names the London fork; no fee is burnt, the base fee is 0
    _run(
        *(binary, "genesis", "--consensus", "ibft", "--ibft-validator-type", "ecdsa", "--dir", str(genesis)),
        *("--validators-path", str(folder), "--validators-prefix", "validator-", "--name", "pfl-consortium"),
        *("--chain-id", str(CHAIN_ID), "--block-time", f"{BLOCK_SECONDS}s", "--block-gas-limit", str(GAS_LIMIT)),
        *("--bootnode", f"/ip4/127.0.0.1/tcp/{first.ports[0]}/p2p/{first.node_id}"),
        *("--premine", f"{operator}:{BALANCE}", "--burn-contract", burnt),
    )
    return Network(genesis, validators)


def _run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NetworkError(f"polygon-edge {command[1]} failed: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def _free_ports(count: int) -> list[tuple[int, int, int]]:
    """Return three ports for each that nobody uses now."""
    sockets = [socket.socket() for _ in range(3 * count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        ports = [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
    return [(ports[i], ports[i + 1], ports[i + 2]) for i in range(0, len(ports), 3)]
