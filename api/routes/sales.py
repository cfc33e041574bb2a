"""The sale from its opening to the contract; `aftersales` has what follows."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.deps import Read, Record, Write
from api.guard import Guarded
from api.routes import paths
from api.routes.messages import ways_back
from api.schemas import acts as acting
from api.schemas import base, special
from api.schemas import sales as wire
from api.schemas import signatures as signing
from ledger.services import (
    acts,
    care,
    contracts,
    disclosures,
    links,
    matches,
    messages,
    qualifications,
    sale_book,
    sales,
    signatures,
    wallet_approvals,
)

router = APIRouter(route_class=Guarded, tags=["sales"])


@router.post("/v1/sales", status_code=201, response_model=wire.Opened)
def open_sale(body: wire.SaleOpening, write: Write, request: Request) -> Response:
    """Open a sale and reserve its seat; with an invitation the investor gets their link in the same act."""
    invited = body.invitation
    return write(
        messages.open_and_invite,
        investor=body.investor,
        product=body.product,
        amount=base.money(body.amount, body.currency),
        fee=base.money(body.fee, body.currency),
        channel=body.channel,
        language=None if invited is None else invited.language,
        terms=links.PLAIN if invited is None else invited.terms(ways_back(request)),
    )


@router.get("/v1/sales", response_model=acting.SalePage)
def index(
    read: Read, after: paths.After = None, limit: paths.Limit = 20, investor: paths.OfInvestor = None
) -> Response:
    """List sales, the newest first; nothing personal."""
    return read(sale_book.index, after=after, limit=limit, investor=investor)


@router.get("/v1/sales/{sale}", response_model=wire.SaleOut)
def show(sale: paths.Sale, read: Read) -> Response:
    """Tell where a sale stands and what may come next, with the articles that stand against the rest."""
    return read(sales.show, stream=sale)


@router.get("/v1/sales/{sale}/timeline", response_model=wire.Timeline)
def timeline(sale: paths.Sale, read: Read) -> Response:
    """List every record of a sale in order."""
    return read(sales.timeline, stream=sale)


@router.get("/v1/sales/{sale}/acts", response_model=acting.Acts)
def show_acts(
    sale: paths.Sale, record: Record, read: Read, after: paths.AfterIndex = 0, limit: paths.Limit = 200
) -> Response:
    """List every record of a sale and of its investor, with signatures, findings and anchors; the reading is logged."""
    record.value(acts.note_access, stream=sale)
    return read(acts.show, stream=sale, after=after, limit=limit)


@router.post("/v1/sales/{sale}/match", status_code=201, response_model=wire.Matched)
def match(sale: paths.Sale, write: Write) -> Response:
    """Match tolerance against risk level."""
    return write(matches.match, stream=sale)


@router.post("/v1/sales/{sale}/match-acknowledgements", status_code=201, response_model=wire.Acknowledged)
def acknowledge_match(sale: paths.Sale, write: Write) -> Response:
    """Acknowledge the match opinion."""
    return write(matches.acknowledge, stream=sale)


@router.post("/v1/sales/{sale}/high-risk-disclosure", status_code=201, response_model=special.ToldNow)
def present_care(sale: paths.Sale, write: Write) -> Response:
    """Give the extra disclosure that a high-risk product wants."""
    return write(care.present, stream=sale)


@router.post(
    "/v1/sales/{sale}/high-risk-disclosure/acknowledgements", status_code=201, response_model=wire.Acknowledged
)
def acknowledge_care(sale: paths.Sale, body: special.TextRead, write: Write) -> Response:
    """Confirm having read the extra disclosure; the time to consider starts."""
    return write(care.acknowledge, stream=sale, text_sha256=body.text_sha256)


@router.post("/v1/sales/{sale}/disclosure", status_code=201, response_model=wire.Disclosed)
def disclose(sale: paths.Sale, write: Write) -> Response:
    """Make and show this sale's risk disclosure."""
    return write(disclosures.present, stream=sale)


@router.post("/v1/sales/{sale}/disclosure/items/{item}", status_code=201, response_model=wire.ItemConfirmed)
def confirm_item(sale: paths.Sale, item: paths.Item, body: wire.ItemConfirmation, write: Write) -> Response:
    """Confirm one statement item, bound to the text that was shown."""
    return write(disclosures.confirm_item, stream=sale, item=item, text_sha256=body.text_sha256)


@router.post("/v1/sales/{sale}/signatures", status_code=201, response_model=signing.SignaturePrepared)
def prepare_signature(sale: paths.Sale, body: signing.SignaturePreparation, write: Write) -> Response:
    """Get what the investor's key must sign."""
    return write(signatures.prepare, stream=sale, **body.model_dump())


@router.post("/v1/sales/{sale}/signatures/{signature}", status_code=201, response_model=signing.Signed)
def complete_signature(
    sale: paths.Sale, signature: paths.Signature, body: signing.SignatureCompletion, write: Write
) -> Response:
    """Hand in both signatures; they are verified before anything is recorded."""
    question = write.before(signatures.to_ask, stream=sale, signature=signature, approval=body.approval)
    word = wallet_approvals.ask(write.ledger, question)
    made = signatures.Made(**body.model_dump(exclude={"handwriting"}), word=word, strokes=body.handwriting)
    return write(signatures.complete, stream=sale, signature=signature, made=made)


@router.post("/v1/sales/{sale}/qualification", status_code=201, response_model=wire.Confirmed)
def confirm_qualification(sale: paths.Sale, body: wire.Qualification, write: Write) -> Response:
    """Bind a valid certification to the sale, after risk disclosure and before the contract."""
    return write(qualifications.confirm, stream=sale, certification=body.certification)


@router.post("/v1/sales/{sale}/contract-completion", status_code=201, response_model=wire.Completed)
def complete_contract(sale: paths.Sale, write: Write) -> Response:
    """Countersign the fund contract with the institution's seal."""
    return write(contracts.complete, stream=sale)
