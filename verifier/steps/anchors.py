"""Step 10: the anchors: that a chain holds the checkpoints, who cosigned them there, and what wallets signed."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from verifier import anchor, receipt, record, seen
from verifier.anchor import Anchor, Anchored
from verifier.approvals import on_chain
from verifier.approvals.on_chain import Word
from verifier.errors import UndecidedError, VerificationError
from verifier.keccak import keccak256_all
from verifier.receipt import Proven
from verifier.seen import Seen, Sight
from verifier.steps import levels
from verifier.steps.case import Case, Found, at, place
from verifier.steps.log import CLOCK_TOLERANCE, covered


def anchors(case: Case) -> Found:
    """Step 10."""
    claimed = [_parsed(case, number, value) for number, value in enumerate(case.bundle.anchors)]
    hashed = list(dict.fromkeys(blob for claim in case.claims for blob in receipt.blobs(claim)))
    digest = dict(zip(hashed, keccak256_all(hashed), strict=True)).__getitem__
    proven: list[Anchored] = []
    for number, claim in enumerate(claimed):
        with at(f"anchors[{number}]"):
            if isinstance(claim, Word):
                _take(case, on_chain.check(claim, digest))
            elif isinstance(claim, Sight):
                _see(case, seen.check(claim, covered(case, claim.size), digest), proven)
            else:
                if len(case.blocks) > len(proven) or (proven and claim.size < proven[-1].size):
                    raise VerificationError("anchors_out_of_order", "the anchors are not in the order of their sizes")
                proven.append(anchor.check(claim, covered(case, claim.size), digest))
                case.blocks.append(proven[-1].block)
    covers = max((p.size for p in proven), default=0)
    open_ends = [index for index, _ in case.records if index >= covers]
    if open_ends:
        raise UndecidedError(
            "not_anchored",
            f"{len(open_ends)} records are under no anchor: anchor, then make the bundle again",
            indexes=open_ends,
        )
    _not_before_recorded(case, proven)
    return _told(case, proven)


def _parsed(case: Case, number: int, value: dict[str, Any]) -> Anchor | Sight | Word:
    found: Anchor | Sight | Word
    with at(f"anchors[{number}]"):
        if on_chain.named(value):
            found = on_chain.parse(value)
        else:
            found = seen.parse(value) if seen.named(value) else anchor.parse(value)
    case.claims.append(found.claim)
    return found


def _take(case: Case, taken: on_chain.Taken) -> None:
    named = taken.document, taken.wallet
    if named in case.taken:
        raise VerificationError("anchor_twice", "the same signature of a wallet is anchored twice")
    case.taken[named] = taken
    case.blocks.append(taken.block)


def _see(case: Case, cosigned: Seen, proven: list[Anchored]) -> None:
    """Keep a cosignature, if it stands in the contract that holds its checkpoint."""
    block = cosigned.block
    if (cosigned.size, block.chain_id, block.contract) not in {
        (p.size, p.block.chain_id, p.block.contract) for p in proven
    }:
        raise VerificationError(
            "cosigned_elsewhere",
            f"checkpoint {cosigned.size} is not anchored in the contract that took the cosignature",
        )
    if any((other.size, other.witness) == (cosigned.size, cosigned.witness) for other in case.seen):
        raise VerificationError("anchor_twice", "the same witness's cosignature of a checkpoint is there twice")
    case.seen.append(cosigned)
    case.blocks.append(block)


def _told(case: Case, proven: list[Anchored]) -> Found:
    ranks = levels.rank(case)
    rank_of = dict(zip(case.blocks, ranks, strict=True))
    times = [p.block_time for p in case.blocks]
    first, last = (f"{choose(times):%Y-%m-%d %H:%M:%S}" for choose in (min, max))
    chains = ", ".join(sorted({f"{p.chain_id} ({rank})" for p, rank in zip(case.blocks, ranks, strict=True)}))
    sentence = f"{len(proven)} anchors on chain {chains}, blocks from {first} to {last} UTC"
    if levels.SELF_ASSERTED in ranks and all(p.sealers for p in case.blocks):
        sentence += "; their validators sealed them, but which validators those are is the chain's own word: pin them"
    return sentence, {
        "blocks": [{"size": p.size} | _block(p.block, rank_of) for p in proven],
        "approvals": [
            {"document": one.document, "wallet": one.wallet} | _block(one.block, rank_of) for one in case.taken.values()
        ],
        "cosignatures": [{"size": one.size, "witness": one.witness} | _block(one.block, rank_of) for one in case.seen],
    }


def _block(p: Proven, rank_of: Mapping[Proven, str]) -> dict[str, Any]:
    return {
        "chain_id": p.chain_id,
        "number": p.block_number,
        "hash": p.block_hash,
        "contract": p.contract,
        "trust": rank_of[p],
        "sealed": len(p.sealers),
        "validators": len(p.validators),
    }


def _not_before_recorded(case: Case, proven: list[Anchored]) -> None:
    """Refuse a record that is dated after a block which already holds it; ``proven`` is in the order of sizes."""
    earliest: list[Anchored] = []  # for each anchor, the earliest block from it on
    for p in reversed(proven):
        earliest.append(p if not earliest or p.block.block_time < earliest[-1].block.block_time else earliest[-1])
    earliest.reverse()
    sizes = [p.size for p in proven]
    for index, now in case.records:
        holds = earliest[bisect_right(sizes, index)].block
        if record.instant(now.recorded_at, "recorded_at") - holds.block_time > CLOCK_TOLERANCE:
            raise VerificationError(
                "recorded_after_anchor",
                f"{place(now)} says it was recorded after block {holds.block_number}, which already holds it",
                leaf=now.leaf_sha256,
                block=holds.block_number,
            )
