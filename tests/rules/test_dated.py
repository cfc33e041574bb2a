"""Run every scenario of a dated obligation: what had happened, when it is asked, and what is owed by which day."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from ledger.domain.investor import InvestorState
from ledger.domain.oversight import Oversight, Sample, SelfCheck
from ledger.domain.product import ProductState
from ledger.domain.reviews import Review
from ledger.domain.sale import SaleState, SampleVisit
from ledger.domain.upkeep import Change, Upkeep
from ledger.errors import CallerError
from ledger.rules import load
from ledger.rules.cn.order_130 import art30_self_check, art32_retention
from ledger.rules.cn.order_233 import unnumbered_disclosure_frequency
from ledger.rules.cn.regulation_762 import art22_filing
from ledger.rules.dated import KINDS, obligations
from ledger.rules.errors import FactsError, UnconfirmedValueError
from ledger.rules.obligations import Book, Obligation
from tests.rules import world

HERE = Path(__file__).parent / "dated"
FILES = sorted(HERE.rglob("*.toml"))
RULES = load()
OPERATOR = "e" * 64
WORDS = {"name", "kind", "at", "given", "then"}
PROMISES = {"last_day", "status", "provisional", "late", "count", "none", "undated", "rule", "detail", "due"}


def cases() -> list[Any]:
    found = []
    for file in FILES:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        for case in content["case"]:
            name = f"{file.relative_to(HERE).with_suffix('').as_posix()}: {case['name']}"
            found.append(pytest.param({"kind": content["kind"], **case}, id=name))
    return found


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def book(given: Mapping[str, Any]) -> Book:
    """Build the folded states from a scenario's words; every word that is not known is an error."""
    left = dict(given)
    investor = _investor(left)
    product = _product(left)
    sale = _sale(left)
    oversight = _oversight(left)
    if left:
        raise ValueError(f"unknown words in a scenario: {sorted(left)}")
    return Book(
        oversight,
        {world.INVESTOR: investor},
        {world.PRODUCT: product},
        {} if sale.opened_at is None else {world.SALE: sale},
    )


def _investor(left: dict[str, Any]) -> InvestorState:
    assessed = [instant(text) for text in left.pop("assessed", [])]
    valid = left.pop("valid_until", None)
    known = tuple(
        replace(
            world.investor().assessments[0],
            leaf=world.leaf(f"assessment {n}"),
            completed_at=moment,
            valid_until=instant(valid) if valid else moment + timedelta(days=4000),
        )
        for n, moment in enumerate(assessed)
    )
    notices = tuple((instant(text), world.leaf("notice")) for text in left.pop("told", []))
    changes = tuple(
        Change(world.leaf("change"), tuple(what.split()), instant(at))
        for what, _, at in (text.partition(" at ") for text in left.pop("changed", []))
    )
    reviews = tuple(_review(words) for words in left.pop("reviews", []))
    asked = left.pop("erasure_requested", None)
    granted = left.pop("certified", None)
    certification = replace(world.investor().certifications[0], valid_until=instant("2099-01-01T00:00:00Z"))
    revoked = left.pop("revoked", None)
    return InvestorState(
        world.INVESTOR,
        channel=left.pop("channel", "web"),
        assessments=known,
        reviews=reviews,
        certifications=()
        if granted is None
        else (
            replace(
                certification, granted_at=instant(granted), revoked_at=None if revoked is None else instant(revoked)
            ),
        ),
        upkeep=Upkeep(notices=notices, changes=changes, erasure_requested_at=None if asked is None else instant(asked)),
    )


def _review(words: str) -> Review:
    asked, _, done = words.partition(" until ")
    review = Review(world.leaf(asked), world.leaf("assessment"), "why?", instant(asked))
    return review if not done else replace(review, completed_at=instant(done), completed_by=world.leaf("completed"))


