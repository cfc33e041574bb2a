"""What an investor holds, over HTTP: it comes with the sale, may be added to in small parts, is left as law says."""

from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale, product


def test_a_holding_is_confirmed_added_to_and_left(service: Service) -> None:
    fund = product(service)
    investor = Investor.register(service)
    investor.gate()
    here, link = f"/v1/investors/{investor.stream}/holdings", investor.link
    sales, compliance = service.staff["sales"], service.staff["compliance"]
    yuan = {"currency": "CNY"}
    refused(link.post(f"{here}/{fund}/redemptions", {"amount": "1.00", **yuan}))
    refused(sales.post("/v1/sales", investor.order(fund, amount="10000.00")))
    sale = Sale.open(service, investor, fund).to_paid()
    assert done(link.get(here))["items"] == []
    service.advance(hours=25)
    assert done(sale.visit(), 201)["successful"] is True
    (held,) = done(link.get(here))["items"]
    assert (held["product"], held["value"]["amount"]) == (fund, "1000000.00")

    added = done(sales.post("/v1/sales", investor.order(fund, amount="10000.00")), 201)["sale"]
    assert done(sales.get(f"/v1/products/{fund}"))["seats_taken"] == 1, "who holds adds without another seat"

    valued = {"amount": "1250000.00", "as_of": held["at"][:10], **yuan}
    assert done(compliance.post(f"{here}/{fund}/valuations", valued), 201)["value"]["amount"] == "1250000.00"
    refused(compliance.post(f"{here}/{fund}/valuations", {**valued, "currency": "USD"}), "conflict")
    refused(compliance.post(f"{here}/{'0' * 64}/valuations", valued), "not_found", 404)
    problem = refused(link.post(f"{here}/{fund}/redemptions", {"amount": "250000.01", **yuan}))
    assert [f["rule"] for f in problem["findings"]] == ["cn/order_105/art12_remaining"]
    left = done(link.post(f"{here}/{fund}/redemptions", {"amount": "250000.00", **yuan}), 201)
    assert left["remaining"]["amount"] == "1000000.00"

    everything = {"amount": "1000000.00", **yuan}
    refused(compliance.post(f"{here}/{fund}/redemptions", everything), "conflict")
    done(link.post(f"/v1/sales/{added}/rescission", {"reason": "改变主意"}), 201)
    assert done(compliance.post(f"{here}/{fund}/redemptions", everything), 201)["remaining"]["amount"] == "0.00"
    assert done(link.get(here))["items"] == []
    assert done(sales.get(f"/v1/products/{fund}"))["seats_taken"] == 0
    refused(sales.post("/v1/sales", investor.order(fund, amount="10000.00")))
