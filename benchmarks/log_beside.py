"""The same work by others, in the same run: pymerkle on SQLite, and the Ethereum Attestation Service on anvil."""

import json
import secrets
import time
from pathlib import Path
from typing import Any

import httpx
from web3 import HTTPProvider, Web3
from web3.contract import Contract

from tests.nodes import ROOT, json_rpc_node

EAS = ROOT / "node_modules" / "@ethereum-attestation-service" / "eas-contracts" / "artifacts" / "contracts"
ZERO = "0x" + "0" * 40
BYTES = 900  # about what a record of ours has
BATCH = 100
HEAD = 1000  # entries under each new root, as under our checkpoints


def rates(root: Path, group: int, seconds: float) -> dict[str, object]:
    """Return records per second of each, and per second of CPU time where the work is done in this process."""
    found: dict[str, object] = {}
    for count in (1, group):
        wall, cpu = pymerkle(root / f"{count}.sqlite", count, seconds)
        found[f"pymerkle on SQLite (one tree), entries/s, {count} a transaction"] = wall
        found[f"  pymerkle per second of CPU time, {count} a transaction"] = cpu
    found["EAS on anvil, attestations/s, one client"] = attestations(seconds)
    return found


def pymerkle(file: Path, group: int, seconds: float) -> tuple[float, float]:
    """Append entries, each durable when it is acknowledged."""
    try:
        from pymerkle import SqliteTree  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415 - not everybody has it
    except ImportError:
        raise SystemExit("pymerkle is missing: pip install -r requirements/benchmarks.txt") from None
    done, begin, used = 0, time.perf_counter(), time.process_time()
    with SqliteTree(str(file)) as tree:
        while time.perf_counter() - begin < seconds:
            tree.append_entries([secrets.token_bytes(BYTES) for _ in range(group)])
            done += group
            if done % HEAD == 0:
                tree.get_state()
        return done / (time.perf_counter() - begin), done / (time.process_time() - used)


def attestations(seconds: float) -> float:
    """Attest 32 bytes a record, one transaction each, as fast as one client and one node can."""
    with json_rpc_node() as address, httpx.Client(timeout=60) as client:
        web3 = Web3(HTTPProvider(address))
        me = web3.eth.accounts[0]
        schemas = _deployed(web3, "SchemaRegistry")
        eas = _deployed(web3, "EAS", schemas.address)
        schemas.functions.register("bytes32 leaf", ZERO, True).transact({"from": me})  # noqa: FBT003 - the schema's flag
        schema = Web3.solidity_keccak(["string", "address", "bool"], ["bytes32 leaf", ZERO, True])
        first = web3.eth.get_transaction_count(me)
        done, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < seconds:
            for _ in range(BATCH):
                answer = client.post(address, json=_attest(eas, schema, me, first + done)).json()
                done += 1
            _wait(web3, answer["result"])
        spent = time.perf_counter() - begin
        if web3.eth.get_transaction_receipt(answer["result"])["status"] != 1:
            raise SystemExit("an attestation was reverted: this benchmark no longer fits EAS")
        return done / spent


def _attest(eas: Contract, schema: bytes, me: str, nonce: int) -> dict[str, Any]:
    data = (ZERO, 0, True, bytes(32), secrets.token_bytes(32), 0)
    call = eas.functions.attest((schema, data))._encode_transaction_data()  # noqa: SLF001 - there is no public way
    sent = {"from": me, "to": eas.address, "data": call, "gas": hex(400_000), "nonce": hex(nonce)}
    return {"jsonrpc": "2.0", "id": nonce, "method": "eth_sendTransaction", "params": [sent]}


def _deployed(web3: Web3, name: str, *arguments: object) -> Contract:
    artefact = json.loads((EAS / f"{name}.sol" / f"{name}.json").read_text())
    factory = web3.eth.contract(abi=artefact["abi"], bytecode=artefact["bytecode"])
    receipt = _wait(web3, factory.constructor(*arguments).transact({"from": web3.eth.accounts[0]}))
    bound = web3.eth.contract(address=receipt["contractAddress"], abi=artefact["abi"])
    if not isinstance(bound, Contract):
        raise TypeError("web3 gives a class where there is no address")
    return bound


def _wait(web3: Web3, transaction: Any) -> Any:
    return web3.eth.wait_for_transaction_receipt(transaction, timeout=60, poll_latency=0.01)
