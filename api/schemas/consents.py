"""Wire models of separate consents."""

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_LEAF, EXAMPLE_SHA256, Out, Wire, example
from api.schemas.common import Recorded, Words

_TEXT = {"zh": "本人单独同意……", "en": "I consent, separately, …"}
_PURPOSE = {"purpose": "financial_account", "text": _TEXT, "text_sha256": EXAMPLE_SHA256}


class PurposeOut(Out):
    """One purpose with the words that are consented to; the digest is of the Chinese ones."""

    model_config = example(**_PURPOSE)

    purpose: str
    text: Words
    text_sha256: str


class Purposes(Out):
    """What may be consented to now."""

    model_config = example(items=[_PURPOSE])

    items: list[PurposeOut]


class Consent(Wire):
    """Consent to one purpose, after its words were read."""

    model_config = example(purpose="financial_account", text_sha256=EXAMPLE_SHA256)

    purpose: base.Word
    text_sha256: base.Sha256


class ConsentGiven(Recorded):
    """Consent recorded."""

    model_config = example(record=EXAMPLE_LEAF, given_at=EXAMPLE_INSTANT)

    given_at: str


class Withdrawal(Wire):
    """Consent to one purpose is withdrawn."""

    model_config = example(purpose="financial_account")

    purpose: base.Word


class ConsentWithdrawn(Recorded):
    """Withdrawal recorded."""

    model_config = example(record=EXAMPLE_LEAF, withdrawn_at=EXAMPLE_INSTANT)

    withdrawn_at: str
