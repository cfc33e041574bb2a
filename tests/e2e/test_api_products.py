"""A product from introduction to liquidation, its papers and material, and what a new rating does to pending sales."""

from typing import Any

import httpx
import pytest

from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import FACTORS, RAISING_ACCOUNT, Investor, Sale, authorise, now, product, rate

TEXT = "管理人介绍\n本基金不保本，也不保证最低收益。\n"


def introduce(service: Service, **other: Any) -> str:
    body = {
        "name": "测试生命周期私募基金",
        "code": "SLIFE1",
        "manager": "测试私募基金管理有限公司",
        "regime": "cn_private_fund",
        "fund_type": "securities",
        "legal_form": "contract",
        "filing_number": "SLIFE1",
        "raising_account": RAISING_ACCOUNT,
        "minimum": "1000000.00",
        "currency": "CNY",
        "cooling_off_hours": 24,
        "return_visit": True,
        "special_risks": [],
        **other,
    }
    return str(done(service.staff["compliance"].post("/v1/products", body), 201)["product"])


def act(service: Service, fund: str, what: str, body: dict[str, Any], by: str = "compliance") -> httpx.Response:
    return service.staff[by].post(f"/v1/products/{fund}/{what}", body)


def approve(service: Service, fund: str) -> httpx.Response:
    return act(service, fund, "approvals", {"opinion": "同意"}, "admin")


def check(service: Service, fund: str, content: str | bytes, **fields: str) -> httpx.Response:
    sent = {"title": "宣传页", "audience": "specific_persons", **fields}
    body = content.encode() if isinstance(content, str) else content
    return service.staff["compliance"].upload(f"/v1/products/{fund}/materials", body, sent)


def open_matches(service: Service, fund: str) -> set[tuple[str, str]]:
    items = done(service.staff["sales"].get(f"/v1/products/{fund}/open-matches"))["items"]
    return {(item["sale"], item["status"]) for item in items}


def rules_of(document: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in document["findings"]}


def test_a_life_from_introduction_to_liquidation_with_every_step_out_of_turn_refused(service: Service) -> None:
    fund = introduce(service)
    listing = {"from_day": now(service).date().isoformat()}
    why = {"reason": "管理人通知"}
    end = {"liquidated_on": "2036-03-02", "reason": "清算完毕"}
    for what in ("closure", "suspensions"):
        assert "policy/life_cycle" in rules_of(refused(act(service, fund, what, why)))
    assert "policy/life_cycle" in rules_of(refused(approve(service, fund)))
    assert "policy/life_cycle" in rules_of(refused(act(service, fund, "listings", listing)))
    authorise(service, fund)
    assert done(rate(service, fund, "R3"), 201)["stage"] == "rated"
    assert rules_of(refused(act(service, fund, "listings", listing))) == {"policy/life_cycle"}
    assert done(approve(service, fund), 201)["stage"] == "approved"
    assert done(act(service, fund, "listings", listing), 201)["stage"] == "listed"
    assert done(act(service, fund, "suspensions", why), 201)["stage"] == "suspended"
    investor = Investor.register(service)
    investor.gate()
    refused(service.staff["sales"].post("/v1/sales", investor.order(fund)))
    assert done(act(service, fund, "listings", listing), 201)["stage"] == "listed"
    sale = Sale.open(service, investor, fund)
    assert rules_of(refused(act(service, fund, "liquidation", end))) == {"policy/life_cycle", "policy/no_pending_sales"}
    assert done(act(service, fund, "closure", why), 201)["stage"] == "closed"
    refused(service.staff["sales"].post("/v1/sales", investor.order(fund)))
    assert rules_of(refused(act(service, fund, "liquidation", end))) == {"policy/no_pending_sales"}
    done(investor.link.post(f"{sale.here}/rescission", {"reason": "产品已结束募集"}), 201)
    assert done(act(service, fund, "liquidation", end), 201)["stage"] == "liquidated"
    assert not done(service.staff["sales"].get(f"/v1/products/{fund}"))["on_sale"]
    told = [i["type"] for i in done(service.staff["auditor"].get(f"/v1/products/{fund}/timeline"))["items"]]
    assert (told[0], told[-1]) == ("product.introduced", "product.liquidated")
    assert told.count("product.step_refused") == 7
    papers = done(service.staff["auditor"].get(f"/v1/products/{fund}/papers"))
    assert (papers["mandate"]["basis"], len(papers["documents"])) == ("agency", 6)


