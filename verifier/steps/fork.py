"""The recipe of a fork proof: it proves the fork, or it proves nothing (`docs/format.md` §13)."""

from collections.abc import Callable

from verifier import checkpoint, cosignature, fork
from verifier.errors import UndecidedError, VerificationError
from verifier.report import Basis
from verifier.steps.case import Case, Found, at


def read(case: Case) -> Found:
    """Step 1."""
    return _proves_nothing(_read, case)


def key(case: Case) -> Found:
    """Step 2."""
    name = case.fork.log.partition("+")[0]
    if case.trust is None or case.trust.log is None:
        return f"the log's key is {case.fork.log}: compare it with the one you know, or pin it", {"log": case.fork.log}
    case.basis["key"] = Basis.PINNED
    if case.fork.log not in case.trust.log:
        raise UndecidedError("not_pinned", f"{case.fork.log} is not the log that you pinned: this is about another")
    return f"{name} is the log that you pinned", {"log": case.fork.log}


def notes(case: Case) -> Found:
    """Step 3."""
    return _proves_nothing(_notes, case)


def histories(case: Case) -> Found:
    """Step 4: always raises, for either the fork is proven or nothing is."""
    small, large = case.heads
    differ = _proves_nothing(lambda _: (", ".join(fork.require_fork(small, large, case.fork.paths)), {}), case)[0]
    signed = (
        f"two different histories of {small.size} records"
        if small.size == large.size
        else f"a head of {small.size} records and one of {large.size} records that does not continue it"
    )
    english = (
        f"PROVEN: the log {small.origin} has forked. Its key signed {signed} (they contradict one another in: "
        f"{differ}). Records were changed, left out or replaced for some readers. Which history is right"
        " cannot be told from this file: compare with the witnesses, the chain and the bundles that you hold."
    )
    chinese = f"已证明:日志 {small.origin} 已分叉,同一密钥签署了互相矛盾的历史。"
    raise VerificationError(
        "log_forked",
        f"{english} {chinese}",
        origin=small.origin,
        sizes=[small.size, large.size],
        differs=differ.split(", "),
        roots=[[root.hex() for root in h.roots] for h in case.heads],
    )


def witnesses(case: Case) -> Found:
    """Step 5."""
    return _proves_nothing(_witnesses, case)


def _read(case: Case) -> Found:
    case.fork = fork.parse(case.data)
    return f"{len(case.data)} bytes: two notes of one log", {"bytes": len(case.data)}


def _notes(case: Case) -> Found:
    for number, note in enumerate(case.fork.notes):
        with at(f"notes[{number}]"):
            case.heads.append(checkpoint.open_note(note, {case.fork.log}))
    sizes = [head.size for head in case.heads]
    return f"both are signed by the log's key: heads of {sizes[0]} and {sizes[1]} records", {"sizes": sizes}


def _witnesses(case: Case) -> Found:
    pinned = frozenset() if case.trust is None or case.trust.witnesses is None else case.trust.witnesses
    known = pinned or frozenset(case.fork.witnesses)
    said: list[str] = []
    evidence: list[dict[str, object]] = []
    for number, (head, note) in enumerate(zip(case.heads, case.fork.notes, strict=True)):
        with at(f"notes[{number}]"):
            for one in cosignature.read(note, known):
                said.append(f"{one.name} saw {head.size} records at {one.at:%Y-%m-%d %H:%M:%S} UTC")
                evidence.append({"note": number, "vkey": one.vkey, "time": one.time})
    return "; ".join(said) or "none of the known witnesses cosigned either note", {"cosignatures": evidence}


def _proves_nothing(check: Callable[[Case], Found], case: Case) -> Found:
    """A file that is not right proves no fork; that is undecided, for it says nothing about the log."""
    try:
        return check(case)
    except VerificationError as error:
        message = f"this file proves no fork: {error.message}"
        raise UndecidedError(error.code, message, **error.evidence) from error
