"""What an investor holds of each product: listed, valued, redeemed."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import base
from api.schemas import holdings as wire
from ledger.services import holdings

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.get("/v1/investors/{investor}/holdings", response_model=wire.Holdings)
def index(investor: paths.Investor, read: Read) -> Response:
    """List what an investor holds."""
    return read(holdings.index, stream=investor)


@router.post("/v1/investors/{investor}/holdings/{product}/valuations", status_code=201, response_model=wire.Valued)
def value(investor: paths.Investor, product: paths.Product, body: wire.Valuation, write: Write) -> Response:
    """Record the net value that the registrar states for a day."""
    found = base.money(body.amount, body.currency)
    return write(holdings.value, stream=investor, product=product, value=found, as_of=body.as_of)


@router.post("/v1/investors/{investor}/holdings/{product}/redemptions", status_code=201, response_model=wire.Redeemed)
def redeem(investor: paths.Investor, product: paths.Product, body: wire.Redemption, write: Write) -> Response:
    """Redeem in part while the minimum remains, or all (order 105 art. 12)."""
    return write(holdings.redeem, stream=investor, product=product, amount=base.money(body.amount, body.currency))
