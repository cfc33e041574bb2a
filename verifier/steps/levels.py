"""How far an anchor can be trusted: one party's word, or so many of the validators that the reader has pinned."""

from verifier import committed
from verifier.anchor import Anchored
from verifier.errors import VerificationError
from verifier.report import Basis
from verifier.steps.case import Case

SELF_ASSERTED = "self-asserted"


def rank(case: Case) -> list[str]:
    """Return each anchor's level; when all have their validators, that is what step 9 rests on."""
    levels = [_level(case, proven) for proven in case.anchored]
    if SELF_ASSERTED not in levels:
        case.basis["anchors"] = Basis.VALIDATORS
    return levels


def require_validators(case: Case, proven: Anchored) -> tuple[int, int]:
    """Return how many of how many pinned validators sealed the block; `VerificationError` unless they are enough."""
    pinned = case.trust.validators_at(proven.chain_id, proven.block_number) if case.trust is not None else frozenset()
    if not pinned or not proven.sealers:
        raise VerificationError(
            "not_pinned",
            f"validators: block {proven.block_number} of chain {proven.chain_id} has no pins, or no seals",
        )
    differing = pinned.symmetric_difference(proven.validators) if proven.validators else {*proven.sealers} - pinned
    if strange := sorted(signer.hex() for signer in differing):
        raise VerificationError(
            "validators_differ",
            f"validators: block {proven.block_number} is not of the set you pinned; they differ in {len(strange)}",
            found=strange,
        )
    committed.require_quorum(proven.kind, len(proven.sealers), len(pinned))
    return len(proven.sealers), len(pinned)


def _level(case: Case, proven: Anchored) -> str:
    try:
        sealed, validators = require_validators(case, proven)
    except VerificationError:
        return SELF_ASSERTED  # where the reader pinned others, the step of the pins fails
    return f"{sealed} of {validators} validators"
