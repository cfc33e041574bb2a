"""The sale from payment to effect: money, contacts, return visit, rescission."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import base
from api.schemas import payments as money
from api.schemas import sales as wire
from api.schemas.common import Recorded
from ledger.services import contacts, payment_slips, payments, rescissions, visits

router = APIRouter(route_class=Guarded, tags=["sales"])


@router.post("/v1/sales/{sale}/payments", status_code=201, response_model=wire.Paid)
def receive_payment(sale: paths.Sale, body: wire.Payment, write: Write) -> Response:
    """Record the money's arrival in the supervised raising account."""
    return write(
        payments.receive,
        stream=sale,
        amount=base.money(body.amount, body.currency),
        payer_is_investor=body.payer_is_investor,
        payer_account=body.payer_account,
        account=body.account,
        slip=body.slip,
        occurred_at=body.occurred_at,
    )


@router.get("/v1/sales/{sale}/payment", response_model=money.PaymentOut)
def show_payment(sale: paths.Sale, read: Read) -> Response:
    """Tell where to pay what, and which slips were given."""
    return read(payment_slips.show, stream=sale)


@router.post("/v1/sales/{sale}/payment-slips", status_code=201, response_model=money.SlipStored)
def upload_slip(
    sale: paths.Sale, body: Annotated[money.SlipUpload, Form(media_type="multipart/form-data")], write: Write
) -> Response:
    """Upload a payment slip (PDF, PNG or JPEG). It never replaces the bank's confirmation."""
    return write(payment_slips.upload, stream=sale, content=body.file.file.read())


@router.post("/v1/sales/{sale}/contacts", status_code=201, response_model=Recorded)
def record_contact(sale: paths.Sale, body: wire.Contact, write: Write) -> Response:
    """Ask for and record a contact; refused during cooling-off when it goes out from us."""
    return write(contacts.record, stream=sale, **body.model_dump())


@router.post("/v1/sales/{sale}/visits", status_code=201, response_model=wire.Visited)
def complete_visit(sale: paths.Sale, body: wire.Visit, write: Write) -> Response:
    """Record the return visit; with success the sale is effective."""
    return write(visits.complete, stream=sale, **body.model_dump())


@router.post("/v1/sales/{sale}/rescission", status_code=201, response_model=wire.Rescinded)
def rescind(sale: paths.Sale, body: wire.Rescission, write: Write) -> Response:
    """Rescind, as long as no return visit has succeeded."""
    return write(rescissions.rescind, stream=sale, reason=body.reason)
