"""Above tolerance only on the investor's own initiative: the whole way over HTTP, and every wrong order refused."""

from typing import Any

import httpx
import pytest

from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale, product

LOWEST = {"capacity": "no"}


@pytest.fixture(scope="module")
def named(service: Service) -> str:
    """An R4 fund that a C2 investor may name by its code."""
    return product(service, "R4", name="测试高阶一号私募证券投资基金", code="STEST4", filing_number="STEST4")


@pytest.fixture
def cautious(service: Service) -> Investor:
    """A C2 investor."""
    investor = Investor.register(service, "李保守")
    assert investor.gate("cautious")["tolerance"] == "C2"
    return investor


def ask(investor: Investor, **other: Any) -> httpx.Response:
    body = {"named": "STEST4", "unpromoted": True, "channel": "web", **other}
    return investor.link.post(f"/v1/investors/{investor.stream}/requests", body)


def notify(investor: Investor, fund: str) -> httpx.Response:
    path = f"/v1/investors/{investor.stream}/unsuitability-notices"
    return investor.service.staff["sales"].post(path, {"product": fund})


def warn(investor: Investor, fund: str) -> httpx.Response:
    path = f"/v1/investors/{investor.stream}/warnings"
    return investor.service.staff["compliance"].post(path, {"product": fund})


def read(investor: Investor, fund: str, digest: str) -> httpx.Response:
    path = f"/v1/investors/{investor.stream}/warnings/acknowledgements"
    return investor.link.post(path, {"product": fund, "text_sha256": digest})


def insist(investor: Investor, fund: str, *, insists: bool = True) -> httpx.Response:
    path = f"/v1/investors/{investor.stream}/insistences"
    return investor.link.post(path, {"product": fund, "insists": insists})


def lacks(investor: Investor) -> Any:
    (item,) = done(investor.link.get(f"/v1/investors/{investor.stream}/requests"))["items"]
    return item["lacks"]


