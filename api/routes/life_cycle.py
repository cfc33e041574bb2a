"""A product's life beside its rating and listing: papers, mandate, size, marketing material, its end."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import base
from api.schemas import life_cycle as wire
from api.schemas.products import ProductRecorded
from ledger.services import life_cycle, materials, product_book, product_papers

router = APIRouter(route_class=Guarded, tags=["products"])


@router.post("/v1/products/{product}/mandate", status_code=201, response_model=ProductRecorded)
def mandate(product: paths.Product, body: wire.Mandate, write: Write) -> Response:
    """Record by what right the product is sold."""
    return write(product_papers.mandate, stream=product, **body.model_dump())


@router.post("/v1/products/{product}/documents", status_code=201, response_model=wire.PaperStored)
def attach(product: paths.Product, body: Annotated[wire.PaperUpload, Form()], write: Write) -> Response:
    """Attach a document of the product, by digest."""
    return write(product_papers.attach, stream=product, content=body.file.file.read(), kind=body.kind, title=body.title)


@router.get("/v1/products/{product}/papers", response_model=wire.Papers)
def papers(product: paths.Product, read: Read) -> Response:
    """List documents, marketing material and mandate, by digest."""
    return read(product_book.papers, stream=product)


@router.get("/v1/products/{product}/timeline", response_model=wire.ProductTimeline)
def timeline(product: paths.Product, read: Read) -> Response:
    """List every record of the product, refusals included."""
    return read(product_book.timeline, stream=product)


@router.get("/v1/products/{product}/open-matches", response_model=wire.OpenMatches)
def open_matches(product: paths.Product, read: Read) -> Response:
    """List the investors to be told that their match was withdrawn or made again."""
    return read(product_book.open_matches, stream=product)


@router.post("/v1/products/{product}/sizes", status_code=201, response_model=ProductRecorded)
def report_size(product: paths.Product, body: wire.Size, write: Write) -> Response:
    """Record the manager's notice of the fund's size; too small for too long, and subscription stops."""
    average = body.year_average
    return write(
        product_papers.report_size,
        stream=product,
        as_of=body.as_of,
        net_assets=base.money(body.net_assets, body.currency),
        year_average=None if average is None else base.money(average, body.currency),
        days_below=body.days_below,
    )


@router.post("/v1/products/{product}/materials", status_code=201, response_model=wire.MaterialChecked)
def check_material(product: paths.Product, body: Annotated[wire.MaterialUpload, Form()], write: Write) -> Response:
    """Check marketing material: wording, performance shown, what the public may see, same as filed."""
    periods = [] if body.performance is None else [p.split("/") for p in body.performance.split(",")]
    return write(
        materials.check,
        stream=product,
        content=body.file.file.read(),
        title=body.title,
        audience=body.audience,
        fields=() if body.fields is None else tuple(body.fields.split(",")),
        performance=tuple((start, end) for start, end in periods),
        transcript=body.transcript,
    )


@router.post("/v1/products/{product}/materials/{sha256}/withdrawal", status_code=201, response_model=ProductRecorded)
def withdraw_material(product: paths.Product, sha256: paths.Sha256, body: wire.Why, write: Write) -> Response:
    """Take marketing material out of use."""
    return write(materials.withdraw, stream=product, sha256=sha256, reason=body.reason)


@router.post("/v1/products/{product}/suspensions", status_code=201, response_model=wire.Stepped)
def suspend(product: paths.Product, body: wire.Why, write: Write) -> Response:
    """Stop the sale for now; listing it again resumes it."""
    return write(life_cycle.suspend, stream=product, reason=body.reason)


@router.post("/v1/products/{product}/closure", status_code=201, response_model=wire.Stepped)
def close(product: paths.Product, body: wire.Why, write: Write) -> Response:
    """End raising for good."""
    return write(life_cycle.close, stream=product, reason=body.reason)


@router.post("/v1/products/{product}/liquidation", status_code=201, response_model=wire.Stepped)
def liquidate(product: paths.Product, body: wire.Liquidation, write: Write) -> Response:
    """Record that the fund is liquidated; refused while a sale is in procedure."""
    return write(life_cycle.liquidate, stream=product, **body.model_dump())
