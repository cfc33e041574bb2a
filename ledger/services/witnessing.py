"""Have sealed checkpoints cosigned, and believe witnesses who show that this log holds less than it once signed.

Nothing here holds up sales or anchoring: a witness that is away is told in health, and a checkpoint is anchored and
served with the cosignatures that there are. What does stop sealing is a contradiction that our own key signed.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from ledger.errors import ChainError, IntegrityError
from ledger.ports.access import Secrets
from ledger.ports.anchor import Anchor
from ledger.ports.log import Proof, SealedCheckpoint, TransparencyLog
from ledger.ports.outside import Clock
from ledger.ports.witnesses import (
    Cosigned,
    Trouble,
    Witness,
    WitnessAheadError,
    WitnessBook,
    WitnessError,
    Witnesses,
    WitnessRefusesError,
)
from verifier import checkpoint, cosignature
from verifier.errors import VerificationError

CLOCK_TOLERANCE: Final = timedelta(minutes=2)
_ATTEMPTS: Final = 3
_NO_PROOF: Final = Proof((), ())


@dataclass(frozen=True, slots=True)
class Witnessing:
    """Who is asked, and what is kept of it."""

    ask: Witnesses
    book: WitnessBook

    def cosigned(self, sealed: SealedCheckpoint) -> str:
        """Return a checkpoint's note with the cosignatures that there are of the configured witnesses."""
        return cosignature.add(sealed.note, [line.line for line in self.lines(sealed.checkpoint.size)])

    def lines(self, size: int) -> list[Cosigned]:
        """Return the stored lines over a checkpoint by the configured witnesses."""
        vkeys = set(self.vkeys)
        return [line for line in self.book.of(size) if line.vkey in vkeys]

    @property
    def vkeys(self) -> list[str]:
        """The configured witnesses' verifier keys, in order."""
        return sorted(witness.vkey for witness in self.ask.all)


class Witnessed(Protocol):
    """The parts of `Ledger` that witnessing needs."""

    @property
    def log(self) -> TransparencyLog:
        """Checkpoints."""
        ...

    @property
    def anchor(self) -> Anchor:
        """The chain."""
        ...

    @property
    def clock(self) -> Clock:
        """The present instant."""
        ...

    @property
    def secrets(self) -> Secrets:
        """Who signs checkpoints."""
        ...

    @property
    def witnessing(self) -> Witnessing | None:
        """Witnesses, if there are any."""
        ...


def gather(ledger: Witnessed, *, leave_out: Sequence[str] = ()) -> tuple[str, ...]:
    """Have the newest checkpoint cosigned by all who have not yet, at once; return the verifier keys of who did now.

    What stands in a witness's way is kept in the book. `IntegrityError` when one of them shows a checkpoint, signed by
    this log's key, that this log does not hold. ``leave_out`` are not asked this time.
    """
    newest = ledger.log.latest()
    if ledger.witnessing is None or newest is None:
        return ()
    have = {line.vkey for line in ledger.witnessing.lines(newest.checkpoint.size)}
    wanted = [w for w in ledger.witnessing.ask.all if w.vkey not in have and w.vkey not in leave_out]
    if not wanted:
        return ()
    with ThreadPoolExecutor(len(wanted), "witness") as pool:
        found = list(pool.map(lambda witness: _gathered(ledger, witness, newest), wanted))
    for one in found:
        if isinstance(one, IntegrityError):
            raise one
    return tuple(witness.vkey for witness, one in zip(wanted, found, strict=True) if one is None)


def require_newest(ledger: Witnessed) -> None:
    """Check, before anything is written, that this is not an old copy of the log: ask the chain and every witness.

    `IntegrityError` names who knows more. Whoever is away is passed over: see `gather`, which asks again.
    """
    newest = ledger.log.latest()
    size = 0 if newest is None else newest.checkpoint.size
    try:
        held = ledger.anchor.anchored_size()
    except ChainError:
        held = 0
    if held > size:
        raise _rolled_back("the chain", "链", held, size)
    witnessing = ledger.witnessing
    if witnessing is None or not witnessing.ask.all:
        return
    with ThreadPoolExecutor(len(witnessing.ask.all), "witness") as pool:
        found = list(pool.map(lambda witness: _checked(ledger, witnessing, witness), witnessing.ask.all))
    for one in found:
        if one is not None:
            raise one


