"""Wire models of the console: the session, the sales there are, and every act of one."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_INVESTOR,
    EXAMPLE_LEAF,
    EXAMPLE_PRODUCT,
    EXAMPLE_SALE,
    EXAMPLE_SHA256,
    Out,
    Wire,
    example,
)
from api.schemas.common import FindingOut, MoneyOut, Words
from api.schemas.journey import StageOut
from api.schemas.sales import ActorOut

_KEY = "pfl_0a1b2c3d4e5f6071_" + "0" * 64
_STATUS = Literal["in_procedure", "cooling_off_or_visit", "effective", "rescinded"]
_ROW = {
    "sale": EXAMPLE_SALE,
    "product": EXAMPLE_PRODUCT,
    "product_name": "示范进取一号私募证券投资基金",
    "status": "effective",
    "opened_at": EXAMPLE_INSTANT,
    "newest_at": EXAMPLE_INSTANT,
    "records": 62,
    "refusals": 1,
}
_DOCUMENT = {
    "sha256": EXAMPLE_SHA256,
    "sm3": "6a" * 32,
    "bytes": 48213,
    "media_type": "application/pdf",
    "role": "signed",
}
_SIGNATURE = {
    "purpose": {"zh": "基金合同", "en": "fund contract"},
    "suite": "webauthn-p256",
    "key": "7e" * 32,
    "issuer": "CN=Development CA",
    "serial": "1a2b3c",
    "valid_from": EXAMPLE_INSTANT,
    "valid_until": EXAMPLE_INSTANT,
    "document_sha256": EXAMPLE_SHA256,
    "pages_read": 8,
    "seconds_read": 95,
}
_ACT = {
    "index": 117,
    "at": EXAMPLE_INSTANT,
    "recorded_at": EXAMPLE_INSTANT,
    "type": "document.signed",
    "stream": EXAMPLE_SALE,
    "title": {"zh": "电子签署:基金合同", "en": "Document signed: fund contract"},
    "detail": {"zh": "", "en": ""},
    "actor": {"id": EXAMPLE_INVESTOR, "role": "investor"},
    "article": "《私募投资基金募集行为管理办法》第29条",
    "record": EXAMPLE_LEAF,
    "refused": False,
    "documents": [_DOCUMENT],
    "fields": [{"name": "purpose", "value": "fund_contract", "withheld": False}],
    "signature": _SIGNATURE,
    "findings": [],
    "checkpoint": 128,
}
_CHECKPOINT = {
    "size": 128,
    "state": "final",
    "sealed_at": EXAMPLE_INSTANT,
    "transaction": "0x" + "9c" * 32,
    "block": 41,
    "block_time": EXAMPLE_INSTANT,
    "cosigned": 0,
    "quorum": 0,
}
_CHAIN = {"kind": "embedded", "chain_id": 1337, "trust": "self-asserted", "problem": None}


class SigningIn(Wire):
    """An API key, handed over once; the page keeps nothing of it."""

    model_config = example(key=_KEY)

    key: Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[\x21-\x7e]+$")]


class ConsoleSessionOut(Out):
    """A session was opened."""

    model_config = example(duty="auditor", expires_at=EXAMPLE_INSTANT)

    duty: str
    expires_at: str


class ConsoleSessionEnded(Out):
    """The session is over."""

    model_config = example(ended=True)

    ended: bool


class ConsoleOut(Out):
    """Who works at the console."""

    model_config = example(
        staff="7d" * 16, duty="auditor", institution="示范基金销售有限公司", at=EXAMPLE_INSTANT, stand_ins=["identity"]
    )

    staff: str
    duty: str
    institution: str
    at: str
    stand_ins: list[str]


class SaleRow(Out):
    """One sale, without anything personal. ``product`` is null once the investor's data was destroyed."""

    model_config = example(**_ROW)

    sale: base.Stream
    product: base.Stream | None
    product_name: str | None
    status: _STATUS
    opened_at: str
    newest_at: str
    records: int
    refusals: int


class SalePage(Out):
    """Sales, the newest first."""

    model_config = example(items=[_ROW], next=None)

    items: list[SaleRow]
    next: base.Stream | None


class DocumentNamed(Out):
    """A document that a record names, by both digests."""

    model_config = example(**_DOCUMENT)

    sha256: base.Sha256
    sm3: base.Sha256
    bytes: int
    media_type: str
    role: str


class FieldOut(Out):
    """A field of a record. ``withheld``: a number that identifies a person, which nobody reads here."""

    model_config = example(name="channel", value="web", withheld=False)

    name: str
    value: Any
    withheld: bool


class SignatureOut(Out):
    """A signature: by which suite and key, under which certificate, after how much reading."""

    model_config = example(**_SIGNATURE)

    purpose: Words
    suite: str
    key: str
    issuer: str
    serial: str
    valid_from: str
    valid_until: str
    document_sha256: base.Sha256
    pages_read: int
    seconds_read: int = Field(description="whole seconds during which its pages were on the screen")


class Act(Out):
    """One record in plain words. ``checkpoint`` is null until one is sealed over it."""

    model_config = example(**_ACT)

    index: int
    at: str
    recorded_at: str
    type: str
    stream: base.Stream
    title: Words
    detail: Words
    actor: ActorOut
    article: str
    record: base.Leaf
    refused: bool
    documents: list[DocumentNamed]
    fields: list[FieldOut]
    signature: SignatureOut | None
    findings: list[FindingOut]
    checkpoint: int | None


class AnchorOut(Out):
    """How far a checkpoint has come on its way to the chain, and how many witnesses cosigned it of how many wanted."""

    model_config = example(**_CHECKPOINT)

    size: int
    state: Literal["sealed", "submitted", "mined", "final"]
    sealed_at: str
    transaction: str | None
    block: int | None
    block_time: str | None
    cosigned: int
    quorum: int


class ChainOut(Out):
    """The chain, and what an anchor there can rest on; a chain that is away says why."""

    model_config = example(**_CHAIN)

    kind: str | None
    chain_id: int | None
    trust: str | None
    problem: Words | None


class Acts(Out):
    """Every act of a sale and its investor in order, what they rest on, and what is still missing."""

    model_config = example(
        sale=EXAMPLE_SALE,
        investor=EXAMPLE_INVESTOR,
        product=EXAMPLE_PRODUCT,
        product_name="示范进取一号私募证券投资基金",
        amount={"amount": "1000000.00", "currency": "CNY"},
        status="effective",
        at=EXAMPLE_INSTANT,
        total=1,
        refusals=0,
        acts=[_ACT],
        next=None,
        checkpoints=[_CHECKPOINT],
        chain=_CHAIN,
        current="done",
        missing=[],
        against=[],
        stand_ins=["identity"],
    )

    sale: base.Stream
    investor: base.Stream
    product: base.Stream
    product_name: str
    amount: MoneyOut | None
    status: _STATUS
    at: str
    total: int
    refusals: int
    acts: list[Act]
    next: int | None
    checkpoints: list[AnchorOut]
    chain: ChainOut
    current: str
    missing: list[StageOut]
    against: list[FindingOut]
    stand_ins: list[str]
