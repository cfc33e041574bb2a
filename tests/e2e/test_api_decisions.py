"""Decisions over HTTP: a batch of investors, and the receipts of a real sale made again from its evidence."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from ledger.services.replay import Comparison, replay
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale, now

BATCH = "/v1/eligibility/batch"


def ask(service: Service, body: dict[str, Any], duty: str = "sales") -> httpx.Response:
    """Ask without an idempotency key: a batch writes nothing."""
    headers = {"Authorization": f"Bearer {service.staff[duty].bearer}"}
    return httpx.post(service.base + BATCH, json=body, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def people(service: Service) -> list[str]:
    """One through the gate, one only registered."""
    through, registered = Investor.register(service), Investor.register(service, "李四")
    through.gate()
    return [through.stream, registered.stream]


def question(people: list[str], fund: str, **other: Any) -> dict[str, Any]:
    return {"investors": people, "product": fund, "amount": "1000000.00", "currency": "CNY", **other}


def test_a_batch_answers_for_each_as_the_single_question_does(service: Service, fund: str, people: list[str]) -> None:
    found = done(ask(service, question(people, fund)), 200)
    assert [item["investor"] for item in found["items"]] == people
    for item in found["items"]:
        single = done(
            service.staff["sales"].get("/v1/eligibility", investor=item["investor"], product=fund, amount="1000000.00")
        )
        assert (item["answer"], item["conditions"]) == (single["answer"], single["conditions"])
    assert len(found["items"][1]["conditions"]) > len(found["items"][0]["conditions"])


def test_a_batch_is_read_only_and_needs_no_idempotency_key(service: Service, fund: str, people: list[str]) -> None:
    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        before = reader.size()
    first, second = ask(service, question(people, fund)).json(), ask(service, question(people, fund)).json()
    for answer in (first, second):
        del answer["as_of"], answer["known_at"]
    assert first == second
    with service.ledger.store.snapshot() as reader:
        assert reader.size() == before


def test_a_batch_sees_what_was_recorded_a_moment_ago(service: Service, fund: str) -> None:
    person = Investor.register(service)
    before = done(ask(service, question([person.stream], fund)))["items"][0]
    person.gate()
    after = done(ask(service, question([person.stream], fund)))["items"][0]
    assert len(after["findings"]) < len(before["findings"])


def test_a_batch_about_the_past(service: Service, fund: str) -> None:
    person = Investor.register(service)
    then = now(service)
    service.advance(seconds=1)
    person.gate()
    today = done(ask(service, question([person.stream], fund)))["items"][0]
    past = done(ask(service, question([person.stream], fund, at=then.isoformat())))["items"][0]
    assert len(past["findings"]) > len(today["findings"])


def test_a_batch_is_bounded_and_its_mistakes_are_named(service: Service, fund: str, people: list[str]) -> None:
    many = [f"{n:064x}" for n in range(1001)]
    problem = refused(ask(service, question(many, fund)), "invalid_fields", 422)
    assert problem["fields"][0]["field"] == "investors"
    assert "1000" in problem["fields"][0]["problem"]
    refused(ask(service, question([], fund)), "invalid_fields", 422)
    refused(ask(service, question([people[0], people[0]], fund)), "invalid_request", 422)
    unknown = refused(ask(service, question([people[0], "f" * 64], fund)), "not_found", 404)
    assert "ffffffffffff" in unknown["detail"]
    refused(ask(service, question(people, people[0])), "not_found", 404)
    ahead = (now(service) + timedelta(days=1)).isoformat()
    refused(ask(service, question(people, fund, at=ahead)), "invalid_request", 422)
    usd = done(ask(service, question(people, fund, currency="USD")))
    assert {u["code"] for u in usd["undecided"]} == {"facts_error"}
    refused(ask(service, question(people, fund), "visitor"), "forbidden", 403)


def test_the_decisions_of_a_real_sale_are_made_again_from_its_evidence(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_paid()
    asked = {"investor": investor.stream, "product": fund, "amount": "1000000.00", "receipt": "true"}
    receipt = done(service.staff["sales"].get("/v1/eligibility", **asked))["receipt"]
    auditor = service.staff["auditor"]
    done(auditor.post(f"{sale.here}/reports"), 201)
    for name in ("evidence.json", "report.pdf"):
        found = replay(auditor.get(f"{sale.here}/reports/{name}").content)
        assert found.outcome is Comparison.SAME, found.as_json()
        assert [d.type for d in found.decisions] == ["decision.made", "decision.made", "eligibility.decided"]
        assert found.decisions[-1].receipt == receipt


def test_every_sale_has_its_decisions(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    matched = done(service.staff["sales"].post(f"{sale.here}/match"), 201)
    record = done(service.staff["auditor"].get(f"/v1/records/{matched['decision']}"))["record"]
    assert (record["type"], record["stream"]) == ("decision.made", sale.stream)
    told = done(service.staff["auditor"].get(f"{sale.here}/timeline"))["items"]
    types = [item["type"] for item in told]
    assert types.index("decision.made") < types.index("match.completed")
