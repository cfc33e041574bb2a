"""Wire models of investors that are more than a natural person: profile, holders, exemption, professional standing."""

from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_INVESTOR,
    EXAMPLE_LEAF,
    Flag,
    Name,
    Out,
    Sentence,
    Wire,
    Word,
    example,
)
from api.schemas.common import Recorded, Words
from api.schemas.investors import Sum
from ledger.domain.events import Value

Form = Literal["natural_person", "legal_person", "partnership", "contract"]
HolderId = Annotated[str, StringConstraints(pattern=base.CODE_NAME)]
Filing = Annotated[str, StringConstraints(pattern=base.CODE_NAME)]
Proofs = Annotated[tuple[base.Leaf, ...], Field(max_length=20)]
_WORDS = {
    "zh": "与普通投资者相比，专业投资者不再享有特别保护。",
    "en": "A professional investor loses special protection.",
}
_MONEY = {"amount": "20000000.00", "currency": "CNY"}
_APPLICATION = {
    "application": EXAMPLE_LEAF,
    "applied_at": EXAMPLE_INSTANT,
    "explained_at": EXAMPLE_INSTANT,
    "tested_at": None,
    "test_passed": False,
    "decided_at": None,
    "accepted": None,
    "notified_at": None,
}


class ProfileIn(Wire):
    """What an institution or product is. Finances are of ``year_end``; a partnership or contract is a pool."""

    model_config = example(
        form="legal_person",
        filing_number=None,
        year_end="2025-12-31",
        net_assets=_MONEY,
        financial_assets=None,
        proofs=[EXAMPLE_LEAF],
    )

    form: Form
    filing_number: Filing | None = None
    year_end: base.Day | None = None
    net_assets: Sum | None = None
    financial_assets: Sum | None = None
    proofs: Proofs = ()


class HolderIn(Wire):
    """One holder, listed once; ``holders`` names the ids behind a pool. The investor itself has the id ``investor``."""

    model_config = example(id="a", kind="natural_person", branch="financial_assets", amount="3000000.00")

    id: HolderId
    kind: Form
    branch: Word | None = None
    amount: base.Amount | None = None
    currency: base.Currency | None = None
    holders: Annotated[tuple[HolderId, ...], Field(max_length=500)] = ()

    def value(self) -> Value:
        """Return the entry as the record carries it: what was not said is not there."""
        said = {name: value for name, value in self.model_dump(exclude={"holders"}).items() if value is not None}
        return {**said, "holders": [*self.holders]} if self.holders else said


class HoldersIn(Wire):
    """Everybody behind a pool, as a list of who is named by whom; pools are looked through to the final investors."""

    model_config = example(
        as_of="2026-03-01",
        holders=[
            {"id": "investor", "kind": "partnership", "holders": ["a", "b"]},
            {"id": "a", "kind": "natural_person", "branch": "financial_assets", "amount": "3000000.00"},
            {"id": "b", "kind": "legal_person", "branch": "net_assets", "amount": "10000000.00"},
        ],
        proofs=[EXAMPLE_LEAF],
    )

    as_of: base.Day
    holders: Annotated[list[HolderIn], Field(min_length=1, max_length=1000)]
    proofs: Proofs = ()


class HoldersOut(Recorded):
    """How many final investors stand behind the pool."""

    model_config = example(record=EXAMPLE_LEAF, final_investors=2)

    final_investors: int


class ExemptionIn(Wire):
    """A basis of 募集 art. 32, on proof. ``manager``: whose own funds it is for, where the basis is that."""

    model_config = example(basis="pension", proof=EXAMPLE_LEAF, valid_until="2027-03-01T00:00:00Z", manager=None)

    basis: Word
    proof: base.Leaf
    valid_until: base.Instant
    manager: Name | None = None


class ExemptionOut(Recorded):
    """It frees from steps of AMAC's measures and from nothing else."""

    model_config = example(record=EXAMPLE_LEAF, valid_until="2027-03-01T00:00:00.000000Z")

    valid_until: str


