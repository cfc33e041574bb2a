"""Wire models of the investor's pages: the session, and where the investor stands."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_INVESTOR,
    EXAMPLE_LEAF,
    EXAMPLE_PRODUCT,
    EXAMPLE_SALE,
    Out,
    Wire,
    example,
)
from api.schemas.common import DocumentOut, FindingOut, Interval, MoneyOut, Words
from api.schemas.institutions import Acting
from api.schemas.sales import Item
from ledger.services.links import MAX_TOKEN

_LINK = "pfl-link.eyJleHBpcmVzX2F0Ijoi4oCmIn0.MAC"
_STAGE = {
    "stage": "agreement",
    "phase": "gate",
    "whose": "investor",
    "state": "current",
    "article": "《私募投资基金募集行为管理办法》第20条",
}
_TEST = {
    "branch": "financial_assets",
    "text": {"zh": "个人金融资产", "en": "personal financial assets"},
    "amount": {"amount": "3000000", "currency": "CNY"},
}
_KIND = {"kind": "bank_statement", "branch": "financial_assets", "zh": "银行存款证明"}
_CONSENT = {"purpose": "sensitive_financial", "given": False, "required": True}
_VISIT = {"item": 1, "zh": "您是否为投资者本人?", "en": "Are you the investor in person?"}
_WAYS = {
    outcome: f"https://app.example/funds/done?outcome={outcome}&state=r-17" for outcome in ("done", "rescinded", "left")
}
_MONEY = {"amount": "1000000.00", "currency": "CNY"}


class LinkOpening(Wire):
    """The token of an investor's link, as the page found it behind the ``#`` of its address."""

    model_config = example(link=_LINK)

    link: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TOKEN, pattern=r"^[\x21-\x7e]+$")]


class LinkToken(Wire):
    """The token of a link that was issued for this investor."""

    model_config = example(token=_LINK)

    token: Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[\x21-\x7e]+$")]


class LinkPicture(Out):
    """The link as an address and as a QR code (SVG)."""

    model_config = example(investor=EXAMPLE_INVESTOR, address=f"https://fund.example/sign#{_LINK}", svg="<svg …></svg>")

    investor: base.Stream
    address: str
    svg: str


class SessionOut(Out):
    """The session is in a cookie that no script can read."""

    model_config = example(investor=EXAMPLE_INVESTOR, verified=False, expires_at=EXAMPLE_INSTANT)

    investor: base.Stream
    verified: bool
    expires_at: str


class SessionEnded(Out):
    """The cookie is gone."""

    model_config = example(ended=True)

    ended: bool


class StageOut(Out):
    """One stage of the way, whose turn it is, and the article that asks for it."""

    model_config = example(**_STAGE)

    stage: str
    phase: str
    whose: str
    state: Literal["done", "current", "ahead"]
    article: str


class AssessmentOut(Out):
    """The assessment that counts."""

    model_config = example(
        assessment=EXAMPLE_LEAF, tolerance="C4", lowest=False, score=62, valid_until="2029-03-02T01:30:00.000000Z"
    )

    assessment: base.Leaf
    tolerance: str
    lowest: bool
    score: int
    valid_until: str


class RefusalOut(Out):
    """The last refusal before a sale; ``record`` is what a review by a person may be asked of."""

    model_config = example(record=EXAMPLE_LEAF, at=EXAMPLE_INSTANT, findings=[])

    record: base.Leaf
    at: str
    findings: list[FindingOut]


class Opinion(Out):
    """The match opinion in words, and the record of the match."""

    model_config = example(text={"zh": "两者匹配。", "en": "They match."}, record=EXAMPLE_LEAF)

    text: Words
    record: base.Leaf


class TestOut(Out):
    """One way to be a qualified investor, with its limit."""

    model_config = example(**_TEST)

    branch: str
    text: Words
    amount: MoneyOut


class ProofKindOut(Out):
    """A kind of document that proves a branch."""

    model_config = example(**_KIND)

    kind: str
    branch: str
    zh: str


