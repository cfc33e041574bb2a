"""The whole sale over HTTP, with the refusals a careless seller runs into, on a real ledger with its chain."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from ledger.chain import EvmAnchor
from ledger.domain.instants import from_text, to_text
from ledger.ports.anchor import SaleStep
from ledger.services.fsck import fsck
from ledger.signing.client import Device
from tests.e2e.serving import Caller, Service, done, refused
from tests.e2e.walking import Investor, Sale, now, product
from verifier import checkpoint, stream_map


@pytest.fixture(scope="module")
def paid(service: Service, fund: str) -> Sale:
    """A sale in cooling-off."""
    investor = Investor.register(service)
    assert investor.gate()["tolerance"] == "C4"
    return Sale.open(service, investor, fund).to_paid()


def test_a_sale_goes_from_registration_to_effect_and_its_report_holds(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_paid()
    assert sale.show()["status"] == "cooling_off_or_visit"
    service.advance(hours=24)
    visited = done(sale.visit(), 201)
    assert visited["successful"]
    shown = sale.show()
    assert (shown["status"], shown["done"]["items_confirmed"]) == ("effective", 13)
    auditor = service.staff["auditor"]
    items = done(auditor.get(f"{sale.here}/timeline"))["items"]
    assert [items[0]["type"], items[-1]["type"]] == ["sale.opened", "sale.effective"]
    made = done(auditor.post(f"{sale.here}/reports"), 201)
    assert made["verdict"] == "holds"
    for name, kind in (("report.pdf", "report"), ("evidence.json", "evidence")):
        response = auditor.get(f"{sale.here}/reports/{name}")
        assert sha256(response.content).hexdigest() == made[kind]["sha256"]
    _proven_on_chain(service, sale)


def _proven_on_chain(service: Service, sale: Sale) -> None:
    """The chain itself tells the order of this sale, with the times of its records."""
    assert service.ledger is not None
    assert isinstance(service.ledger.anchor, EvmAnchor)
    held = service.ledger.anchor.sales.sale(sale.stream)
    assert held is not None
    assert (held.ended, held.steps) == (SaleStep.VISITED, 8)
    assert [p for p in fsck(service.ledger).problems if p.startswith("contracts")] == []
    done = sale.show()["done"]
    names = {"signed": "contract_signed", "disclosed": "disclosure_signed", "completed": "contract_completed"}
    names |= {"matched": "match_acknowledged", "qualified": "qualification_confirmed"}
    for step, at in held.done.items():
        assert at == from_text(done[names.get(step.value, step.value)]).replace(microsecond=0)


def test_every_record_of_a_sale_can_be_proven(service: Service, paid: Sale) -> None:
    auditor = service.staff["auditor"]
    leaf = done(auditor.get(f"{paid.here}/timeline"))["items"][0]["record"]
    record = done(auditor.get(f"/v1/records/{leaf}"))
    assert record["leaf_sha256"] == leaf
    assert record["record"]["stream"] == paid.stream
    done(auditor.post(f"{paid.here}/reports"))  # waits until anchored
    proof = done(auditor.get(f"/v1/records/{leaf}/proof"))
    assert proof["checkpoint"]["state"] == "final"
    assert proof["checkpoint"]["size"] > proof["index"]
    assert done(auditor.get("/v1/checkpoints/latest"))["size"] >= proof["checkpoint"]["size"]


def test_a_monitor_learns_where_a_stream_ends(service: Service, paid: Sale) -> None:
    auditor = service.staff["auditor"]
    done(auditor.post(f"{paid.here}/reports"))  # waits until anchored
    found = _where_it_ends(auditor, paid.stream)
    assert (found["checkpoint"]["state"], found["anchor"]["size"]) == ("final", found["checkpoint"]["size"])
    last = done(auditor.get(f"/v1/records/{found['newest']['leaf']}"))["record"]
    assert (last["stream"], last["seq"]) == (paid.stream, found["newest"]["seq"])
    assert _where_it_ends(auditor, paid.stream, size=found["checkpoint"]["size"]) == found
    assert _where_it_ends(auditor, "0" * 64)["newest"] is None
    here = f"/v1/streams/{paid.stream}/completeness"
    refused(auditor.get(here, size=2**40), "not_found", 404)
    refused(service.staff["sales"].get(here), "forbidden", 403)


def _where_it_ends(auditor: Caller, stream: str, **params: int) -> dict[str, Any]:
    found = done(auditor.get(f"/v1/streams/{stream}/completeness", **params))
    claim = {name: found[name] for name in ("stream", "newest", "other", "path")}
    head = checkpoint.parse_body(checkpoint.split(found["checkpoint"]["note"])[0])
    named, proof = stream_map.parse(claim, "proof")
    stream_map.verify(bytes.fromhex(named), proof, head.map_root)
    return dict(found)


def test_a_cautious_investor_is_refused_a_risky_product(service: Service, fund: str) -> None:
    investor = Investor.register(service, "李保守")
    assert investor.gate("cautious")["tolerance"] == "C2"
    refused(investor.link.get(f"/v1/products/{fund}"))
    refused(service.staff["sales"].post("/v1/sales", investor.order(fund)))


def test_before_the_gate_no_product_is_shown_and_no_sale_opened(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    refused(investor.link.get(f"/v1/products/{fund}"))
    refused(service.staff["sales"].post("/v1/sales", investor.order(fund)))


def test_the_seller_may_not_certify(service: Service, paid: Sale) -> None:
    path = f"/v1/investors/{paid.investor.stream}/certifications"
    document = refused(service.staff["sales"].post(path), "forbidden", 403)
    assert document["evidence"]["needed"] == ["certifier"]


def test_an_expired_certification_is_refused(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    certification = sale.grant(sale.upload_proof(), valid=timedelta(hours=1))
    service.advance(hours=1)
    refused(sale.qualify(certification))


def test_a_revoked_certification_is_refused(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    certification = sale.grant(sale.upload_proof())
    path = f"/v1/investors/{investor.stream}/certifications/{certification}/revocation"
    done(service.staff["compliance"].post(path, {"reason": "proof was withdrawn"}), 201)
    refused(sale.qualify(certification))
    refused(service.staff["compliance"].post(path, {"reason": "again"}), "conflict")


def test_a_high_risk_without_source_of_funds_is_not_confirmed(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    certification = sale.grant(sale.upload_proof())
    investor.look_into(risk="high")
    (finding,) = refused(sale.qualify(certification))["findings"]
    assert finding["rule"] == "cn/aml_law/art29_due_diligence"
    investor.look_into(risk="high", source_of_funds=True)
    done(sale.qualify(certification), 201)


def test_a_proof_is_not_used_without_a_separate_consent(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    here = f"/v1/investors/{investor.stream}/consents"
    done(investor.link.post(f"{here}/withdrawals", {"purpose": "financial_account"}), 201)
    refused(investor.link.post(f"{here}/withdrawals", {"purpose": "financial_account"}), "conflict")
    proof, terms = sale.upload_proof(), {"regime": "cn_private_fund", "branch": "financial_assets", "currency": "CNY"}
    until = to_text(now(service) + timedelta(days=180))
    body = {**terms, "sale": sale.stream, "proof": proof, "amount": "3500000.00", "valid_until": until}
    certify = f"/v1/investors/{investor.stream}/certifications"
    (finding,) = refused(service.staff["certifier"].post(certify, body))["findings"]
    assert finding["rule"] == "cn/pipl/art29_separate_consent"
    wrong = {"purpose": "financial_account", "text_sha256": sha256(b"other words").hexdigest()}
    refused(investor.link.post(here, wrong), "invalid_request", 422)
    investor.consent()
    done(sale.qualify(sale.grant(proof)), 201)


def test_no_contact_and_no_visit_during_cooling_off(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_paid()
    contact = {"channel": "phone", "direction": "outbound", "purpose": "service"}
    refused(service.staff["sales"].post(f"{sale.here}/contacts", contact))
    service.advance(hours=23)
    refused(sale.visit())
    service.advance(hours=1)
    assert not done(sale.visit(answers={**{str(n): True for n in range(1, 8)}, "8": False}))["successful"]
    assert sale.show()["status"] == "cooling_off_or_visit"


def test_refusals_are_in_the_timeline(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    refused(sale.pay())
    types = [item["type"] for item in done(service.staff["auditor"].get(f"{sale.here}/timeline"))["items"]]
    assert types == ["sale.opened", "step.refused"]


def test_rescission_is_open_until_the_visit_and_then_refused(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_paid()
    rescinded = done(investor.link.post(f"{sale.here}/rescission", {"reason": "不想买了"}), 201)
    assert rescinded["refund"] == {"amount": "1010000.00", "currency": "CNY"}
    service.advance(hours=24)
    refused(sale.visit())


@pytest.mark.parametrize("change", [{"payer_is_investor": False}, {"account": "999999999999"}, {"amount": "5.00"}])
def test_money_that_is_not_as_agreed_is_refused(service: Service, fund: str, change: dict[str, Any]) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)
    sale.sign("fund_contract")
    done(service.staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    refused(sale.pay(**change))


def test_a_signature_by_another_key_is_refused_and_nothing_is_signed(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    sale.match()
    sale.confirm(sale.disclose()["items"])
    sale.certify_device()
    ready = sale.prepare("risk_disclosure")
    refused(sale.complete(ready, Device()), "invalid_request", 422)
    assert "disclosure_signed" not in sale.show()["done"]
    done(sale.complete(ready), 201)


def test_signing_before_all_items_are_confirmed_is_refused(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    sale.match()
    items = sale.disclose()["items"]
    sale.confirm(items[:-1])
    sale.certify_device()
    refused(investor.link.post(f"{sale.here}/signatures", {"purpose": "risk_disclosure"}))
    wrong = {"text_sha256": "00" * 32}
    refused(investor.link.post(f"{sale.here}/disclosure/items/13", wrong), "invalid_request", 422)


def test_a_paper_shown_again_is_confirmed_again_and_the_statement_lists_each_item_once(
    service: Service, fund: str
) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    sale.match()
    sale.confirm(sale.disclose()["items"])
    items = sale.disclose()["items"]
    sale.certify_device()
    refused(investor.link.post(f"{sale.here}/signatures", {"purpose": "risk_disclosure"}))
    sale.confirm([*items, items[0]])
    ready = sale.prepare("risk_disclosure")
    assert [item["item"] for item in json.loads(ready["statement"])["items"]] == [item["item"] for item in items]
    done(sale.complete(ready), 201)
    made = done(service.staff["auditor"].post(f"{sale.here}/reports"), 201)
    assert made["verdict"] == "holds"


def test_a_wrong_code_is_refused_five_times_and_then_the_right_one_too(service: Service) -> None:
    investor = Investor.register(service)
    here = f"/v1/investors/{investor.stream}"
    done(investor.link.post(f"{here}/codes"), 201)
    right = done(service.staff["admin"].get(f"/v1/development/codes/{investor.stream}"))["code"]
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for code in (*[wrong] * 5, right):
        refused(investor.link.post(f"{here}/identity", {"code": code}), "code_rejected", 422)


def test_a_repeated_write_gets_the_first_answer_and_leaves_one_record(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    done(investor.link.get(f"/v1/products/{fund}"))
    sales = service.staff["sales"]
    key, order = f"key-{investor.stream}", investor.order(fund)
    before = done(sales.get("/health"))["records"]
    first = sales.post("/v1/sales", order, key=key)
    again = sales.post("/v1/sales", order, key=key)
    assert (first.status_code, first.content) == (201, again.content)
    assert done(sales.get("/health"))["records"] == before + 2  # the sale and its seat
    refused(sales.post("/v1/sales", {**order, "amount": "2000000.00"}, key=key), "idempotency_key_reused")


def test_an_investor_sees_only_their_own(service: Service, paid: Sale) -> None:
    other = Investor.register(service).link
    shown = f"/v1/documents/{'00' * 32}"
    for response in (
        other.get(paid.here),
        other.get(f"{paid.here}/timeline"),
        other.get(f"/v1/investors/{paid.investor.stream}"),
        other.get(shown, subject=paid.investor.stream),
        other.post(f"{paid.here}/rescission", {"reason": "x"}),
        other.get(f"/v1/sales/{'ab' * 32}"),
    ):
        refused(response, "forbidden", 403)


def test_what_is_not_there_is_not_found(service: Service) -> None:
    nothing = "ab" * 32
    auditor = service.staff["auditor"]
    for path in (
        f"/v1/sales/{nothing}",
        f"/v1/investors/{nothing}",
        f"/v1/products/{nothing}",
        f"/v1/records/{nothing}",
    ):
        refused(auditor.get(path), "not_found", 404)


def test_eligibility_answers_with_articles_and_a_receipt_that_is_a_record(
    service: Service, paid: Sale, fund: str
) -> None:
    sales = service.staff["sales"]
    asked = {"investor": paid.investor.stream, "product": fund, "amount": "1000000.00", "currency": "CNY"}
    answer = done(sales.get("/v1/eligibility", **asked))
    assert "receipt" not in answer
    assert answer["answer"] in {"eligible", "conditional"}
    assert all(f["citation"]["article"] for f in answer["findings"])
    assert answer["changes_at"]
    receipt = done(sales.get("/v1/eligibility", **asked, receipt="true"))["receipt"]
    assert done(sales.get(f"/v1/records/{receipt}"))["record"]["type"] == "eligibility.decided"
    little = done(sales.get("/v1/eligibility", **{**asked, "amount": "999999.99"}))
    assert little["answer"] == "ineligible"


def test_eligibility_as_of_before_the_gate_is_another_answer(service: Service, fund: str) -> None:
    before = now(service)
    investor = Investor.register(service)
    registered = now(service)
    investor.gate()
    sales = service.staff["sales"]
    asked = {"investor": investor.stream, "product": fund, "amount": "1000000.00"}
    as_of = {"at": registered.isoformat()}
    then, today = done(sales.get("/v1/eligibility", **asked, **as_of)), done(sales.get("/v1/eligibility", **asked))
    assert then["findings"] != today["findings"]
    future = (now(service) + timedelta(days=1)).isoformat()
    refused(sales.get("/v1/eligibility", **asked, at=future), "invalid_request", 422)
    assert before < registered


def test_products_are_listed_page_by_page(service: Service, fund: str) -> None:
    product(service, "R2")
    sales = service.staff["sales"]
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = done(sales.get("/v1/products", limit=1, **after))
        seen += [item["product"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(seen) == len(set(seen)) >= 2
    assert fund in seen


def test_a_revoked_key_is_nobody_at_once(service: Service) -> None:
    admin = service.staff["admin"]
    made = done(admin.post("/v1/keys", {"duty": "sales", "label": "leaver"}), 201)
    leaver = Caller(service.base, made["secret"])
    done(leaver.get("/v1/products"))
    assert done(admin.delete(f"/v1/keys/{made['key']}"))["revoked_at"]
    refused(leaver.get("/v1/products"), "unauthenticated", 401)
    listed = done(admin.get("/v1/keys"))["items"]
    assert made["secret"] not in str(listed)
    assert any(item["key"] == made["key"] for item in listed)


def test_the_law_is_shown_with_its_citations(service: Service) -> None:
    listed = done(service.staff["auditor"].get("/v1/rules"))
    assert listed["digest"]
    assert all(item["norm"] and item["article"] for item in listed["items"])
