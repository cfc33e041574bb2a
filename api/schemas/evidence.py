"""Wire models of decisions, records, proofs, checkpoints, rules and reports."""

from typing import Any, Literal

from pydantic import Field

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_INVESTOR,
    EXAMPLE_LEAF,
    EXAMPLE_PRODUCT,
    EXAMPLE_SALE,
    EXAMPLE_SHA256,
    Out,
    example,
)
from api.schemas.common import DocumentOut, FindingOut, MoneyOut, Recorded, Words

_CHECKPOINT = {
    "size": 128,
    "note": "example.org/log\n128\nq0L…=\nsm3 8fK…=\nmap 3xQ…=\n\n— example.org/log mF2…\n",
    "state": "final",
    "transaction": "0x" + "9f" * 32,
    "cosigned": 2,
    "quorum": 2,
}


class DecisionOut(Out):
    """All findings, what follows from them, and until when. ``receipt`` is there when one was asked for."""

    model_config = example(
        question="eligibility",
        investor=EXAMPLE_INVESTOR,
        product=EXAMPLE_PRODUCT,
        sale=None,
        amount={"amount": "1000000.00", "currency": "CNY"},
        fee={"amount": "0", "currency": "CNY"},
        answer="eligible",
        findings=[],
        conditions=[],
        at=EXAMPLE_INSTANT,
        as_of=EXAMPLE_INSTANT,
        known_at=EXAMPLE_INSTANT,
        law_date="2026-03-02",
        ruleset=EXAMPLE_SHA256,
        engine="6c" * 32,
        changes_at="2026-06-02T01:30:00.000000Z",
        unconfirmed=[],
        receipt=EXAMPLE_LEAF,
    )

    question: str
    investor: base.Stream
    product: base.Stream
    sale: base.Stream | None
    amount: MoneyOut | None
    fee: MoneyOut | None
    answer: Literal["eligible", "ineligible", "conditional"]
    findings: list[FindingOut]
    conditions: list[Words]
    at: str
    as_of: str
    known_at: str
    law_date: str
    ruleset: base.Sha256 = Field(description="digest of the law's files")
    engine: base.Sha256 = Field(description="digest of the code that decided")
    changes_at: str | None
    unconfirmed: list[str]
    receipt: base.Leaf | None = None


class BatchItem(Out):
    """What stands in one investor's way; every finding is at ``/v1/eligibility``."""

    model_config = example(
        investor=EXAMPLE_INVESTOR,
        answer="eligible",
        findings=[],
        conditions=[],
        changes_at="2026-06-02T01:30:00.000000Z",
    )

    investor: base.Stream
    answer: Literal["eligible", "ineligible", "conditional"]
    findings: list[FindingOut]
    conditions: list[Words]
    changes_at: str | None


class BatchUndecided(Out):
    """An investor on whose records the rules cannot decide, and why."""

    model_config = example(
        investor=EXAMPLE_INVESTOR,
        code="facts_error",
        detail="the certification is in USD: convert to CNY, with proof of the rate",
        zh="认定金额须为人民币",
    )

    investor: base.Stream
    code: str
    detail: str
    zh: str


class BatchOut(Out):
    """One answer for each investor, in the order they were named, and how many of each."""

    model_config = example(
        product=EXAMPLE_PRODUCT,
        amount={"amount": "1000000.00", "currency": "CNY"},
        fee={"amount": "0", "currency": "CNY"},
        as_of=EXAMPLE_INSTANT,
        known_at=EXAMPLE_INSTANT,
        ruleset=EXAMPLE_SHA256,
        unconfirmed=[],
        counts={"eligible": 1, "conditional": 0, "ineligible": 0, "undecided": 0},
        items=[
            {
                "investor": EXAMPLE_INVESTOR,
                "answer": "eligible",
                "findings": [],
                "conditions": [],
                "changes_at": "2026-06-02T01:30:00.000000Z",
            }
        ],
        undecided=[],
    )

    product: base.Stream
    amount: MoneyOut
    fee: MoneyOut
    as_of: str
    known_at: str
    ruleset: str
    unconfirmed: list[str]
    counts: dict[Literal["eligible", "conditional", "ineligible", "undecided"], int]
    items: list[BatchItem]
    undecided: list[BatchUndecided]