def _product(left: dict[str, Any]) -> ProductState:
    state = ProductState(world.PRODUCT, leaves=world.leaves("product.filed", "product.closed", "product.rated"))
    names = {"closed": "closed_at", "filed": "filed_at", "liquidated": "liquidated_at", "rated": "rated_at"}
    for word, name in names.items():
        if word in left:
            moment: Any = instant(left.pop(word))
            state = replace(state, **{name: moment})
    disclosed = {}
    for words in left.pop("disclosed", []):
        what, _, at = words.partition(" at ")
        duty, period = what.split()
        disclosed[duty, period] = (instant(at), world.leaf("disclosed"))
    state = replace(state, fund_type=left.pop("fund_type", "securities"), disclosed=MappingProxyType(disclosed))
    until = left.pop("rating_until", "2099-01-01T00:00:00Z")
    return replace(state, rating_valid_until=instant(until), liquidated_on=left.pop("liquidated_on", None))


def _sale(left: dict[str, Any]) -> SaleState:
    state = SaleState(world.SALE, investor=world.INVESTOR, product=world.PRODUCT, match_risk_level="R3")
    names = {"opened": "opened_at", "paid": "paid_at", "effective": "effective_at", "rescinded": "rescinded_at"}
    for word, name in names.items():
        if word in left:
            moment: Any = instant(left.pop(word))
            state = replace(state, **{name: moment})
    visited = [SampleVisit(world.leaf("visit"), text[:4], instant(text)) for text in left.pop("visited", [])]
    return replace(state, sample_visits=tuple(visited))


def _oversight(left: dict[str, Any]) -> Oversight:
    registered = left.pop("registered", None)
    checks = [
        SelfCheck(world.leaf("check"), c["period"], c.get("problems", 0), c.get("reported_on"), instant(c["at"]))
        for c in left.pop("self_checks", [])
    ]
    drawn = [
        Sample(world.leaf("sample"), text[:4], "00" * 32, (world.SALE,), instant(text))
        for text in left.pop("drawn", [])
    ]
    at = None if registered is None else instant(registered)
    return Oversight(OPERATOR, "distributor", at, tuple(checks), tuple(drawn))


@pytest.mark.parametrize("case", cases())
def test_scenario(case: dict[str, Any]) -> None:
    assert set(case) <= WORDS, "unknown words in a scenario"
    then, at = case["then"], instant(case["at"])
    assert set(then) <= PROMISES, "unknown promises in a scenario"
    found = obligations(book(case["given"]), RULES.law, at, [case["kind"]])
    if then.get("none"):
        assert found == []
        return
    if "count" in then:
        assert len(found) == then["count"], [o.as_json(at) for o in found]
    last = found[-1].as_json(at)
    for promise in ("last_day", "status", "provisional", "late", "rule", "due"):
        if promise in then:
            assert last[promise] == then[promise], last
    if then.get("undated"):
        assert last["due"] is None
    if "detail" in then:
        assert then["detail"] in str(last["detail"])


def test_every_kind_has_its_scenarios() -> None:
    assert {tomllib.loads(f.read_text(encoding="utf-8"))["kind"] for f in FILES} == set(KINDS)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(FactsError, match="there is no obligation 'dance': it is one of"):
        obligations(Book(Oversight(OPERATOR)), RULES.law, world.NOW, ["dance"])


def test_an_empty_book_owes_nothing() -> None:
    assert obligations(Book(Oversight(OPERATOR)), RULES.law, world.NOW) == []


def test_the_order_of_facts_does_not_matter() -> None:
    sales = {
        f"{n:064x}": SaleState(f"{n:064x}", world.INVESTOR, world.PRODUCT, opened_at=world.NOW, effective_at=world.NOW)
        for n in range(9)
    }
    later = world.NOW + timedelta(days=400)
    one = Book(Oversight(OPERATOR), sales=sales)
    other = Book(Oversight(OPERATOR), sales=dict(reversed(sales.items())))
    found = obligations(one, RULES.law, later)
    assert found == obligations(other, RULES.law, later)
    assert len(found) == 10
    assert _due(found) == sorted(_due(found))