def test_the_whole_way_to_a_sale_that_takes_effect(service: Service, cautious: Investor, named: str) -> None:
    sales, order = service.staff["sales"], cautious.order(named)
    refused(cautious.link.get(f"/v1/products/{named}"))
    refused(sales.post("/v1/sales", order))
    assert done(ask(cautious), 201)["product"] == named
    done(cautious.link.get(f"/v1/products/{named}"))
    assert "notice" in lacks(cautious)["en"]
    refused(sales.post("/v1/sales", order))
    done(notify(cautious, named), 201)
    refused(sales.post("/v1/sales", order))
    warning = done(warn(cautious, named), 201)
    assert "R4" in warning["text"]["zh"]
    refused(sales.post("/v1/sales", order))
    done(read(cautious, named, warning["text_sha256"]), 201)
    assert "insistence" in lacks(cautious)["en"]
    refused(sales.post("/v1/sales", order))
    done(insist(cautious, named), 201)
    assert lacks(cautious) is None
    sale = Sale(service, cautious, done(sales.post("/v1/sales", order), 201)["sale"])
    matched = done(sales.post(f"{sale.here}/match"), 201)
    assert matched["outcome"] == "special"
    assert "不匹配" in matched["opinion"]["zh"]
    done(cautious.link.post(f"{sale.here}/match-acknowledgements"), 201)
    sale.confirm(sale.disclose()["items"])
    sale.certify_device()
    sale.sign("risk_disclosure")
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)
    sale.sign("fund_contract")
    done(service.staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    done(sale.pay(), 201)
    service.advance(hours=24)
    assert done(sale.visit(), 201)["successful"]
    assert sale.show()["status"] == "effective"
    assert done(service.staff["auditor"].post(f"{sale.here}/reports"), 201)["verdict"] == "holds"


def test_every_act_before_its_turn_is_refused(cautious: Investor, named: str) -> None:
    digest = "00" * 32

    def all_say(reason: str, *answers: httpx.Response) -> None:
        assert all(reason in refused(answer)["detail"] for answer in answers)

    all_say("request", notify(cautious, named), warn(cautious, named))
    all_say("request", read(cautious, named, digest), insist(cautious, named))
    done(ask(cautious), 201)
    all_say("notice", warn(cautious, named), read(cautious, named, digest), insist(cautious, named))
    done(notify(cautious, named), 201)
    all_say("special written warning", read(cautious, named, digest), insist(cautious, named))
    warning = done(warn(cautious, named), 201)
    assert "acknowledgement" in refused(insist(cautious, named))["detail"]
    refused(read(cautious, named, digest), "invalid_request", 422)
    done(read(cautious, named, warning["text_sha256"]), 201)
    refused(insist(cautious, named, insists=False), "invalid_request", 422)
    done(insist(cautious, named), 201)


def test_a_request_wants_the_declaration_and_a_real_name(cautious: Investor) -> None:
    refused(ask(cautious, unpromoted=False))
    refused(ask(cautious, named="STEST"), "not_found", 404)


def test_before_the_gate_nobody_learns_whether_a_product_exists(service: Service, named: str) -> None:
    assert named
    stranger = Investor.register(service, "孙陌生")
    told = [refused(ask(stranger, named=name))["detail"] for name in ("STEST4", "NOTHING")]
    assert told[0] == told[1]


def test_a_name_that_several_products_bear_is_not_enough(service: Service, cautious: Investor) -> None:
    for number in ("STWIN1", "STWIN2"):
        product(service, "R4", name="双生私募证券投资基金", code=number, filing_number=number)
    refused(ask(cautious, named="双生私募证券投资基金"), "conflict")
    done(ask(cautious, named="STWIN2"), 201)


def test_a_promotion_above_tolerance_is_refused_and_a_reported_one_bars_the_sale(
    service: Service, cautious: Investor, named: str
) -> None:
    promotion = {"product": named, "channel": "phone"}
    path = f"/v1/investors/{cautious.stream}"
    document = refused(service.staff["sales"].post(f"{path}/promotions", promotion))
    assert {f["citation"]["article"] for f in document["findings"]} == {"22"}
    done(service.staff["compliance"].post(f"{path}/promotion-reports", promotion), 201)
    assert "before the investor asked" in refused(ask(cautious))["detail"]
    refused(service.staff["sales"].post("/v1/sales", cautious.order(named)))


def test_a_promotion_within_tolerance_is_recorded(service: Service, named: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    path = f"/v1/investors/{investor.stream}/promotions"
    done(service.staff["sales"].post(path, {"product": named, "channel": "phone"}), 201)
    refused(service.staff["sales"].post(path, {"product": named, "channel": "web", "material": "ab" * 32}))


def test_the_lowest_class_is_refused_whatever_it_signs(service: Service) -> None:
    fund = product(service, "R2", name="测试稳健二号", code="STEST2", filing_number="STEST2")
    investor = Investor.register(service, "赵无力")
    result = investor.gate("cautious", **LOWEST)
    assert (result["tolerance"], result["lowest"]) == ("C1", True)
    document = refused(ask(investor, named="STEST2"))
    assert "lowest class" in str(document["findings"])
    refused(investor.link.get(f"/v1/products/{fund}"))
    refused(service.staff["sales"].post("/v1/sales", investor.order(fund)))


def test_a_promotion_after_the_insistence_still_bars_the_sale(service: Service, cautious: Investor, named: str) -> None:
    done(ask(cautious), 201)
    done(notify(cautious, named), 201)
    done(read(cautious, named, done(warn(cautious, named), 201)["text_sha256"]), 201)
    done(insist(cautious, named), 201)
    report = {"product": named, "channel": "phone"}
    done(service.staff["compliance"].post(f"/v1/investors/{cautious.stream}/promotion-reports", report), 201)
    assert "promoted" in refused(service.staff["sales"].post("/v1/sales", cautious.order(named)))["detail"]


def test_an_unqualified_seller_opens_nothing(service: Service, named: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    issued = done(service.staff["admin"].post("/v1/keys", {"duty": "sales", "label": "newcomer"}), 201)
    newcomer = type(investor.link)(service.base, issued["secret"])
    assert "qualification" in refused(newcomer.post("/v1/sales", investor.order(named)))["detail"]
    qualified = {"certificate": "A2024-9", "valid_until": "2036-01-01T00:00:00Z"}
    done(service.staff["admin"].post(f"/v1/staff/{issued['staff']}/qualifications", qualified), 201)
    done(newcomer.post("/v1/sales", investor.order(named)), 201)


def test_a_high_risk_product_wants_extra_disclosure_and_time(service: Service) -> None:
    fund = product(service, "R5", name="测试进取五号", code="STEST5", filing_number="STEST5")
    investor = Investor.register(service, "钱勇")
    assert investor.gate("boldest")["tolerance"] == "C5"
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)
    contract = {"purpose": "fund_contract"}
    assert "extra disclosure" in refused(investor.link.post(f"{sale.here}/signatures", contract))["detail"]
    told = done(investor.link.post(f"{sale.here}/high-risk-disclosure"), 201)
    acknowledged = f"{sale.here}/high-risk-disclosure/acknowledgements"
    refused(investor.link.post(acknowledged, {"text_sha256": "00" * 32}), "invalid_request", 422)
    done(investor.link.post(acknowledged, {"text_sha256": told["text_sha256"]}), 201)
    assert "to consider" in refused(investor.link.post(f"{sale.here}/signatures", contract))["detail"]
    service.advance(hours=24)
    sale.certify_device()  # the certificate of yesterday is over
    sale.sign("fund_contract")
