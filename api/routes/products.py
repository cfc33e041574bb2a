"""Products: introduced, rated, approved by another person, listed."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Record, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import base
from api.schemas import life_cycle as stages
from api.schemas import products as wire
from ledger.services import life_cycle, products

router = APIRouter(route_class=Guarded, tags=["products"])


@router.post("/v1/products", status_code=201, response_model=wire.ProductRecorded)
def introduce(body: wire.Introduction, write: Write) -> Response:
    """Introduce a product."""
    fields = body.model_dump(exclude={"minimum", "currency"})
    return write(products.introduce, **fields, minimum=base.money(body.minimum, body.currency))


@router.get("/v1/products", response_model=wire.ProductPage)
def index(read: Read, after: paths.After = None, limit: paths.Limit = 50) -> Response:
    """List products, oldest first."""
    return read(products.index, after=after, limit=limit)


@router.get("/v1/products/{product}", response_model=wire.ProductOut)
def show(product: paths.Product, record: Record) -> Response:
    """Show a product. To an investor only after the gate, and the showing is recorded."""
    return record(products.show, stream=product)


@router.post("/v1/products/{product}/ratings", status_code=201, response_model=stages.Rated)
def rate(product: paths.Product, body: wire.Rating, write: Write) -> Response:
    """Rate a product's risk, not lower than the manager did; a rise matches pending sales again."""
    return write(
        life_cycle.rate,
        stream=product,
        risk_level=body.risk_level,
        manager_risk_level=body.manager_risk_level,
        factors=dict(body.factors),
        valid_until=body.valid_until,
    )


@router.post("/v1/products/{product}/approvals", status_code=201, response_model=stages.Stepped)
def approve(product: paths.Product, body: wire.Approval, write: Write) -> Response:
    """Approve a rated product; never by whoever introduced or rated it."""
    return write(life_cycle.approve, stream=product, opinion=body.opinion)


@router.post("/v1/products/{product}/listings", status_code=201, response_model=stages.Stepped)
def list_for_sale(product: paths.Product, body: wire.Listing, write: Write) -> Response:
    """Put an approved product on sale."""
    return write(life_cycle.list_for_sale, stream=product, from_day=body.from_day)