def test_each_obligation_cites_its_article_in_both_languages() -> None:
    given = {
        "assessed": ["2026-01-05T00:00:00Z"],
        "certified": "2026-01-06T00:00:00Z",
        "rated": "2026-01-01T00:00:00Z",
        "closed": "2026-02-01T00:00:00Z",
        "registered": "2025-01-01T00:00:00Z",
        "opened": "2025-02-01T00:00:00Z",
        "effective": "2025-02-03T00:00:00Z",
        "drawn": ["2026-01-09T00:00:00Z"],
        "erasure_requested": "2026-02-02T00:00:00Z",
        "reviews": ["2026-02-03T00:00:00Z"],
    }
    at = instant("2026-10-01T00:00:00Z")
    found = obligations(book(given), RULES.law, at)
    assert {o.kind for o in found} == set(KINDS)
    for one in found:
        wire: Any = one.as_json(at)
        assert wire["citation"]["article"]
        assert wire["satisfied_by"]["zh"]
        assert wire["satisfied_by"]["en"]


def _due(found: list[Obligation]) -> list[datetime]:
    return [o.due for o in found if o.due is not None]


@pytest.mark.parametrize("period", ["2026-H3", "2026-Q1", "0000-H1", "26-H1", ""])
def test_what_is_no_half_year_is_refused(period: str) -> None:
    with pytest.raises(CallerError, match="write it as 2026-H1 or 2026-H2"):
        art30_self_check.days_of(period)


@pytest.mark.parametrize(("period", "days"), [("2024-H1", 182), ("2026-H1", 181), ("2024-H2", 184), ("2026-H2", 184)])
def test_half_years_know_leap_years(period: str, days: int) -> None:
    first, last = art30_self_check.days_of(period)
    assert (last - first).days + 1 == days


def test_a_filing_lacks_what_is_not_given() -> None:
    law = RULES.law(world.NOW)
    parts = ["contract", "custody", "assets", "investors", "amounts", "units", "beneficial_owners"]
    assert art22_filing.lacking(parts, law) == ()
    for part in parts:
        assert len(art22_filing.lacking([p for p in parts if p != part], law)) == 1


def test_a_period_is_over_on_the_day_after_it() -> None:
    row = unnumbered_disclosure_frequency.duty_of(
        ProductState("", fund_type="securities"), RULES.law(_on("2026-10-01"))
    )
    assert row is not None
    assert "2026-Q3" not in unnumbered_disclosure_frequency.ended(row, _on("2026-09-30"))
    assert "2026-Q3" in unnumbered_disclosure_frequency.ended(row, _on("2026-10-01"))
    assert "2025-Q1" in unnumbered_disclosure_frequency.ended(row, _on("2026-10-01"))


def test_a_clock_tells_its_article_and_its_end() -> None:
    sale = SaleState(world.SALE, world.INVESTOR, world.PRODUCT, opened_at=world.NOW)
    known = Book(Oversight(OPERATOR), sales={world.SALE: sale})
    wire = [clock.as_json() for clock in art32_retention.of_sale(sale, known, RULES.law(world.NOW))]
    assert {(c["rule"], c["ends"]) for c in wire} == {
        ("cn/order_130/art32_retention", "2046-03-02T16:00:00.000000Z"),
        ("cn/order_105/art26_retention", None),
        ("cn/aml_law/art34_identity_retention", None),
    }


def test_a_sale_whose_records_cannot_be_opened_any_more_owes_no_retention() -> None:
    known = Book(Oversight(OPERATOR), sales={world.SALE: SaleState(world.SALE)})
    assert obligations(known, RULES.law, world.NOW, ["retention"]) == []


def test_what_rests_on_an_unconfirmed_value_says_so_or_is_refused() -> None:
    known = book({"assessed": ["2026-03-02T00:00:00Z"]})
    (one,) = obligations(known, RULES.law, world.NOW, ["assessment_notice"])
    assert one.as_json(world.NOW)["unconfirmed"] == ["cn/amac_suitability/unnumbered_result_notice"]
    with pytest.raises(UnconfirmedValueError):
        obligations(known, load(allow_unconfirmed=False).law, world.NOW, ["assessment_notice"])


def _on(day: str) -> datetime:
    return instant(f"{day}T00:00:00+08:00")
