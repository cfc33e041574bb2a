"""Wire models of what foreign regimes ask for in writing."""

from typing import Literal

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_INVESTOR,
    EXAMPLE_LEAF,
    EXAMPLE_SALE,
    EXAMPLE_SHA256,
    Out,
    Wire,
    Word,
    example,
)
from api.schemas.common import Recorded, Words

_WORDS = {
    "zh": "本人（本机构）知悉并理解被视为合格投资者的后果，同意被视为合格投资者。",
    "en": "I know and understand the consequences of being treated as an accredited investor, and consent to it.",
}
_KNOWN = {
    "statement": "opt_in",
    "by": "investor",
    "per_sale": False,
    "after": ["notice"],
    "text": _WORDS,
    "text_sha256": EXAMPLE_SHA256,
}
_MADE = {
    "record": EXAMPLE_LEAF,
    "regime": "sg_ai",
    "statement": "opt_in",
    "by": "investor",
    "sale": None,
    "made_at": EXAMPLE_INSTANT,
    "withdrawn_at": None,
}


class StatementWords(Out):
    """One written statement of a regime. ``after``: those that come before it; ``per_sale``: made for each sale."""

    model_config = example(**_KNOWN)

    statement: str
    by: Literal["investor", "firm"]
    per_sale: bool
    after: list[str]
    text: Words
    text_sha256: base.Sha256


class RegimeStatements(Out):
    """The written statements of a regime in force now."""

    model_config = example(regime="sg_ai", items=[_KNOWN])

    regime: str
    items: list[StatementWords]


class StatementMade(Out):
    """One statement that was made, and perhaps withdrawn."""

    model_config = example(**_MADE)

    record: base.Leaf
    regime: str
    statement: str
    by: Literal["investor", "firm"]
    sale: base.Stream | None
    made_at: str
    withdrawn_at: str | None


class StatementsMade(Out):
    """All written statements of an investor and notices to them, in order."""

    model_config = example(investor=EXAMPLE_INVESTOR, items=[_MADE])

    investor: base.Stream
    items: list[StatementMade]


class Stating(Wire):
    """The investor's own statement, bound to the words read. ``sale``: needed where it is made for each sale."""

    model_config = example(
        regime="us_reg_d_506c", statement="accredited", text_sha256=EXAMPLE_SHA256, sale=EXAMPLE_SALE
    )

    regime: Word
    statement: Word
    text_sha256: base.Sha256
    sale: base.Stream | None = None


class Telling(Wire):
    """The firm's notice or warning, in the ruleset's words."""

    model_config = example(regime="sg_ai", statement="notice")

    regime: Word
    statement: Word
    sale: base.Stream | None = None


class Withdrawing(Wire):
    """Which own statement no longer holds."""

    model_config = example(regime="sg_ai", statement="opt_in")

    regime: Word
    statement: Word


class Stated(Recorded):
    """The statement and its words are in the log."""

    model_config = example(record=EXAMPLE_LEAF, made_at=EXAMPLE_INSTANT, text=_WORDS)

    made_at: str
    text: Words


class StatementWithdrawn(Recorded):
    """Withdrawn from now on."""

    model_config = example(record=EXAMPLE_LEAF, withdrawn_at=EXAMPLE_INSTANT)

    withdrawn_at: str
