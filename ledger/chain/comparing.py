"""What the contracts hold, against writes that were sent to them; for `fsck`."""

from collections.abc import Iterator

from ledger.chain.investor_registry import InvestorRegistry
from ledger.chain.sale_procedure import ChainSale, SaleProcedure
from ledger.chain.signature_registry import SignatureRegistry
from ledger.chain.units import instant, seconds, seconds_up
from ledger.ports.anchor import (
    AssessmentWrite,
    CertificationWrite,
    ChainWrites,
    EndingWrite,
    SaleStep,
    SaleStepWrite,
    SignatureWrite,
)
from ledger.ports.wallets import ApprovalWrite

_MISSING = "the contract does not hold it"
Difference = tuple[str, str]


def certifications(writes: tuple[CertificationWrite, ...], held: InvestorRegistry) -> Iterator[Difference]:
    """Compare grants by their tags and terms, and revocations by their instant."""
    for write in writes:
        named = write.leaf if write.revokes is None else write.revokes
        kept = next((c for c in held.certifications(write.investor, write.regime) if _tagged(named, c.tag)), None)
        if kept is None:
            yield write.leaf, _MISSING
        elif write.revokes is not None:
            if kept.revoked_at != instant(seconds(write.granted_at)):
                yield write.leaf, "the contract has another revocation, or none"
        elif (kept.granted_at, kept.valid_until) != (
            instant(seconds_up(write.granted_at)),
            instant(seconds(write.valid_until)),
        ):
            yield write.leaf, "the contract has another validity"


def assessments(writes: tuple[AssessmentWrite, ...], held: InvestorRegistry) -> Iterator[Difference]:
    """Compare assessments by their tags, class and terms."""
    for write in writes:
        kept = next((a for a in held.assessments(write.investor, write.regime) if _tagged(write.leaf, a.tag)), None)
        if kept is None:
            yield write.leaf, _MISSING
        elif (kept.tolerance, kept.lowest, kept.completed_at, kept.valid_until) != (
            write.tolerance,
            write.lowest,
            instant(seconds_up(write.completed_at)),
            instant(seconds(write.valid_until)),
        ):
            yield write.leaf, "the contract has another class or validity"


def endings(writes: tuple[EndingWrite, ...], held: InvestorRegistry) -> Iterator[Difference]:
    """Compare early ends of assessments by their instant."""
    for write in writes:
        known = held.assessments(write.investor, write.regime)
        kept = next((a for a in known if _tagged(write.assessment, a.tag)), None)
        if kept is None:
            yield write.leaf, _MISSING
        elif kept.ended_at != instant(seconds(write.ended_at)):
            yield write.leaf, "the contract has another end of the assessment, or none"


def signatures(writes: tuple[SignatureWrite, ...], held: SignatureRegistry) -> Iterator[Difference]:
    """Compare the first signature of each document and key; whoever signed on chain himself may be earlier."""
    for write in writes:
        kept = held.signature(write.document_sha256, write.key)
        if kept is None:
            yield write.leaf, _MISSING
        elif not kept.checked_on_chain and (kept.suite, kept.signed_at) != (
            write.suite,
            instant(seconds(write.signed_at)),
        ):
            yield write.leaf, "the contract has another suite or instant"


def approvals(writes: tuple[ApprovalWrite, ...], held: SignatureRegistry) -> Iterator[Difference]:
    """Ask for the signatures of contract wallets."""
    for write in writes:
        kept = held.signature(write.asked.document, write.asked.address.rjust(64, "0"))
        if kept is None or not kept.checked_on_chain:
            yield write.leaf, "the contract does not hold the wallet's signature"


def sale_steps(writes: tuple[SaleStepWrite, ...], held: SaleProcedure) -> Iterator[Difference]:
    """Compare a sale's order with all that its records told."""
    for sale in dict.fromkeys(write.sale for write in writes):
        steps = [write for write in writes if write.sale == sale]
        kept = held.sale(sale)
        if kept is None:
            yield steps[0].leaf, _MISSING
            continue
        yield from _steps(steps, kept)


def _steps(steps: list[SaleStepWrite], kept: ChainSale) -> Iterator[Difference]:
    if kept.steps != len(steps):
        yield steps[-1].leaf, f"the contract has {kept.steps} steps of the sale, the records {len(steps)}"
    if steps[0].terms is not None and kept.terms != steps[0].terms:
        yield steps[0].leaf, "the contract has other terms of the sale"
    told: dict[SaleStep, SaleStepWrite] = {}
    for write in steps:
        told.setdefault(write.step, write)
    for step, write in told.items():
        if step is not SaleStep.REOPENED and kept.done.get(step) != instant(seconds(write.at)):
            yield write.leaf, f"the contract has the step {step.value} at another time, or not at all"
    for extra in kept.done.keys() - told.keys():
        yield steps[-1].leaf, f"the contract has the step {extra.value}, the records do not"


def differing(
    writes: ChainWrites, investors: InvestorRegistry, signed: SignatureRegistry, sales: SaleProcedure
) -> Iterator[Difference]:
    """Compare every kind of write."""
    yield from certifications(writes.certifications, investors)
    yield from assessments(writes.assessments, investors)
    yield from endings(writes.endings, investors)
    yield from signatures(writes.signatures, signed)
    yield from sale_steps(writes.sale_steps, sales)
    yield from approvals(writes.approvals, signed)


def _tagged(leaf: str, tag: bytes) -> bool:
    return leaf.startswith(tag.hex())
