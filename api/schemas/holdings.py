"""Wire models of what an investor holds."""

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_INVESTOR, EXAMPLE_LEAF, EXAMPLE_PRODUCT, Out, Wire, example
from api.schemas.common import MoneyOut, Recorded

_MONEY = {"amount": "1250000.00", "currency": "CNY"}
_HOLDING = {"product": EXAMPLE_PRODUCT, "value": _MONEY, "at": EXAMPLE_INSTANT, "record": EXAMPLE_LEAF}


class HoldingOut(Out):
    """One holding by its last record."""

    model_config = example(**_HOLDING)

    product: str
    value: MoneyOut
    at: str
    record: str


class Holdings(Out):
    """What an investor holds, by product."""

    model_config = example(investor=EXAMPLE_INVESTOR, items=[_HOLDING])

    investor: str
    items: list[HoldingOut]


class Valuation(Wire):
    """The net value that the registrar states for a day."""

    model_config = example(amount="1250000.00", currency="CNY", as_of="2026-03-02")

    amount: base.Amount
    currency: base.Currency
    as_of: base.Day


class Valued(Recorded):
    """Holding valued."""

    model_config = example(record=EXAMPLE_LEAF, value=_MONEY)

    value: MoneyOut


class Redemption(Wire):
    """How much of the holding's value is redeemed."""

    model_config = example(amount="250000.00", currency="CNY")

    amount: base.Amount
    currency: base.Currency


class Redeemed(Recorded):
    """Redeemed; with nothing remaining the seat is free."""

    model_config = example(record=EXAMPLE_LEAF, remaining={"amount": "1000000.00", "currency": "CNY"})

    remaining: MoneyOut
