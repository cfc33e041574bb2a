"""Step 11: who besides the operator saw the head, and when."""

from collections.abc import Sequence

from verifier import cosignature
from verifier.cosignature import Cosignature
from verifier.errors import UndecidedError, VerificationError
from verifier.record import instant
from verifier.report import Basis
from verifier.steps.case import Case, Found, at
from verifier.steps.log import CLOCK_TOLERANCE
from verifier.trust import majority


def witnesses(case: Case) -> Found:
    """Count the cosignatures of the head by witnesses that the reader pinned, else by those that the operator names."""
    pinned = None if case.trust is None else case.trust.witnesses
    named = frozenset(case.bundle.witnesses)
    known = named if pinned is None else pinned
    with at("head"):
        found = cosignature.read(case.bundle.head, known)
        others = () if pinned is None else cosignature.read(case.bundle.head, named - pinned)
    for one in (*found, *others):
        _plausible(case, one)
    evidence = {
        "cosigned": [{"name": one.name, "vkey": one.vkey, "time": one.time} for one in found],
        "known": len(known),
        "pinned": pinned is not None,
        "on_chain": [
            {"size": one.size, "witness": one.witness, "chain_id": one.block.chain_id, "contract": one.block.contract}
            for one in case.seen
        ],
    }
    there = _there(case)
    count = f"{len(found)} of {len(known)} witnesses"
    if pinned is None:
        if not known:
            alone = f"no witness is named: that everyone is shown one history is the operator's word alone{there}"
            return alone, evidence
        told = f"{count} that the operator names cosigned the head{_names(found)}; pin those that you know with --trust"
        return told + there, evidence
    assert case.trust is not None  # noqa: S101 - narrows for mypy: there are pins
    case.basis["witnesses"] = Basis.PINNED
    quorum = case.trust.quorum or majority(len(pinned))
    evidence["quorum"] = quorum
    if len(found) < quorum:
        raise UndecidedError(
            "too_few_witnesses",
            f"{count} that you pinned cosigned the head{_names(found)}, {quorum} are needed: ask the operator for a"
            " bundle made after the others have cosigned",
            **evidence,
        )
    return f"{count} that you pinned cosigned the head{_names(found)}, {quorum} were needed{there}", evidence


def _there(case: Case) -> str:
    """Tell how many cosigned on chain: the largest checkpoint that any did."""
    size = max((one.size for one in case.seen), default=0)
    count = sum(one.size == size for one in case.seen)
    if not count:
        return ""
    return f"; on chain {count} accounts that its governance admitted as witnesses cosigned the checkpoint of {size}"


def _plausible(case: Case, one: Cosignature) -> None:
    """Refuse a time before the newest record under the head, or after the bundle; a simulated clock tells neither."""
    if case.of("clock.advanced"):
        return
    newest = max(instant(now.recorded_at, "recorded_at") for _, now in case.records)
    if newest - one.at > CLOCK_TOLERANCE:
        raise VerificationError(
            "cosigned_before_recorded",
            f"{one.name} cosigned at {one.at:%Y-%m-%d %H:%M:%S} UTC, before a record under the head was recorded",
            key=one.name,
            time=one.time,
        )
    if one.at - instant(case.bundle.created_at, "created_at") > CLOCK_TOLERANCE:
        raise VerificationError(
            "cosigned_after_bundle",
            f"{one.name} cosigned at {one.at:%Y-%m-%d %H:%M:%S} UTC, after the bundle was made",
            key=one.name,
            time=one.time,
        )


def _names(found: Sequence[Cosignature]) -> str:
    return "".join(
        f"{' (' if i == 0 else ', '}{one.name} at {one.at:%Y-%m-%d %H:%M:%S} UTC" for i, one in enumerate(found)
    ) + (")" if found else "")
