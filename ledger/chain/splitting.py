"""Writes that one block cannot hold go ahead of their checkpoint in parts; the head follows last.

So a head on the chain means that all its writes are there, and a crash in between repeats nothing: what the chain
holds already is left out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.errors import ContractRefusedError
from ledger.chain.investor_registry import InvestorRegistry
from ledger.chain.sale_procedure import SaleProcedure
from ledger.chain.signature_registry import SignatureRegistry
from ledger.ports.anchor import ChainWrites

MOST: Final = 1_000  # `Batch.LIMIT` of the contracts
GAS_PER_WRITE: Final = 40_000  # the dearest, a renewal, takes 34,000
_KINDS: Final = ("grants", "revocations", "assessments", "endings", "signatures", "sale_steps")


@dataclass(frozen=True, slots=True)
class Part:
    """Writes of one kind, each with its position among all of that kind (which contracts name when they refuse)."""

    kind: str
    items: tuple[tuple[int, Any], ...]

    def writes(self) -> ChainWrites:
        """Return them as writes."""
        items = tuple(item for _, item in self.items)
        match self.kind:
            case "assessments":
                return ChainWrites(assessments=items)
            case "endings":
                return ChainWrites(endings=items)
            case "signatures":
                return ChainWrites(signatures=items)
            case "sale_steps":
                return ChainWrites(sale_steps=items)
            case _:
                return ChainWrites(certifications=items)


def room(gas_limit: int) -> int:
    """Return how many writes go into one transaction: half a block's worth, so that a chain will take it, or `MOST`."""
    return min(MOST, max(1, gas_limit // 2 // GAS_PER_WRITE))


def count(writes: ChainWrites) -> int:
    """Return how many writes there are."""
    facts = len(writes.certifications) + len(writes.assessments) + len(writes.endings)
    return facts + len(writes.signatures) + len(writes.sale_steps)


def parts(writes: ChainWrites, most: int) -> Iterator[Part]:
    """Cut writes into parts of at most ``most``, in the order in which the log forwards them."""
    grants = [write for write in writes.certifications if write.revokes is None]
    revocations = [write for write in writes.certifications if write.revokes is not None]
    lists = (grants, revocations, writes.assessments, writes.endings, writes.signatures, writes.sale_steps)
    for kind, items in zip(_KINDS, lists, strict=True):
        numbered = tuple(enumerate(items))
        for start in range(0, len(numbered), most):
            yield Part(kind, numbered[start : start + most])


def missing(part: Part, investors: InvestorRegistry, signatures: SignatureRegistry, sales: SaleProcedure) -> Part:
    """Return the part without what the chain holds."""
    held: dict[str, Callable[[Any], bool]] = {
        "grants": lambda w: any(w.leaf.startswith(c.tag.hex()) for c in investors.certifications(w.investor, w.regime)),
        "revocations": lambda w: any(
            c.revoked_at is not None and w.revokes.startswith(c.tag.hex())
            for c in investors.certifications(w.investor, w.regime)
        ),
        "assessments": lambda w: any(
            w.leaf.startswith(a.tag.hex()) for a in investors.assessments(w.investor, w.regime)
        ),
        "endings": lambda w: any(
            a.ended_at is not None and w.assessment.startswith(a.tag.hex())
            for a in investors.assessments(w.investor, w.regime)
        ),
        "signatures": lambda w: signatures.signature(w.document_sha256, w.key) is not None,
        "sale_steps": lambda w: (held := sales.sale(w.sale)) is not None and w.number <= held.steps,
    }
    return Part(part.kind, tuple(item for item in part.items if not held[part.kind](item[1])))


def renumbered(refused: ContractRefusedError, part: Part) -> ContractRefusedError:
    """Return the refusal with the index that the item had before the writes were cut."""
    index = refused.evidence.get("index")
    if not isinstance(index, int):
        return refused
    evidence = {name: value for name, value in refused.evidence.items() if name not in {"name", "index"}}
    return ContractRefusedError(refused.message, refused.zh, name=refused.name, index=part.items[index][0], **evidence)