class Claims(Wire):
    """What the named proofs show. Days are those since which something lasts; finances are of ``year_end``."""

    model_config = example(
        net_assets=None,
        financial_assets=_MONEY,
        income=None,
        experience_since="2020-01-01",
        work_since=None,
        office=None,
        year_end=None,
    )

    net_assets: Sum | None = None
    financial_assets: Sum | None = None
    income: Sum | None = None
    experience_since: base.Day | None = None
    work_since: base.Day | None = None
    office: Literal["executive", "certified_accountant", "lawyer"] | None = None
    year_end: base.Day | None = None

    def values(self) -> dict[str, Value]:
        """Return what was claimed; what was not is not there."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class Recognition(Wire):
    """A ground of 130号 art. 8 (``8_1`` to ``8_5``), with proofs of every limb."""

    model_config = example(
        ground="8_5",
        valid_until="2027-03-01T00:00:00Z",
        proofs=[EXAMPLE_LEAF],
        claims={"financial_assets": {"amount": "5000000.00", "currency": "CNY"}, "experience_since": "2020-01-01"},
    )

    ground: Literal["8_1", "8_2", "8_3", "8_4", "8_5"]
    valid_until: base.Instant
    proofs: Annotated[tuple[base.Leaf, ...], Field(min_length=1, max_length=20)]
    claims: Claims


class Recognised(Recorded):
    """Professional from now on."""

    model_config = example(record=EXAMPLE_LEAF, ground="8_5", valid_until="2027-03-01T00:00:00.000000Z")

    ground: str
    valid_until: str


class Told(Recorded):
    """The words that were recorded."""

    model_config = example(record=EXAMPLE_LEAF, text=_WORDS)

    text: Words


class TestIn(Wire):
    """The result of a knowledge test or of simulated trading."""

    __test__ = False  # not a test case
    model_config = example(method="knowledge_test", passed=True, score=86)

    method: Literal["knowledge_test", "simulated_trading"]
    passed: Flag
    score: Annotated[int, Strict(), Field(ge=0, le=1000)]


class TestOut(Recorded):
    """Recorded, whatever the result."""

    __test__ = False  # not a test case
    model_config = example(record=EXAMPLE_LEAF, passed=True)

    passed: bool


class DecisionIn(Wire):
    """The reasoned decision on an application. Refusing needs reasons only; accepting rests on proofs and ends."""

    model_config = example(
        accepted=True,
        reasons="经审慎评估，具备专业投资者的专业能力和风险承受能力",
        valid_until="2027-03-01T00:00:00Z",
        proofs=[EXAMPLE_LEAF],
        claims={"income": {"amount": "300000.00", "currency": "CNY"}, "experience_since": "2024-01-01"},
    )

    accepted: Flag
    reasons: Sentence
    valid_until: base.Instant | None = None
    proofs: Proofs = ()
    claims: Claims


class DecisionOut(Recorded):
    """Nothing changes before the investor is told."""

    model_config = example(record=EXAMPLE_LEAF, accepted=True)

    accepted: bool


class Notice(Wire):
    """The investor's written notice to be treated as ordinary."""

    model_config = example(notice="本人自即日起按普通投资者接受服务")

    notice: Sentence


class Renounced(Recorded):
    """Ordinary from now on, with full protection."""

    model_config = example(**{"record": EXAMPLE_LEAF, "class": "ordinary"})

    class_: Annotated[Literal["ordinary"], Field(alias="class")]


class Application(Out):
    """How far the last application to be treated as professional has come."""

    model_config = example(**_APPLICATION)

    application: base.Leaf
    applied_at: str
    explained_at: str | None
    tested_at: str | None
    test_passed: bool
    decided_at: str | None
    accepted: bool | None
    notified_at: str | None


class StandingOut(Out):
    """Ordinary or professional now. Being professional qualifies nobody: thresholds and access rules stay."""

    model_config = example(
        **{
            "investor": EXAMPLE_INVESTOR,
            "class": "ordinary",
            "ground": None,
            "valid_until": None,
            "application": _APPLICATION,
            "at": EXAMPLE_INSTANT,
        }
    )

    investor: base.Stream
    class_: Annotated[Literal["ordinary", "professional"], Field(alias="class")]
    ground: str | None
    valid_until: str | None
    application: Application | None
    at: str


class Effective(Recorded):
    """The sale took effect without a return visit."""

    model_config = example(record=EXAMPLE_LEAF, effective_at=EXAMPLE_INSTANT)

    effective_at: str
