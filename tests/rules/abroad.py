"""Scenario words for foreign regimes: what the product also requires, what was certified, stated and proven abroad.

``requires``: a list of regimes. ``certified``: one table, or a list of tables, of ``regime branch amount`` with
optional ``granted``, ``until``, ``revoked``, ``sale`` and ``particulars``. ``stated`` and ``withdrawn``:
``regime name [instant [for sale]]``, by the firm for ``notice`` and ``warning``. ``proofs_of``:
``kind amount currency [day]``, each a proof named after its kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ledger.domain.decision import Facts
from ledger.domain.events import Value
from ledger.domain.investor import Certification, Proof
from ledger.domain.money import Money
from ledger.domain.statements import FIRM, INVESTOR, Statement
from tests.rules import world

WORDS = {"requires", "certified", "stated", "withdrawn", "proofs_of", "particulars"}
BY_FIRM = {"notice", "warning"}
Moment = Callable[[str], datetime]


def change(facts: Facts, case: Mapping[str, Any], moment: Moment) -> Facts:
    """Add what the scenario says about regimes abroad."""
    investor = facts.investor
    if "requires" in case:
        facts = replace(facts, product=replace(facts.product, also_requires=tuple(case["requires"])))
    told = case.get("certified", [])
    granted = [_certification(n, c, moment) for n, c in enumerate(told if isinstance(told, list) else [told])]
    stated = tuple(_statement(n, text, moment) for n, text in enumerate(case.get("stated", [])))
    for text in case.get("withdrawn", []):
        regime, name, at = _act(text)
        stated = tuple(
            replace(s, withdrawn_at=moment(at)) if (s.regime, s.statement) == (regime, name) else s for s in stated
        )
    proofs = tuple(_proof(text) for text in case.get("proofs_of", []))
    investor = replace(
        investor,
        certifications=(*investor.certifications, *granted),
        statements=stated,
        proofs=(*investor.proofs, *proofs),
    )
    return replace(facts, investor=investor)


def inputs(case: Mapping[str, Any]) -> dict[str, Value]:
    """Return the particulars that come with a certification, if there are any."""
    return {"particulars": dict(particulars(case["particulars"]))} if "particulars" in case else {}


def particulars(given: Mapping[str, Any]) -> Mapping[str, Value]:
    """Read particulars: money is written as ``"1000000 USD"``, ``rate_proof`` as the kind of its proof."""
    read: dict[str, Value] = {}
    for name, value in given.items():
        amount, _, currency = str(value).partition(" ")
        if name == "rate_proof":
            read[name] = world.leaf(str(value))
        elif len(currency) == 3 and currency.isupper():
            read[name] = {"amount": amount, "currency": currency}
        else:
            read[name] = value
    return MappingProxyType(read)


def _certification(place: int, told: Mapping[str, Any], moment: Moment) -> Certification:
    amount, _, currency = told["amount"].partition(" ")
    return Certification(
        world.leaf(f"abroad {place}"),
        told["regime"],
        told["branch"],
        Money(Decimal(amount), currency),
        moment(told.get("granted", "now - 52 hours")),
        moment(told.get("until", "now + 90 days")),
        world.CERTIFIER,
        told.get("sale", world.SALE),
        revoked_at=moment(told["revoked"]) if "revoked" in told else None,
        particulars=particulars(told.get("particulars", {})),
    )


def _act(text: str) -> tuple[str, str, str]:
    regime, _, rest = text.partition(" ")
    name, _, at = rest.partition(" ")
    return regime, name, at or "now - 60 hours"


def _statement(place: int, text: str, moment: Moment) -> Statement:
    regime, name, at = _act(text)
    at, _, sale = at.partition(" for ")
    by = FIRM if name in BY_FIRM else INVESTOR
    return Statement(world.leaf(f"stated {place}"), regime, name, by, moment(at), sale or world.SALE)


def _proof(text: str) -> Proof:
    kind, amount, currency, *day = text.split(" ")
    money = Money(Decimal(amount), currency)
    return Proof(world.leaf(kind), kind, money, day[0] if day else "2026-02-20", world.NOW - 54 * world.HOUR)
