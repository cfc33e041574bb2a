"""What to pay and where, and the slips that an investor gives: staff see them, and only the bank's word counts."""

import io
from typing import Any

import httpx
import pikepdf
import pytest

from ledger.services.payment_slips import MOST
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import RAISING_ACCOUNT, Investor, Sale

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


@pytest.fixture(scope="module")
def sale(service: Service, fund: str) -> Sale:
    """A sale whose contract is the next thing to sign."""
    investor = Investor.register(service, "李四")
    investor.gate()
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)
    return sale


def give(sale: Sale, content: bytes) -> httpx.Response:
    return sale.investor.link.upload(f"{sale.here}/payment-slips", content, {})


def told(sale: Sale, duty: str = "") -> dict[str, Any]:
    caller = sale.service.staff[duty] if duty else sale.investor.link
    shown: dict[str, Any] = done(caller.get(f"{sale.here}/payment"))
    return shown


def with_javascript() -> bytes:
    pdf, file = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.save(file)
    return file.getvalue()


def test_a_slip_is_given_for_the_staff_and_pays_nothing(service: Service, sale: Sale) -> None:
    assert told(sale) == {"sale": sale.stream, "instructions": None, "slips": [], "received_at": None}
    assert "signature of the fund contract" in refused(give(sale, PNG))["detail"]
    sale.sign("fund_contract")
    due = {"amount": "1010000.00", "currency": "CNY"}
    instructions = {"account": RAISING_ACCOUNT, "amount": due, "reference": sale.stream[:16]}
    assert told(sale)["instructions"] == {**instructions, "payer": "李四"}
    assert told(sale, "compliance")["instructions"] == {**instructions, "payer": None}

    assert "JavaScript" in refused(give(sale, with_javascript()), "invalid_request", 422)["detail"]
    refused(give(sale, b"GIF89a" + bytes(20)), "invalid_request", 422)
    given = [done(give(sale, PNG + bytes([n])), 201) for n in range(MOST)]
    refused(give(sale, PNG), "conflict")
    shown = told(sale, "compliance")
    assert (shown["received_at"], [slip["sha256"] for slip in shown["slips"]]) == (None, [g["sha256"] for g in given])
    assert {slip["media_type"] for slip in shown["slips"]} == {"image/png"}
    assert "paid" not in sale.show()["done"], "a slip is no arrival"
    path = f"/v1/documents/{given[0]['sha256']}"
    read = service.staff["compliance"].get(path, subject=sale.investor.stream)
    assert read.content == PNG + bytes([0])

    done(service.staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    paid = done(sale.pay(), 201)
    refs = done(service.staff["compliance"].get(f"/v1/records/{paid['record']}"))["record"]["refs"]
    assert {(ref["role"], ref["leaf"]) for ref in refs} == {("slip", g["record"]) for g in given}
    assert told(sale)["received_at"] is not None
    refused(give(sale, PNG))
