"""What is owed by when, over HTTP: retakes, changes, notices, self-checks, samples, filings, deletion."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from ledger.domain.instants import day_of
from ledger.rules.cn.order_130 import art29_sampling_visit
from tests.e2e.serving import Service, done, refused, serving
from tests.e2e.walking import ANSWERS, Investor, Sale, now, product

VISIT = {"answers": {"is_the_investor": True}, "channel": "recorded_phone", "script": "suitability/1", "findings": []}
PARTS = ["contract", "custody", "assets", "investors", "amounts", "units", "beneficial_owners"]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own: these tests let years pass."""
    with serving(tmp_path_factory.mktemp("obligations") / "data") as running:
        yield running


def attempt(investor: Investor, **other: Any) -> dict[str, Any]:
    asked = done(investor.link.get("/v1/questionnaires/natural_person"))
    filled = {"questionnaire": "natural_person", "version": asked["version"], "answers": ANSWERS["bold"]}
    return {**filled, "device": "web", **other}


def owed(service: Service, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = done(service.staff["compliance"].get("/v1/obligations", limit=200, **query, **after))
        found += page["items"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def one(service: Service, subject: str, **query: Any) -> dict[str, Any]:
    (found,) = [o for o in owed(service, **query) if o["subject"] == subject]
    return found


def records(service: Service, stream: str) -> list[str]:
    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        return [event.type for event in reader.events(stream)]


def test_every_attempt_is_kept_and_none_is_for_shopping(own: Service) -> None:
    investor = Investor.register(own)
    path = f"/v1/investors/{investor.stream}/questionnaires"
    refused(investor.link.post(path, attempt(investor, device="staff_terminal")))
    refused(investor.link.post(path, attempt(investor, questionnaire="institution")))
    muddled = {**ANSWERS["bold"], "attitude": "no_loss"}
    assert refused(investor.link.post(path, attempt(investor, answers=muddled)), "facts_error", 422)
    done(investor.link.post(path, attempt(investor)), 201)
    problem = refused(investor.link.post(path, attempt(investor)))
    assert [f["rule"] for f in problem["findings"]] == ["policy/retake_interval"]
    kept = records(own, investor.stream)
    assert kept.count("questionnaire.refused") == 4
    assert kept.count("questionnaire.submitted") == 1
    assert kept.count("assessment.completed") == 1


def test_a_refused_attempt_keeps_its_answers_and_the_reason(own: Service) -> None:
    investor = Investor.register(own)
    path = f"/v1/investors/{investor.stream}/questionnaires"
    refused(investor.link.post(path, attempt(investor, device="branch_counter")))
    assert own.ledger is not None
    with own.ledger.store.snapshot() as reader:
        event = reader.events(investor.stream)[-1]
    assert event.fields["answers"] == ANSWERS["bold"]
    assert "device of the institution" in event.text("reason")


def test_a_material_change_ends_the_assessment_and_opens_the_next(own: Service) -> None:
    fund = product(own)
    investor = Investor.register(own)
    investor.gate()
    sales = own.staff["sales"]
    question = {"investor": investor.stream, "product": fund, "amount": "1000000.00", "fee": "0", "currency": "CNY"}
    assert done(sales.get("/v1/eligibility", **question))["answer"] != "ineligible"
    changes = f"/v1/investors/{investor.stream}/changes"
    refused(investor.link.post(changes, {"what": ["weather"], "told_by": "investor"}), "invalid_request", 422)
    changed = done(investor.link.post(changes, {"what": ["income", "debts"], "told_by": "investor"}), 201)
    assert changed["reassess"] is True
    decision = done(sales.get("/v1/eligibility", **question))
    assert decision["answer"] == "ineligible"
    failed = [f["rule"] for f in decision["findings"] if f["outcome"] == "FAIL"]
    assert failed == ["cn/order_130/art13_material_changes"]
    refused(investor.link.get(f"/v1/products/{fund}"))
    assert one(own, investor.stream, kind="assessment_renewal")["status"] == "overdue"
    done(investor.link.post(f"/v1/investors/{investor.stream}/questionnaires", attempt(investor)), 201)
    done(investor.link.post(f"/v1/investors/{investor.stream}/assessment-notices"), 201)
    assert done(sales.get("/v1/eligibility", **question))["answer"] != "ineligible"
    assert one(own, investor.stream, kind="assessment_renewal")["status"] == "open"


def test_the_notice_of_a_result_is_owed_until_it_is_given(own: Service) -> None:
    investor = Investor.register(own)
    here = f"/v1/investors/{investor.stream}"
    done(investor.link.post(f"{here}/questionnaires", attempt(investor)), 201)
    before = one(own, investor.stream, kind="assessment_notice")
    assert (before["status"], before["done_at"]) == ("open", None)
    assert before["citation"]["status"] == "unconfirmed"
    done(investor.link.post(f"{here}/assessment-notices"), 201)
    after = one(own, investor.stream, kind="assessment_notice", status="done")
    assert after["obligation"] == before["obligation"]
    assert after["done_by"] is not None


def test_the_window_and_the_cursor(own: Service) -> None:
    everything = owed(own)
    assert [o["obligation"] for o in everything] == list(dict.fromkeys(o["obligation"] for o in everything))
    dues = [o["due"] for o in everything if o["due"] is not None]
    assert dues == sorted(dues)
    compliance = own.staff["compliance"]
    pages: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = done(compliance.get("/v1/obligations", limit=1, **after))
        pages += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert [o["obligation"] for o in pages] == [o["obligation"] for o in everything]
    day = everything[0]["last_day"]
    within = owed(own, **{"from": day, "until": day})
    assert within
    assert {o["last_day"] for o in within} == {day}
    eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    assert owed(own, until=eve) == []
    refused(compliance.get("/v1/obligations", **{"from": day, "until": eve}), "invalid_request", 422)
    assert owed(own, **{"from": "9999-12-31"}) == [o for o in everything if o["due"] is None]
    assert owed(own, until="9999-12-31") == [o for o in everything if o["due"] is not None]
    assert owed(own, **{"from": "0001-01-01"}) == everything
    refused(compliance.get("/v1/obligations", after="0" * 64), "invalid_request", 422)
    refused(own.staff["sales"].get("/v1/obligations"), "forbidden", 403)


def test_deletion_inside_the_terms_freezes_and_refuses_new_business(own: Service) -> None:
    fund = product(own)
    investor = Investor.register(own)
    investor.gate()
    path = f"/v1/investors/{investor.stream}/erasure-requests"
    frozen = done(investor.link.post(path, {"channel": "web"}), 201)
    assert frozen["frozen"] is True
    assert [c["years"] for c in frozen["clocks"]] == [20]
    assert frozen["until"] == frozen["clocks"][0]["ends"]
    problem = refused(investor.link.get(f"/v1/products/{fund}"))
    assert "cn/pipl/art47_freeze" in [f["rule"] for f in problem["findings"]]
    refused(own.staff["sales"].post("/v1/sales", investor.order(fund)))
    refused(investor.link.post(path, {"channel": "web"}), "conflict", 409)
    assert one(own, investor.stream, kind="erasure")["due"] == frozen["until"]
    assert records(own, investor.stream)[:1] == ["investor.registered"]


def test_a_year_with_its_sample_self_checks_and_filing(own: Service) -> None:
    fund = product(own)
    investor = Investor.register(own)
    investor.gate()
    sale = Sale.open(own, investor, fund).to_paid()
    own.advance(hours=25)
    done(sale.visit(), 201)
    assert one(own, sale.stream, kind="retention")["due"] is None
    compliance, visitor = own.staff["compliance"], own.staff["visitor"]
    today = day_of(now(own))
    half = f"{today.year}-H{2 if today.month > 6 else 1}"
    body: dict[str, Any] = {"period": half, "report_sha256": "5b" * 32, "problems": [], "reported_on": None}
    refused(compliance.post("/v1/self-checks", body), "conflict", 409)
    year = today.year + 1
    refused(compliance.post("/v1/samples", {"year": year}), "conflict", 409)
    _file(own, fund)

    own.advance(days=(date(year, 1, 2) - today).days)
    drawn = done(compliance.post("/v1/samples", {"year": year}), 201)
    assert drawn["sales"] == [sale.stream]
    assert drawn["population"] == 1
    assert art29_sampling_visit._first(drawn["seed"], [sale.stream], 10) == drawn["sales"]
    refused(compliance.post("/v1/samples", {"year": year}), "conflict", 409)
    assert one(own, sale.stream, kind="sampling_visit")["status"] == "open"
    done(visitor.post(f"/v1/sales/{sale.stream}/sample-visits", VISIT), 201)
    assert one(own, sale.stream, kind="sampling_visit")["status"] == "done"

    disclosure = {"duty": "quarterly_report", "period": f"{year}-Q1", "report_sha256": "6a" * 32}
    disclosures = f"/v1/products/{fund}/disclosures"
    refused(compliance.post(disclosures, disclosure), "conflict", 409)
    disclosure["period"] = f"{today.year}-Q{(today.month + 2) // 3}"
    refused(compliance.post(disclosures, {**disclosure, "duty": "half_yearly_report"}), "invalid_request", 422)
    done(compliance.post(disclosures, disclosure), 201)
    refused(compliance.post(disclosures, disclosure), "conflict", 409)
    owing = {o["period"]: o["status"] for o in owed(own, kind="disclosure") if o["subject"] == fund}
    assert owing == {disclosure["period"]: "done", f"{year}-Q1": "open"}

    check = [o for o in owed(own, kind="self_check") if o["period"] == half]
    assert [o["status"] for o in check] == ["open"]
    done(compliance.post("/v1/self-checks", {**body, "problems": ["late notices"]}), 201)
    (still,) = [o for o in owed(own, kind="self_check") if o["period"] == half]
    assert still["status"] == "open"
    assert "not reported" in still["detail"]["en"]
    done(
        compliance.post("/v1/self-checks", {**body, "problems": ["late notices"], "reported_on": f"{year}-01-02"}), 201
    )
    (at_last,) = [o for o in owed(own, kind="self_check") if o["period"] == half]
    assert (at_last["status"], at_last["late"]) == ("done", False)
    refused(compliance.post("/v1/self-checks", {**body, "period": "2019-H1"}), "conflict", 409)
    refused(compliance.post("/v1/self-checks", {**body, "period": "2026-H3"}), "invalid_fields", 422)


def _file(own: Service, fund: str) -> None:
    compliance, path = own.staff["compliance"], f"/v1/products/{fund}/filings"
    body = {"submitted_on": day_of(now(own)).isoformat(), "reference": "AMBERS-1", "parts": PARTS}
    refused(compliance.post(path, body), "conflict", 409)
    done(compliance.post(f"/v1/products/{fund}/closure", {"reason": "raised"}), 201)
    assert one(own, fund, kind="filing")["status"] == "open"
    assert "units" in refused(compliance.post(path, {**body, "parts": PARTS[:5]}), "invalid_request", 422)["detail"]
    refused(compliance.post(path, {**body, "submitted_on": "2020-01-01"}), "invalid_request", 422)
    done(compliance.post(path, body), 201)
    assert one(own, fund, kind="filing")["status"] == "done"


def test_a_person_looks_at_a_result_and_gives_reasons(own: Service) -> None:
    investor, other = Investor.register(own), Investor.register(own)
    investor.gate()
    assert own.ledger is not None
    with own.ledger.store.snapshot() as reader:
        leaves = {event.type: event.leaf for event in reader.events(investor.stream)}
    here, compliance = f"/v1/investors/{investor.stream}/reviews", own.staff["compliance"]
    asks = {"of": leaves["assessment.completed"], "reason": "why C4?"}
    refused(investor.link.post(here, {**asks, "of": leaves["agreement.accepted"]}), "invalid_request", 422)
    refused(other.link.post(f"/v1/investors/{other.stream}/reviews", asks), "invalid_request", 422)
    review = done(investor.link.post(here, asks), 201)["review"]
    refused(investor.link.post(here, asks), "conflict")
    assert one(own, investor.stream, kind="review", status="open")["due"] is None
    (waiting,) = [i for i in done(compliance.get("/v1/reviews"))["items"] if i["review"] == review]
    asked = (waiting["investor"], waiting["type"], waiting["reason"])
    assert asked == (investor.stream, "assessment.completed", "why C4?")
    answers = {"outcome": "upheld", "reasons": "the answers add up to C4"}
    done(compliance.post(f"{here}/{review}/completion", answers), 201)
    refused(compliance.post(f"{here}/{review}/completion", answers), "conflict")
    assert one(own, investor.stream, kind="review")["status"] == "done"
    assert review not in {item["review"] for item in done(compliance.get("/v1/reviews"))["items"]}
    (shown,) = done(investor.link.get(here))["items"]
    assert (shown["outcome"], shown["reasons"]) == ("upheld", "the answers add up to C4")