class RecordOut(Out):
    """A record as it stands in the log: commitments only, nothing personal (docs/format.md §2)."""

    model_config = example(
        index=41,
        leaf_sha256=EXAMPLE_LEAF,
        leaf_sm3="6a" * 32,
        record={"v": 1, "type": "sale.opened", "seq": 0, "fields": {"amount": EXAMPLE_SHA256}},
    )

    index: int
    leaf_sha256: str
    leaf_sm3: str
    record: dict[str, Any]


class CheckpointOut(Out):
    """A signed head of the log (C2SP note with its cosignatures) and where its anchor stands."""

    model_config = example(**_CHECKPOINT)

    size: int
    note: str
    state: str
    transaction: str | None
    cosigned: int = Field(description="witnesses that cosigned it")
    quorum: int = Field(description="how many of the configured witnesses are wanted; 0 without witnesses")


class CheckpointPage(Out):
    """A page of checkpoints; ``next`` goes into ``after``."""

    model_config = example(items=[_CHECKPOINT], next=None)

    items: list[CheckpointOut]
    next: int | None


class Paths(Out):
    """The same inclusion path in both trees (RFC 9162 order, hex)."""

    model_config = example(sha256=[EXAMPLE_SHA256], sm3=["6a" * 32])

    sha256: list[str]
    sm3: list[str]


class ConsistencyOut(Out):
    """What shows that a checkpoint continues a smaller one (RFC 9162), and the roots at the smaller one."""

    model_config = example(
        old=96,
        new=128,
        old_roots={"sha256": EXAMPLE_SHA256, "sm3": "6a" * 32},
        proof={"sha256": [EXAMPLE_SHA256], "sm3": ["6a" * 32]},
    )

    old: int
    new: int
    old_roots: dict[Literal["sha256", "sm3"], str]
    proof: Paths


class ProofOfRecord(Out):
    """What proves a record without us: paths, checkpoint, and the anchor's own evidence (docs/format.md §6)."""

    model_config = example(
        index=41,
        leaf_sha256=EXAMPLE_LEAF,
        leaf_sm3="6a" * 32,
        checkpoint=_CHECKPOINT,
        inclusion={"sha256": [EXAMPLE_SHA256], "sm3": ["6a" * 32]},
        anchor={"kind": "evm", "size": 128, "trust": "self-asserted"},
    )

    index: int
    leaf_sha256: str
    leaf_sm3: str
    checkpoint: CheckpointOut
    inclusion: Paths
    anchor: dict[str, Any]


class NewestOut(Out):
    """A stream's newest record under a checkpoint: its position from 0 and its leaf hash."""

    model_config = example(seq=12, leaf=EXAMPLE_LEAF)

    seq: int
    leaf: base.Leaf


class NeighbourOut(Out):
    """The only other stream in the place where the one asked for would be, by digests."""

    model_config = example(key="5d" * 32, value="5e" * 32)

    key: base.Sha256
    value: base.Sha256


class ProofOfStream(Out):
    """What the stream map says of a stream, and the proof (docs/format.md §4).

    Without ``newest`` the log holds nothing of the stream; ``anchor`` is null until the checkpoint is final.
    """

    model_config = example(
        stream=EXAMPLE_SALE,
        newest={"seq": 12, "leaf": EXAMPLE_LEAF},
        other=None,
        path=[EXAMPLE_SHA256, "", EXAMPLE_SHA256],
        checkpoint=_CHECKPOINT,
        anchor={"kind": "evm", "size": 128, "trust": "self-asserted"},
    )

    stream: base.Stream
    newest: NewestOut | None
    other: NeighbourOut | None
    path: list[str]
    checkpoint: CheckpointOut
    anchor: dict[str, Any] | None


class ReportMade(Recorded):
    """report.pdf and evidence.json are stored; our own verifier has checked the bundle."""

    model_config = example(
        record=EXAMPLE_LEAF,
        report={"sha256": EXAMPLE_SHA256, "bytes": 412345},
        evidence={"sha256": "6b" * 32, "bytes": 623456},
        verdict="holds",
        made_at=EXAMPLE_INSTANT,
    )

    report: DocumentOut
    evidence: DocumentOut
    verdict: str
    made_at: str


class Rules(Out):
    """The law as this service applies it: rulesets by digest with their files."""

    model_config = example(digest=EXAMPLE_SHA256, items=[{"path": "cn/amac_raising/29_cooling_off.toml"}], next=None)

    digest: str
    items: list[dict[str, Any]]
    next: str | None = Field(default=None)
