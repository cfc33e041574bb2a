"""An institution buys over HTTP: who acts, under which power, with which seal; and every way in which they may not."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from ledger.domain.instants import day_of, to_text
from tests.e2e import representing
from tests.e2e.representing import CODE, OWNER, PAPER, Company, CompanySale
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, now

ACTIVE = b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(x)>>>>endobj"


def lacks(response: httpx.Response, reason: str) -> None:
    """Hold a refusal to its name and reason."""
    assert refused(response, "no_authority", 403)["evidence"]["reason"] == reason


def records(service: Service, stream: str, kind: str) -> list[dict[str, Any]]:
    ledger = service.ledger
    assert ledger is not None
    with ledger.store.snapshot() as reader:
        stored = [json.loads(each.bytes) for each in reader.stored(stream)]
    return [each for each in stored if each["type"] == kind]


@pytest.fixture(scope="module")
def company(service: Service) -> Company:
    """An institution that is known but for its questionnaire; its legal representative acts."""
    made = Company.found(service)
    made.identify()
    made.declare()
    made.own()
    made.look_into()
    made.consent()
    return made


@pytest.fixture(scope="module")
def clerk(service: Service, company: Company) -> Company:
    """The same with an authorised signatory acting, who has given their code."""
    person = representing.name(service, company.stream, "signatory")
    done(company.authorise(person), 201)
    made = company.send(person)
    made.identify()
    return made


def test_an_institution_buys_and_its_bundle_tells_who_acted(
    service: Service, fund: str, company: Company, clerk: Company
) -> None:
    clerk.assess()
    sale = CompanySale.open(service, clerk, fund)
    sale.to_paid()
    service.advance(hours=24, seconds=1)
    done(sale.visit(), 201)
    assert sale.show()["status"] == "effective"
    (power,) = records(service, clerk.stream, "power.granted")
    assert power["documents"][0]["role"] == "power_of_attorney"
    signed = records(service, sale.stream, "document.signed")
    assert [len([r for r in each["refs"] if r["role"] == "authority"]) for each in signed] == [1, 1]
    assert {each["actor"]["id"] for each in signed} == {company.stream}
    made = done(service.staff["auditor"].post(f"{sale.here}/reports"), 201)
    assert made["verdict"] == "holds", made
    acts = done(service.staff["auditor"].get(f"{sale.here}/acts"))["acts"]
    assert [a["signature"]["key"] for a in acts if a["signature"]] == [clerk.seal.thumbprint()] * 2
    evidence = service.staff["auditor"].get(f"{sale.here}/reports/evidence.json").text
    for secret in (CODE, OWNER["name"], OWNER["id_number"], "110101198001011234", "13922220000"):
        assert secret not in evidence


@pytest.mark.parametrize(
    ("number", "id_type"),
    [(CODE[:-1] + "M", "unified_social_credit_code"), (CODE, "business_licence")],
)
def test_an_institution_is_registered_by_a_code_that_checks(service: Service, number: str, id_type: str) -> None:
    body = {"kind": "institution", "name": "甲公司", "id_type": id_type, "id_number": number, "channel": "web"}
    answer = service.staff["sales"].post("/v1/investors", {**body, "mobile": "01088886666"})
    assert number not in str(refused(answer, "invalid_request", 422))


def test_a_link_belongs_to_a_person(service: Service, company: Company) -> None:
    sales = service.staff["sales"]
    refused(sales.post(f"{company.here}/links"), "conflict")
    refused(sales.post(f"{company.here}/representatives/{'9' * 64}/links"), "not_found", 404)
    person = {"capacity": "signatory", "name": "某", "id_type": "x", "id_number": "1234", "mobile": "13800000000"}
    natural = Investor.register(service)
    refused(sales.post(f"/v1/investors/{natural.stream}/representatives", person), "conflict")


def test_each_person_gets_their_own_code(service: Service, company: Company) -> None:
    """A colleague's code opens nothing, and a colleague's wrong guesses end nothing."""
    person = representing.name(service, company.stream, "signatory", mobile="13933330000")
    done(company.authorise(person), 201)
    other = company.send(person)
    lacks(other.link.post(f"{other.here}/consents/withdrawals", {"purpose": "sharing"}), "not_identified")
    outbox = f"/v1/development/codes/{company.stream}"
    done(company.link.post(f"{company.here}/codes"), 201)
    theirs = done(service.staff["admin"].get(outbox))["code"]
    refused(other.link.post(f"{other.here}/identity", {"code": theirs}), "invalid_request", 422)
    done(other.link.post(f"{other.here}/codes"), 201)
    mine = done(service.staff["admin"].get(outbox))["code"]
    wrong = f"{(int(mine) + 1) % 10**6:06d}"
    for _ in range(5):
        refused(other.link.post(f"{other.here}/identity", {"code": wrong}), "code_rejected", 422)
    refused(other.link.post(f"{other.here}/identity", {"code": mine}), "code_rejected", 422)
    done(company.link.post(f"{company.here}/identity", {"code": theirs}), 201)


def test_a_power_covers_from_its_first_instant_to_before_its_last(service: Service, company: Company) -> None:
    person = representing.name(service, company.stream, "signatory")
    at = now(service)
    start, end = at + timedelta(hours=1), at + timedelta(hours=2)
    clerk = company.send(person)
    lacks(clerk.link.post(f"{clerk.here}/codes"), "no_power")
    done(company.authorise(person, valid_from=to_text(start), valid_until=to_text(end)), 201)
    lacks(clerk.link.post(f"{clerk.here}/codes"), "not_yet_valid")
    lacks(clerk.link.get(f"{clerk.here}/representatives"), "not_yet_valid")
    service.advance(hours=1)
    clerk.identify()
    service.advance(hours=1)
    lacks(clerk.link.post(f"{clerk.here}/codes"), "expired")
    reasons = [r for r in records(service, company.stream, "authority.refused") if r["refs"][0]["leaf"] == person]
    assert len(reasons) == 3  # refusals of acts are records; that of a read is not


def test_acts_outside_the_power_are_refused_and_revocation_stops_the_next_one(
    service: Service, company: Company
) -> None:
    person = representing.name(service, company.stream, "signatory")
    power = done(company.authorise(person, scopes="profile"), 201)["power"]
    clerk = company.send(person)
    clerk.identify()
    lacks(
        clerk.link.post(f"{clerk.here}/certificates", {"csr": clerk.device.csr_pem(), "holder": "seal"}),
        "outside_scope",
    )
    lacks(clerk.link.post(f"{clerk.here}/powers/{power}/revocation", {"reason": "自行"}), "outside_scope")
    clerk.declare()
    done(company.link.post(f"{company.here}/powers/{power}/revocation", {"reason": "岗位调整"}), 201)
    refused(company.link.post(f"{company.here}/powers/{power}/revocation", {"reason": "again"}), "conflict")
    refused(company.link.post(f"{company.here}/powers/{'9' * 64}/revocation", {"reason": "x"}), "not_found", 404)
    agreement = {"agreement": "network-service-agreement", "version": "1", "accepted": True}
    lacks(clerk.link.post(f"{clerk.here}/agreements", agreement), "revoked")
    (act,) = [a for a in records(service, company.stream, "agreement.accepted") if a["refs"][0]["leaf"] == power]
    assert act["refs"][0]["role"] == "authority"  # what was done under it stays done


def test_a_power_up_to_an_amount_signs_nothing_above_it(service: Service, fund: str, company: Company) -> None:
    person = representing.name(service, company.stream, "signatory")
    done(company.authorise(person, amount="1000000.00"), 201)
    clerk = company.send(person)
    clerk.identify()
    done(clerk.link.get(f"/v1/products/{fund}"))
    opened = service.staff["sales"].post("/v1/sales", clerk.order(fund, amount="1000000.01"))
    sale = CompanySale(service, clerk, done(opened, 201)["sale"])
    done(service.staff["sales"].post(f"{sale.here}/match"), 201)
    lacks(clerk.link.post(f"{sale.here}/match-acknowledgements"), "above_amount")
    lacks(clerk.link.post(f"{sale.here}/rescission", {"reason": "不再认购"}), "above_amount")
    done(company.link.post(f"{sale.here}/match-acknowledgements"), 201)


@pytest.mark.parametrize(
    "terms",
    [
        {"valid_until": "now"},
        {"valid_from": "2020-01-01T00:00:00.000000Z"},
        {"signed_on": "tomorrow"},
        {"signed_by": "signatory"},
        {"signed_by": "9" * 64},
        {"representative": "chief"},
        {"representative": "9" * 64},
    ],
    ids="-".join,
)
def test_a_power_with_terms_that_cannot_be_is_refused(
    service: Service, company: Company, clerk: Company, terms: dict[str, str]
) -> None:
    at = now(service)
    said = {
        "now": to_text(at),
        "tomorrow": str(day_of(at + timedelta(days=1))),
        "signatory": clerk.person,
        "chief": company.chief,
    }
    answer = company.authorise(clerk.person, **{name: said.get(value, value) for name, value in terms.items()})
    refused(answer, "invalid_request", 422)


def test_a_paper_that_could_act_is_no_power(service: Service, company: Company, clerk: Company) -> None:
    at = now(service)
    fields = {
        "representative": clerk.person,
        "scopes": "profile",
        "signed_by": company.chief,
        "signed_on": str(day_of(at)),
        "valid_from": to_text(at),
        "valid_until": to_text(at + timedelta(days=1)),
    }
    staff = service.staff
    refused(staff["compliance"].upload(f"{company.here}/powers", b"GIF89a", fields), "invalid_request", 422)
    refused(staff["sales"].upload(f"{company.here}/powers", PAPER, fields), "forbidden", 403)
    refused(clerk.link.upload(f"{company.here}/powers", PAPER, fields), "no_authority", 403)
    done(company.link.upload(f"{company.here}/powers", PAPER, fields), 201)  # the legal representative gives it here


def test_a_new_legal_representative_takes_over_and_the_powers_stand(service: Service) -> None:
    company = Company.found(service, "换人有限公司")
    company.identify()
    person = representing.name(service, company.stream, "signatory")
    done(company.authorise(person), 201)
    other = company.send(representing.name(service, company.stream, "legal_representative", mobile="13955550000"))
    lacks(company.link.post(f"{company.here}/codes"), "succeeded")
    other.identify()
    company.send(person).identify()
    later = now(service) + timedelta(days=2)
    service.advance(days=2)
    told = company.authorise(person, signed_on=str(day_of(later)))
    refused(told, "invalid_request", 422)  # who signed is no longer in place
    people = {p["representative"]: p for p in done(other.link.get(f"{other.here}/representatives"))["items"]}
    assert [people[p]["may_act"] for p in (company.chief, person, other.person)] == [False, True, True]
    assert "110101198001011234" not in str(people)


def test_beneficial_owners_are_declared_confirmed_and_only_then_known(service: Service) -> None:
    company = Company.found(service, "受益有限公司")
    here, staff = f"{company.here}/beneficial-owners", service.staff
    company.identify()
    diligence = {"beneficial_owners_known": True, "risk": "low"}
    refused(staff["compliance"].post(f"{company.here}/due-diligence", diligence), "conflict")
    wrong = {"as_of": "2026-03-01", "owners": [{**OWNER, "basis": "shares", "share": "24.99"}]}
    assert "赵受益" not in str(refused(staff["sales"].post(here, wrong), "invalid_request", 422))
    first = company.own()
    later = {"as_of": "2026-03-01", "owners": [{**OWNER, "basis": "control"}]}
    second = done(staff["sales"].post(here, later), 201)["record"]
    refused(staff["compliance"].post(f"{company.here}/due-diligence", diligence), "conflict")
    refused(company.link.post(f"{here}/confirmations", {"declared": first}), "conflict")
    done(company.link.post(f"{here}/confirmations", {"declared": second}), 201)
    done(staff["compliance"].post(f"{company.here}/due-diligence", diligence), 201)
    shown = done(staff["compliance"].get(here))
    assert (shown["confirmed"], shown["owners"][0]["name"]) == (True, "赵受益")
    assert OWNER["id_number"] not in str(shown)
