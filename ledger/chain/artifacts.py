"""Compiled contracts as committed in `artifacts/*.json` by `scripts/build_contracts.py`."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

CONTRACTS: Final = (
    "Institutions",
    "EvidenceLog",
    "InvestorRegistry",
    "SignatureRegistry",
    "SaleProcedure",
    "WalletRegistry",
)
BUILT: Final = (*CONTRACTS, "EligibleWallets")  # the last is deployed for each product that has a token


@dataclass(frozen=True, slots=True)
class Artifact:
    """Interface and code of one contract. ``immutables`` are (start, length) in bytes of the runtime code."""

    name: str
    abi: list[dict[str, Any]]
    creation: bytes
    runtime: bytes
    immutables: tuple[tuple[int, int], ...]
    digest: str

    def matches(self, code: bytes) -> bool:
        """Say whether on-chain code is this contract's, whatever its immutables hold."""
        return len(code) == len(self.runtime) and self._masked(code) == self._masked(self.runtime)

    def _masked(self, code: bytes) -> bytes:
        masked = bytearray(code)
        for start, length in self.immutables:
            masked[start : start + length] = bytes(length)
        return bytes(masked)


@cache
def load(name: str) -> Artifact:
    """Return the artifact of a contract; ``digest`` is SHA-256 of the committed file."""
    text = resources.files("ledger.chain").joinpath("artifacts", f"{name}.json").read_bytes()
    body = json.loads(text)
    return Artifact(
        name=body["contract"],
        abi=body["abi"],
        creation=bytes.fromhex(body["bytecode"]),
        runtime=bytes.fromhex(body["deployedBytecode"]),
        immutables=tuple((place["start"], place["length"]) for place in body["immutableReferences"]),
        digest=hashlib.sha256(text).hexdigest(),
    )
