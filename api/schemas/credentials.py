"""Wire models of credentials: passkeys, wallets, national certificates."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_LEAF, EXAMPLE_SHA256, Out, Wire, example
from api.schemas.common import Recorded

Asked = Literal["webauthn-p256", "eip712-secp256k1", "sm2"]
Suite = Literal["webauthn-p256", "eip712-secp256k1", "eip1271", "sm2"]
Short = Annotated[str, StringConstraints(max_length=16_384)]
Answer = dict[Annotated[str, StringConstraints(max_length=64)], Short | bool | dict[str, Any] | list[Any] | None]
_REQUEST = {"message": "登记签名密钥（私募基金认购）\nRegister this key for private-fund subscriptions\nMZXW6…"}
_CREDENTIAL = {
    "credential": EXAMPLE_LEAF,
    "suite": "webauthn-p256",
    "key": EXAMPLE_SHA256,
    "registered_at": EXAMPLE_INSTANT,
}


class CredentialChallenge(Wire):
    """What kind of key is to be registered; a wallet of either kind, account or contract, is `eip712-secp256k1`."""

    model_config = example(suite="eip712-secp256k1")

    suite: Asked


class CredentialChallenged(Out):
    """What the device must answer: creation options of a passkey, or a message to sign."""

    model_config = example(
        challenge="8e" * 16, suite="eip712-secp256k1", request=_REQUEST, expires_at="2026-03-02T01:40:00.000000Z"
    )

    challenge: str
    suite: Asked
    request: dict[str, Any]
    expires_at: str


class CredentialAnswer(Wire):
    """The device's answer.

    Passkey: `PublicKeyCredential.toJSON()`. Wallet: ``address`` and the ``signature`` (hex, of an account 65 bytes) of
    the message as EIP-191 text; where another key than the account's signed, the contract at that address is asked
    about it (EIP-1271), and the credential is of suite `eip1271`. SM2: ``public_key`` (04 ‖ x ‖ y, hex) and the
    ``signature`` (DER, hex) of the message's UTF-8 bytes.
    """

    model_config = example(challenge="8e" * 16, answer={"address": "0x" + "ab" * 20, "signature": "0x" + "cd" * 65})

    challenge: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    answer: Answer = Field(max_length=16)


class CredentialRegistered(Recorded):
    """The public key is registered."""

    model_config = example(record=EXAMPLE_LEAF, suite="eip712-secp256k1", key="ab" * 20, registered_at=EXAMPLE_INSTANT)

    suite: Suite
    key: str
    registered_at: str


class CredentialOut(Out):
    """A credential in use."""

    model_config = example(**_CREDENTIAL)

    credential: base.Leaf
    suite: Suite
    key: str
    registered_at: str


class Credentials(Out):
    """The credentials in use."""

    model_config = example(items=[_CREDENTIAL])

    items: list[CredentialOut]


class CredentialWithdrawal(Wire):
    """Why a credential is not to be used any more."""

    model_config = example(reason="手机遗失")

    reason: base.Sentence


class CredentialWithdrawn(Recorded):
    """Withdrawal recorded."""

    model_config = example(record=EXAMPLE_LEAF, withdrawn_at=EXAMPLE_INSTANT)

    withdrawn_at: str
