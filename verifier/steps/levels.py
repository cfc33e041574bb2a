"""How far anchors and timestamps can be trusted: whose word each is, given what the reader has pinned."""

from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from verifier import committed
from verifier.errors import VerificationError
from verifier.receipt import Proven
from verifier.report import Basis
from verifier.steps.case import Case
from verifier.timestamp import Stamp

SELF_ASSERTED: Final = "self-asserted"
PUBLIC_AUTHORITY: Final = "public authority"
NAMED_AUTHORITY: Final = "authority named in this file"
STAND_IN: Final = "development stand-in"
DEVELOPMENT: Final = "DEVELOPMENT ONLY"


def rank(case: Case) -> list[str]:
    """Return each proven block's level; when all have their validators, that is what the step rests on."""
    levels = [level(case, proven) for proven in case.blocks]
    if SELF_ASSERTED not in levels:
        case.basis["anchors"] = Basis.VALIDATORS
    return levels


def rank_stamps(case: Case, stamps: Sequence[Stamp]) -> list[str]:
    """Return each timestamp's level; when the reader pinned all their roots, that is what the step rests on."""
    pinned = (None if case.trust is None else case.trust.timestamp_roots) or frozenset()
    levels = []
    for stamp in stamps:
        known = stamp.root.public_bytes(Encoding.DER).hex() in pinned
        outside = PUBLIC_AUTHORITY if known else NAMED_AUTHORITY
        levels.append(STAND_IN if is_development(stamp.root) else outside)
    if set(levels) == {PUBLIC_AUTHORITY}:
        case.basis["timestamps"] = Basis.PINNED
    return levels


def is_development(certificate: x509.Certificate) -> bool:
    """Say whether a certificate calls itself a development part."""
    return any(
        DEVELOPMENT in str(attribute.value)
        for attribute in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    )


def require_validators(case: Case, proven: Proven) -> tuple[int, int]:
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


def level(case: Case, proven: Proven) -> str:
    """Return whose word a block is: the validators' whom the reader pinned, or its chain's own."""
    try:
        sealed, validators = require_validators(case, proven)
    except VerificationError:
        return SELF_ASSERTED  # where the reader pinned others, the step of the pins fails
    return f"{sealed} of {validators} validators"