def test_without_mandate_and_papers_nothing_is_rated_approved_or_sold(service: Service) -> None:
    fund = introduce(service)
    assert "cn/amac_raising/art2_seller" in rules_of(refused(approve(service, fund)))
    authorise(service, fund, without="manager_rating")
    assert rules_of(refused(rate(service, fund, "R3"))) == {"cn/order_130/art27_manager_data"}
    paper = {"kind": "manager_rating", "title": "管理人评级"}
    done(service.staff["compliance"].upload(f"/v1/products/{fund}/documents", b"R3", paper), 201)
    assert rules_of(refused(rate(service, fund, "R3", manager_risk_level="R4"))) == {
        "cn/amac_suitability/unnumbered_rating_floor"
    }
    few = {name: "x" for name in FACTORS if name != "leverage"}
    assert rules_of(refused(rate(service, fund, "R3", factors=few))) == {"cn/order_130/art16_rating_factors"}
    done(rate(service, fund, "R3"), 201)


def test_whoever_introduced_or_rated_does_not_approve(service: Service) -> None:
    fund = introduce(service)
    authorise(service, fund)
    done(rate(service, fund, "R3"), 201)
    refused(act(service, fund, "approvals", {"opinion": "同意"}), "forbidden", 403)
    done(approve(service, fund), 201)


def test_a_paper_is_found_by_its_digest_and_nothing_else_is_taken(service: Service) -> None:
    fund = introduce(service)
    compliance, paper = service.staff["compliance"], {"kind": "contract_template", "title": "基金合同"}
    stored = done(compliance.upload(f"/v1/products/{fund}/documents", b"%PDF-1.7 contract", paper), 201)
    found = compliance.get(f"/v1/documents/{stored['sha256']}", subject=fund)
    assert (found.content, found.headers["content-type"]) == (b"%PDF-1.7 contract", "application/pdf")
    refused(compliance.upload(f"/v1/products/{fund}/documents", b"\x00\x01\xff", paper), "invalid_request", 422)
    stranger = Investor.register(service).link
    refused(stranger.get(f"/v1/documents/{stored['sha256']}", subject=fund), "forbidden", 403)


def test_an_investor_reads_the_papers_of_a_product_that_was_shown(service: Service) -> None:
    fund = product(service, "R3")
    paper = {"kind": "contract_template", "title": "基金合同"}
    stored = done(service.staff["compliance"].upload(f"/v1/products/{fund}/documents", b"%PDF-1.7 terms", paper), 201)
    investor = Investor.register(service)
    investor.gate()
    refused(investor.link.get(f"/v1/documents/{stored['sha256']}", subject=fund), "forbidden", 403)
    done(investor.link.get(f"/v1/products/{fund}"))
    assert investor.link.get(f"/v1/documents/{stored['sha256']}", subject=fund).content == b"%PDF-1.7 terms"


def test_a_fund_that_stays_too_small_takes_no_subscription(service: Service) -> None:
    fund = product(service, "R3")
    investor = Investor.register(service)
    investor.gate()
    size = {"as_of": "2026-03-02", "net_assets": "4000000.00", "currency": "CNY", "days_below": 60}
    done(act(service, fund, "sizes", size), 201)
    assert rules_of(refused(service.staff["sales"].post("/v1/sales", investor.order(fund)))) == {
        "cn/amac_operation/unnumbered_size_floor"
    }
    done(act(service, fund, "sizes", {**size, "days_below": 0, "year_average": "6000000.00"}), 201)
    done(service.staff["sales"].post("/v1/sales", investor.order(fund)), 201)


@pytest.fixture(scope="module")
def fund(service: Service) -> str:
    """A product whose material is checked."""
    return introduce(service, code="SMARK1", filing_number="SMARK1")


def test_sober_material_passes_and_barred_wording_is_refused_with_its_lines(service: Service, fund: str) -> None:
    passed = done(check(service, fund, TEXT), 201)
    assert {f["outcome"] for f in passed["findings"]} <= {"PASS", "NOT_APPLICABLE", "NOT_IN_FORCE"}
    document = refused(check(service, fund, "产品介绍\n本产品保 本，预 期 收 益 8%，欲购从速！"))
    assert rules_of(document) >= {"cn/regulation_762/art20_promise_words", "cn/amac_raising/art24_promotion_words"}
    assert "line 2" in document["findings"][0]["reason"]["en"]
    hidden = "<!DOCTYPE html><html><body><p>稳健 保<b>本</b></p><img alt='欲购从速'></body></html>"
    assert rules_of(refused(check(service, fund, hidden))) >= {"cn/regulation_762/art20_promise_words"}


def test_a_public_page_shows_only_what_the_article_lists(service: Service, fund: str) -> None:
    refused(check(service, fund, TEXT, audience="public"))
    refused(check(service, fund, TEXT, audience="public", fields="manager_brand,net_value"))
    done(check(service, fund, TEXT, audience="public", fields="manager_brand,team"), 201)


