"""Seeded cases of the suitability core, each as facts for our rules and as input for the two other engines."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Any

from ledger.domain.decision import Facts
from ledger.domain.money import Money
from ledger.domain.profile import Profile
from tests.rules import world

Case = dict[str, Any]
NOW = world.NOW
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BRANCHES = {True: ("financial_assets", "income"), False: ("net_assets",)}
THRESHOLDS = {"financial_assets": 300_000_000, "income": 50_000_000, "net_assets": 1_000_000_000}
FORMS = ("contract", "limited_partnership", "limited_liability_company", "joint_stock_company")
CORE = frozenset(
    {
        "cn/order_130/art19_over_tolerance",
        "cn/order_130/art22_lowest_class",
        "cn/amac_raising/art18_assessment_validity",
        "cn/order_105/art12_qualified_investor",
        "cn/amac_raising/art27_certification_standing",
        "cn/order_105/art12_minimum",
        "cn/order_105/art11_seats",
        "cn/fund_law/art87_holders",
        "cn/order_175/unnumbered_sales_list",
        "cn/order_105/art17_risk_rating",
        "cn/amac_suitability/unnumbered_rating_floor",
    }
)


def cases(count: int, seed: int) -> list[Case]:
    """Draw cases. Every fault has its own chance, so that most cases have none or one, and all kinds occur."""
    chance = Random(seed)
    return [_case(chance) for _ in range(count)]


def micros(moment: datetime) -> int:
    """Return microseconds since 1970."""
    return (moment - EPOCH) // TICK


def _case(chance: Random) -> Case:
    person = chance.random() < 0.7
    tolerance, risk = chance.randint(1, 5), chance.randint(1, 5)
    return {
        "at": micros(NOW),
        "person": person,
        "special": chance.random() < 0.5,
        "assessment": {
            "known": _seldom(chance, usual=True),
            "tolerance": tolerance,
            "lowest": tolerance == 1 and chance.random() < 0.5,
            "until": micros(_near(chance, NOW, 300 * DAY)),
        },
        "certification": _certification(chance, person=person),
        "product": {
            "risk": risk,
            "manager_risk": chance.randint(1, 5) if chance.random() < 0.1 else chance.randint(1, risk),
            "form": (form := chance.choice(FORMS)),
            "seats": chance.choice([0, 48, 49] if form in FORMS[1:3] else [48, 49, 50, 198, 199])
            if chance.random() < 0.9
            else chance.choice([50, 51, 200, 201]),
            "minimum": chance.choice([40_000_000, 100_000_000, 100_000_001, 300_000_000]),
            "approved": _seldom(chance, usual=True),
            "listed": _seldom(chance, usual=True),
            # Shanghai midnights around NOW, which is ten in the morning there
            "listed_from": micros(NOW - timedelta(hours=10) + DAY * chance.choice([-30, -1, 0, 0, 0, 1])),
            "suspended": _seldom(chance, usual=False),
            "closed": _seldom(chance, usual=False),
            "rated_until": micros(_near(chance, NOW, 200 * DAY)),
        },
        "order": {
            "amount": chance.choice([99_999_999, 100_000_000, 100_000_001, 299_999_999, 300_000_000, 300_000_000]),
            "fee": chance.choice([0, 1, 1_000_000]),
        },
    }


def _certification(chance: Random, *, person: bool) -> Case:
    branch = chance.choice(BRANCHES[person] if chance.random() < 0.95 else ("financial_assets", "income", "net_assets"))
    granted = NOW - chance.choice([DAY, 179 * DAY, 180 * DAY - TICK] * 4 + [180 * DAY, 180 * DAY + TICK])
    return {
        "known": _seldom(chance, usual=True),
        "regime": "cn_private_fund" if _seldom(chance, usual=True) else "cn_am_plan",
        "branch": branch,
        "amount": THRESHOLDS[branch] + chance.choice([0, 0, 1, 5_000_000, -1]),
        "granted": micros(granted),
        "until": micros(_near(chance, NOW, 100 * DAY)),
        "revoked": (revoked := _seldom(chance, usual=False)),
        "revoked_at": micros(NOW + chance.choice([-DAY, -TICK, 0 * TICK])) if revoked else 0,
    }


def _seldom(chance: Random, *, usual: bool) -> bool:
    return usual is (chance.random() >= 0.04)


def _near(chance: Random, moment: datetime, most: timedelta) -> datetime:
    """Return an instant shortly after, exactly at, or before ``moment``; mostly after."""
    return moment + chance.choice([TICK, DAY, most, most, most, most, DAY, TICK, TICK, timedelta(0), -TICK, -DAY])


def facts(case: Mapping[str, Any]) -> Facts:
    """Build what our rules are asked about; everything outside the core is in order."""
    assessed, certified, offered = case["assessment"], case["certification"], case["product"]
    tolerance, level = f"C{assessed['tolerance']}", f"R{offered['risk']}"
    person, product = world.investor(), world.product()
    investor = replace(
        person,
        kind="natural_person" if case["person"] else "institution",
        profile=None if case["person"] else Profile(world.leaf("profile"), "legal_person", NOW - 40 * DAY),
        assessments=_assessments(person.assessments[0], assessed, tolerance),
        certifications=_certifications(person.certifications[0], certified),
        special=MappingProxyType(
            {world.PRODUCT: world.special("insisted", tolerance, level)} if case["special"] else {}
        ),
    )
    product = replace(
        product,
        risk_level=level,
        manager_risk_level=f"R{offered['manager_risk']}",
        rated_at=NOW - 100 * DAY,
        rating_valid_until=_instant(offered["rated_until"]),
        legal_form=offered["form"],
        seats=MappingProxyType({f"{n:064x}": 1 for n in range(offered["seats"])}),
        minimum=_money(offered["minimum"]),
        approved_at=product.approved_at if offered["approved"] else None,
        listed_at=product.listed_at if offered["listed"] else None,
        listed_from=(_instant(offered["listed_from"]) + timedelta(hours=8)).date().isoformat(),
        suspended_at=NOW if offered["suspended"] else None,
        closed_at=NOW if offered["closed"] else None,
    )
    sale = replace(
        world.sale("match_acknowledged_at"),
        match_tolerance=tolerance,
        match_lowest=assessed["lowest"],
        match_risk_level=level,
        care_presented_at=NOW - 58 * world.HOUR,
        care_acknowledged_at=NOW - 57 * world.HOUR,
    )
    return Facts(investor, product, sale, _money(case["order"]["amount"]), _money(case["order"]["fee"]))


def _assessments(one: Any, case: Mapping[str, Any], tolerance: str) -> tuple[Any, ...]:
    """Return the assessment that counts, and an older one with a better outcome that must not."""
    if not case["known"]:
        return ()
    older = replace(one, leaf=world.leaf("older"), tolerance="C5", completed_at=one.completed_at - DAY)
    until = _instant(case["until"])
    return older, replace(one, tolerance=tolerance, lowest=case["lowest"], valid_until=until)


def _certifications(one: Any, case: Mapping[str, Any]) -> tuple[Any, ...]:
    if not case["known"]:
        return ()
    changed = replace(
        one,
        regime=case["regime"],
        branch=case["branch"],
        amount=_money(case["amount"]),
        granted_at=_instant(case["granted"]),
        valid_until=_instant(case["until"]),
        revoked_at=_instant(case["revoked_at"]) if case["revoked"] else None,
    )
    return (changed,)


def _instant(micro: int) -> datetime:
    return EPOCH + micro * TICK


def _money(fen: int) -> Money:
    return Money(Decimal(fen) / 100)
