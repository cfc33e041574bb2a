"""Witnesses that are asked without a network: the operator's port straight to a witness's judgement."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ledger.ports.log import Proof
from ledger.ports.witnesses import Given, WitnessAheadError, WitnessError, WitnessRefusesError
from ledger.ports.witnesses import Witness as Asked
from ledger.services.witnessing import Witnessing
from ledger.storage.witness_book import SqlWitnessBook
from ledger.witness.book import Book
from ledger.witness.directory import STATE, create, watched
from ledger.witness.judging import RefusedError, Witness
from ledger.witness.on_chain import ChainLog
from ledger.witness.wire import Submission, origin_hash
from tests.ledgers import Parts
from verifier.checkpoint import Checkpoint


@dataclass
class Near:
    """`ledger.ports.witnesses.Witnesses` over witnesses in this process; those in ``away`` do not answer."""

    witnesses: dict[str, Witness]
    clock: Parts
    quorum: int = 2
    away: set[str] = field(default_factory=set)
    slow: int = 0
    """Seconds that their clocks are ahead."""
    asked: list[str] = field(default_factory=list)

    @property
    def all(self) -> Sequence[Asked]:
        return [Asked(witness.directory.name, vkey) for vkey, witness in self.witnesses.items()]

    def cosign(self, witness: Asked, note: str, old: int, proof: Proof, old_head: Checkpoint | None) -> Given:
        self.asked.append(witness.name)
        roots = None if old_head is None else (old_head.sha256_root, old_head.sm3_root)
        sha256, sm3 = (tuple(bytes.fromhex(node) for node in path) for path in (proof.sha256, proof.sm3))
        now = int(self.clock.clock.now().timestamp()) + self.slow
        try:
            line, on_chain = self._of(witness).answer(Submission(old, sha256, note, sm3, roots), now)
        except RefusedError as error:
            if error.size is not None and error.status == 409:
                raise WitnessAheadError(error.message, "", size=error.size) from error
            raise WitnessRefusesError(error.message) from error
        return Given((line,), on_chain)

    def latest(self, witness: Asked, origin: str) -> str | None:
        log = self._of(witness).directory.log(origin_hash(origin))
        return None if log is None else self._of(witness).latest(log)

    def _of(self, witness: Asked) -> Witness:
        if witness.name in self.away:
            raise WitnessError(f"witness {witness.name} gives no cosignature: it does not answer")
        return self.witnesses[witness.vkey]


def witnessed(parts: Parts, root: Path, *names: str, chain: ChainLog | None = None) -> Near:
    """Give a log these witnesses, each with a directory of its own."""
    made: dict[str, Witness] = {}
    for name in names:
        directory = create(root / name.replace("/", "-"), name, [replace(watched(parts.log.vkey), chain=chain)])
        made[directory.vkey] = Witness(directory, Book(directory.root / STATE))
    near = Near(made, parts)
    parts.witnessing = Witnessing(near, SqlWitnessBook(parts.store))
    return near
