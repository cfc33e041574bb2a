"""Two at once: the last seat, the same key, and many writers of one sale."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale, product

SEATS = 50  # of a limited partnership (合伙企业法)


def together(*acts: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Do all at once."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [f.result() for f in [pool.submit(act) for act in acts]]


def test_the_last_seat_goes_to_one_of_two(service: Service) -> None:
    fund = product(service, legal_form="limited_partnership")
    sales = service.staff["sales"]
    investors = [Investor.register(service, name) for name in ("甲", "乙")]
    for investor in investors:
        investor.gate()
        done(investor.link.get(f"/v1/products/{fund}"))
    for _ in range(SEATS - 1):
        done(sales.post("/v1/sales", investors[0].order(fund)), 201)
    answers = together(*[lambda i=i: sales.post("/v1/sales", i.order(fund)) for i in investors])
    assert sorted(a.status_code for a in answers) == [201, 409]
    (lost,) = [a for a in answers if a.status_code == 409]
    assert "seats" in refused(lost)["detail"]
    assert done(sales.get(f"/v1/products/{fund}"))["seats_taken"] == SEATS


def test_one_key_used_at_once_is_one_act(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    done(investor.link.get(f"/v1/products/{fund}"))
    sales = service.staff["sales"]
    before: int = done(sales.get("/health"))["records"]

    def opened() -> httpx.Response:
        return sales.post("/v1/sales", investor.order(fund), key=f"at-once-{investor.stream}")

    answers = together(*[opened] * 6)
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert done(sales.get("/health"))["records"] == before + 2


def test_items_confirmed_all_at_once_are_each_there_once(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    sale.match()
    items: list[dict[str, Any]] = sale.disclose()["items"]
    path = f"{sale.here}/disclosure/items"
    answers = together(
        *[
            lambda item=item: investor.link.post(f"{path}/{item['item']}", {"text_sha256": item["text_sha256"]})
            for item in items
        ]
    )
    assert [a.status_code for a in answers] == [201] * len(items)
    shown = sale.show()
    assert shown["done"]["items_confirmed"] == len(items)
    types = [i["type"] for i in done(service.staff["auditor"].get(f"{sale.here}/timeline"))["items"]]
    assert types.count("disclosure.item_confirmed") == len(items)