def test_performance_is_shown_with_its_period_of_six_months(service: Service, fund: str) -> None:
    text = "历史业绩见附表"
    refused(check(service, fund, text))
    refused(check(service, fund, text, performance="2025-10-01/2026-02-28"))
    done(check(service, fund, text, performance="2025-01-01/2025-12-31"), 201)


def test_a_picture_needs_the_checked_text_that_says_what_it_says(service: Service, fund: str) -> None:
    picture = b"%PDF-1.7 a leaflet"
    refused(check(service, fund, picture))
    refused(check(service, fund, picture, transcript="ab" * 32), "invalid_request", 422)
    words = done(check(service, fund, TEXT + "图文版"), 201)["sha256"]
    done(check(service, fund, picture, transcript=words), 201)


def test_after_filing_only_what_was_filed_is_used(service: Service) -> None:
    fund = introduce(service, code="SMARK2", filing_number="SMARK2")
    filed = {"kind": "filed_material", "title": "备案宣传材料"}
    done(service.staff["compliance"].upload(f"/v1/products/{fund}/documents", TEXT.encode(), filed), 201)
    done(check(service, fund, TEXT), 201)
    assert rules_of(refused(check(service, fund, TEXT + " "))) == {"cn/amac_filing_guide_2/art3_material_filed"}


def test_withdrawn_material_is_used_no_more(service: Service) -> None:
    fund = product(service, "R3")
    investor = Investor.register(service)
    investor.gate()
    used = done(check(service, fund, TEXT), 201)["sha256"]
    promotion = {"product": fund, "channel": "web", "material": used}
    path = f"/v1/investors/{investor.stream}/promotions"
    done(service.staff["sales"].post(path, promotion), 201)
    withdrawal = f"materials/{used}/withdrawal"
    done(act(service, fund, withdrawal, {"reason": "更新"}), 201)
    refused(act(service, fund, withdrawal, {"reason": "更新"}), "conflict")
    refused(act(service, fund, f"materials/{'ab' * 32}/withdrawal", {"reason": "更新"}), "invalid_request", 422)
    refused(service.staff["sales"].post(path, promotion))


def test_a_rating_that_rises_above_the_class_withdraws_pending_matches_in_the_same_act(service: Service) -> None:
    fund = product(service, "R4")
    holder, pending = (Investor.register(service, name) for name in ("甲", "乙"))
    for investor in (holder, pending):
        investor.gate()
    held = Sale.open(service, holder, fund).to_paid()
    service.advance(hours=24)
    done(held.visit(), 201)
    sale = Sale.open(service, pending, fund)
    sale.match()
    told = done(rate(service, fund, "R5"), 201)["notify"]
    assert {(t["sale"], t["status"]) for t in told} == {(held.stream, "holder"), (sale.stream, "withdrawn")}
    assert {t["investor"] for t in told} == {holder.stream, pending.stream}
    types = [i["type"] for i in done(service.staff["auditor"].get(f"{sale.here}/timeline"))["items"]]
    assert types[-1] == "match.withdrawn"
    assert open_matches(service, fund) == {(sale.stream, "withdrawn")}
    assert "withdrawn" in refused(pending.link.post(f"{sale.here}/disclosure"))["detail"]
    refused(service.staff["sales"].post(f"{sale.here}/match"))  # R5 awaits approval, and is above C4
    assert held.show()["status"] == "effective"
    done(pending.link.post(f"{sale.here}/rescission", {"reason": "风险等级上调"}), 201)
    assert open_matches(service, fund) == set()


def test_a_rating_that_rises_within_the_class_wants_the_new_opinion_acknowledged_even_after_payment(
    service: Service,
) -> None:
    fund = product(service, "R3")
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_paid()
    (told,) = done(rate(service, fund, "R4"), 201)["notify"]
    assert told == {"sale": sale.stream, "investor": investor.stream, "status": "superseded"}
    assert open_matches(service, fund) == {(sale.stream, "superseded")}
    service.advance(hours=24)
    assert "new match opinion" in refused(sale.visit())["detail"]
    done(investor.link.post(f"{sale.here}/match-acknowledgements"), 201)
    assert done(sale.visit(), 201)["successful"]


def test_a_class_that_falls_withdraws_the_investors_pending_matches(service: Service) -> None:
    fund = product(service, "R4")
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    sale.match()
    service.advance(hours=24)
    result = investor.assess("cautious")
    assert result["tolerance"] == "C2"
    assert result["notify"] == [{"sale": sale.stream, "investor": investor.stream, "status": "withdrawn"}]
    refused(investor.link.post(f"{sale.here}/disclosure"))


def test_a_rating_that_falls_disturbs_nobody(service: Service) -> None:
    fund = product(service, "R4")
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    sale.match()
    assert done(rate(service, fund, "R3"), 201)["notify"] == []
    sale.disclose()