def _gathered(ledger: Witnessed, witness: Witness, newest: SealedCheckpoint) -> WitnessError | IntegrityError | None:
    """Ask one witness and keep what it says; the error is kept too and returned."""
    assert ledger.witnessing is not None  # noqa: S101 - narrows for mypy: the caller has looked
    book, now = ledger.witnessing.book, ledger.clock.now()
    try:
        cosigned = _cosigned(ledger, ledger.witnessing, witness, newest)
    except (WitnessError, IntegrityError) as error:
        book.tell(Trouble(witness.vkey, error.message, now, isinstance(error, IntegrityError)))
        return error
    book.keep(cosigned, now)
    book.settle(witness.vkey)
    return None


def _cosigned(ledger: Witnessed, witnessing: Witnessing, witness: Witness, newest: SealedCheckpoint) -> Cosigned:
    old, size = witnessing.book.last(witness.vkey), newest.checkpoint.size
    for _ in range(_ATTEMPTS):
        before = _sealed(ledger.log, old)
        proof = ledger.log.consistency(old, size) if 0 < old < size else _NO_PROOF
        try:
            given = witnessing.ask.cosign(
                witness, newest.note, old, proof, None if before is None else before.checkpoint
            )
        except WitnessAheadError as error:
            old = error.size
            if old > size:
                _compared(ledger, witnessing, witness)
                raise
        except WitnessRefusesError:
            _compared(ledger, witnessing, witness)
            raise
        else:
            line = _plausible(ledger, witness, newest, given.lines)
            return Cosigned(size, witness.vkey, line, given.on_chain)
    message = f"witness {witness.name} says another size each time: it is busy with another copy of this log"
    raise WitnessError(message, f"见证人 {witness.name} 反复给出不同的规模")


def _plausible(ledger: Witnessed, witness: Witness, newest: SealedCheckpoint, lines: Sequence[str]) -> str:
    """Return the line, unless its time is not now: it would make our bundles implausible."""
    line = lines[-1]
    (found,) = cosignature.read(cosignature.add(newest.note, [line]), {witness.vkey})
    if not ledger.clock.simulated and abs(found.at - ledger.clock.now()) > CLOCK_TOLERANCE:
        message = f"witness {witness.name} dates its cosignature {found.at:%Y-%m-%d %H:%M:%S} UTC: compare the clocks"
        raise WitnessError(message, f"见证人 {witness.name} 的时间与本机相差过大，请核对时钟")
    return line


def _checked(ledger: Witnessed, witnessing: Witnessing, witness: Witness) -> IntegrityError | None:
    try:
        _compared(ledger, witnessing, witness)
    except WitnessError:
        return None
    except IntegrityError as error:
        return error
    return None


def _compared(ledger: Witnessed, witnessing: Witnessing, witness: Witness) -> None:
    """Hold the witness's newest note against this log; `IntegrityError` if our own key signed what is not in it."""
    vkey = ledger.secrets.log_vkey()
    note = witnessing.ask.latest(witness, vkey.partition("+")[0])
    if note is None:
        return
    try:
        head = checkpoint.open_note(note, {vkey})
    except VerificationError as error:
        message = f"witness {witness.name} shows a checkpoint that this log did not sign: {error.message}"
        raise WitnessError(message, f"见证人 {witness.name} 出示的检查点并非本日志签署") from error
    newest = ledger.log.latest()  # asked for now: another process may have sealed more meanwhile
    size = 0 if newest is None else newest.checkpoint.size
    if head.size > size:
        raise _rolled_back(f"witness {witness.name}", f"见证人 {witness.name} ", head.size, size)
    ours = _sealed(ledger.log, head.size)
    if head.size and (ours is None or ours.checkpoint != head):
        message = (
            f"witness {witness.name} holds another checkpoint of {head.size} records, signed by this log's own key: the"
            " log has forked. Stop this copy, find the other one, and compare both with `pfl fsck`"
        )
        zh = f"见证人 {witness.name} 持有本日志密钥签署的另一份检查点：日志已分叉，请停用本副本并核查"
        raise IntegrityError(message, zh, size=head.size)


def _sealed(log: TransparencyLog, size: int) -> SealedCheckpoint | None:
    found = log.checkpoints(after=size - 1, limit=1) if size else ()
    return found[0] if found and found[0].checkpoint.size == size else None


def _rolled_back(who: str, wer: str, held: int, size: int) -> IntegrityError:
    message = (
        f"{who} holds a checkpoint of {held} records, but this log ends at {size}: an old backup was restored, or"
        " chain and witnesses belong to another log. Nothing is sealed: restore the newest copy; if there is none, this"
        " log has ended: begin another under a new origin (docs/witnesses.md)"
    )
    zh = f"{wer}持有 {held} 条记录的检查点，而本日志止于 {size} 条：恢复了旧备份，请恢复最新副本"
    return IntegrityError(message, zh, held=held, size=size)
