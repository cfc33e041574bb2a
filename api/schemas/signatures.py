"""Wire models of signing: what a device is asked to sign, and what it made."""

from typing import Annotated, Any, Literal

from pydantic import Field, Strict, StringConstraints

from api.schemas import base
from api.schemas.base import EXAMPLE_LEAF, EXAMPLE_SHA256, Out, SignatureHex, Wire, example
from api.schemas.common import DocumentOut, Recorded


class SignaturePreparation(Wire):
    """What is to be signed."""

    model_config = example(purpose="risk_disclosure")

    purpose: Literal["risk_disclosure", "fund_contract"]
    credential: base.Leaf | None = Field(default=None, description="approve the statement with this credential too")
    certificate: base.Leaf | None = Field(
        default=None, description="the record that issued the certificate of the key that signs; else the newest one"
    )
    signatory_certificate: base.Leaf | None = Field(
        default=None, description="the same for the own key of who acts for an institution"
    )


class SignaturePrepared(Out):
    """Sign both with the certified key: the UTF-8 bytes of ``statement`` and the bytes of ``pdf_to_sign`` (hex).

    ``approval`` is what the named credential must sign besides: a passkey's challenge (base64url), a wallet's
    ``address`` and typed data (``eth_signTypedData_v4``), or, for SM2, the statement itself.
    """

    model_config = example(
        signature="8e" * 16,
        suite="x509-p256",
        approval=None,
        statement='{"documents":[…],"intent":"本人已阅读…"}',
        pdf_to_sign="3180…",
        document={"sha256": EXAMPLE_SHA256, "bytes": 61234},
        expires_at="2026-03-02T02:00:00.000000Z",
    )

    signature: str
    suite: str
    approval: dict[str, Any] | None
    statement: str
    pdf_to_sign: str
    document: DocumentOut
    expires_at: str


_Member = Annotated[str, StringConstraints(max_length=64)]
_Part = Annotated[str, StringConstraints(max_length=8192)]


_X = Annotated[int, Strict(), Field(ge=0, le=600)]
_Y = Annotated[int, Strict(), Field(ge=0, le=200)]
Strokes = Annotated[
    list[Annotated[list[tuple[_X, _Y]], Field(min_length=1, max_length=1000)]], Field(min_length=1, max_length=64)
]


class SignatureCompletion(Wire):
    """Two ECDSA P-256 signatures (DER, hex) made where the key is, and the credential's approval if one was named.

    Approval by a passkey: ``authenticator_data`` (hex), ``client_data`` (text), ``signature`` (DER, hex); by a wallet
    or an SM2 key: ``signature`` (hex). A contract wallet is asked on its chain; 503 `outside_away` while that is away.

    For an institution those two are by its seal; ``signatory_signature`` is over the statement too, by the own key of
    the person who acts.
    """

    model_config = example(statement_signature="3045022100" + "ab" * 66, pdf_signature="3045022100" + "cd" * 66)

    statement_signature: SignatureHex
    pdf_signature: SignatureHex
    approval: dict[_Member, _Part] | None = Field(default=None, max_length=8)
    signatory_signature: SignatureHex | None = None
    handwriting: Strokes | None = Field(
        default=None, description="a drawn name, only its shape, where policy asks for one; never the signature"
    )


class Signed(Recorded):
    """The signed document is stored and recorded."""

    model_config = example(record=EXAMPLE_LEAF, document={"sha256": EXAMPLE_SHA256, "bytes": 78001})

    document: DocumentOut