class ConsentState(Out):
    """One purpose: whether it is consented to, and whether anything waits for it."""

    model_config = example(**_CONSENT)

    purpose: str
    given: bool
    required: bool


class VisitQuestion(Out):
    """One question of the return visit."""

    model_config = example(**_VISIT)

    item: int
    zh: str
    en: str


class Choices(Out):
    """What the pages let one choose from: data of the ruleset in force."""

    model_config = example(
        tests=[_TEST],
        questionnaire="natural_person",
        proof_kinds=[_KIND],
        consents=[_CONSENT],
        declared=None,
        visit=[_VISIT],
    )

    tests: list[TestOut]
    questionnaire: str = Field(description="the one for this kind of investor")
    proof_kinds: list[ProofKindOut]
    consents: list[ConsentState]
    declared: str | None
    visit: list[VisitQuestion]


class JourneySale(Out):
    """The sale under way, or else the last one."""

    model_config = example(
        sale=EXAMPLE_SALE,
        product=EXAMPLE_PRODUCT,
        product_name=None,
        amount=_MONEY,
        fee={"amount": "10000.00", "currency": "CNY"},
        status="in_procedure",
        confirmed=[1, 2],
        paid=None,
        raising_account=None,
        cooling_off=None,
        opinion=None,
        matched_again=False,
        rescindable=True,
        effective_at=None,
        rescinded_at=None,
        items=[],
        documents={"disclosure": {"sha256": base.EXAMPLE_SHA256, "bytes": 61234}},
        handwriting=[],
    )

    sale: base.Stream
    product: base.Stream
    product_name: str | None = Field(description="known once the product was shown")
    amount: MoneyOut | None
    fee: MoneyOut | None
    status: str
    confirmed: list[int] = Field(description="statement items confirmed so far")
    paid: MoneyOut | None
    raising_account: str | None
    cooling_off: Interval | None
    opinion: Opinion | None
    matched_again: bool = Field(description="class or level changed for the worse since the first match")
    rescindable: bool
    effective_at: str | None
    rescinded_at: str | None
    items: list[Item] = Field(description="the statement items that the risk disclosure presented")
    documents: dict[str, DocumentOut]
    handwriting: list[str] = Field(description="papers beside whose signature one may draw one's name")


class Ways(Out):
    """Where the page leads back to, by how it ended; the link said so and the operator allows it."""

    model_config = example(**_WAYS)

    done: str
    rescinded: str
    left: str


class PageOut(Out):
    """What the page's own session says. ``channel`` comes from the signed link, or is ``web``."""

    model_config = example(channel="app", return_to=_WAYS, expires_at=EXAMPLE_INSTANT)

    channel: str | None
    return_to: Ways | None
    expires_at: str | None


class Journey(Out):
    """Where the investor stands. ``current`` names a stage, or is ``done`` or ``rescinded``."""

    model_config = example(
        investor=EXAMPLE_INVESTOR,
        institution="示范基金销售有限公司",
        verified=True,
        at=EXAMPLE_INSTANT,
        mobile="138****0000",
        kind="natural_person",
        acting=None,
        stand_ins=[],
        stages=[_STAGE],
        current="agreement",
        name="张三",
        assessment=None,
        sale=None,
        findings=[],
        refusal=None,
        choices=None,
        development=False,
        page={"channel": "web", "return_to": None, "expires_at": EXAMPLE_INSTANT},
    )

    investor: base.Stream
    institution: str
    verified: bool
    at: str
    mobile: str = Field(description="masked; for an institution the mobile of who acts")
    kind: str = Field(description="natural_person, institution or product")
    acting: Acting | None = Field(description="who acts for an institution")
    stand_ins: list[str]
    stages: list[StageOut]
    current: str
    name: str | None
    assessment: AssessmentOut | None
    sale: JourneySale | None
    findings: list[FindingOut]
    refusal: RefusalOut | None
    choices: Choices | None
    development: bool = Field(description="development stand-ins may be asked to act")
    page: PageOut
