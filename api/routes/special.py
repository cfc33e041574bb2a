"""Before a sale: promotions, and the investor's own way to a product above tolerance."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import special as wire
from api.schemas.sales import Acknowledged
from ledger.services import promotions, special_purchases

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.post("/v1/investors/{investor}/promotions", status_code=201, response_model=wire.Promoted)
def promote(investor: paths.Investor, body: wire.Promotion, write: Write) -> Response:
    """Ask for and record a promotion; refused above the investor's tolerance."""
    return write(promotions.promote, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/promotion-reports", status_code=201, response_model=wire.Promoted)
def report_promotion(investor: paths.Investor, body: wire.PromotionReport, write: Write) -> Response:
    """Record a promotion that did happen: above tolerance nothing can be sold after it."""
    return write(promotions.report, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/requests", status_code=201, response_model=wire.Requested)
def request(investor: paths.Investor, body: wire.OwnRequest, write: Write) -> Response:
    """Ask, on one's own initiative, for a named product above one's tolerance."""
    return write(special_purchases.request, stream=investor, **body.model_dump())


@router.get("/v1/investors/{investor}/requests", response_model=wire.RequestList)
def requests(investor: paths.Investor, read: Read) -> Response:
    """List the requests with the words told, and what each still lacks."""
    return read(special_purchases.index, stream=investor)


@router.post("/v1/investors/{investor}/unsuitability-notices", status_code=201, response_model=wire.ToldNow)
def notify(investor: paths.Investor, body: wire.OfProduct, write: Write) -> Response:
    """Tell the investor that the product asked for is unsuitable."""
    return write(special_purchases.notify, stream=investor, product=body.product)


@router.post("/v1/investors/{investor}/warnings", status_code=201, response_model=wire.ToldNow)
def warn(investor: paths.Investor, body: wire.OfProduct, write: Write) -> Response:
    """Give the special written warning. Refused to the lowest class, whatever anybody signs."""
    return write(special_purchases.warn, stream=investor, product=body.product)


@router.post("/v1/investors/{investor}/warnings/acknowledgements", status_code=201, response_model=Acknowledged)
def acknowledge_warning(investor: paths.Investor, body: wire.WarningRead, write: Write) -> Response:
    """Confirm having read the special warning."""
    return write(special_purchases.acknowledge, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/insistences", status_code=201, response_model=wire.Insisted)
def insist(investor: paths.Investor, body: wire.Insistence, write: Write) -> Response:
    """Insist after the warning; only then can a sale be opened."""
    return write(special_purchases.insist, stream=investor, **body.model_dump())
