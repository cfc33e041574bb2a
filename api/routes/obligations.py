"""What the law asks for by when, and the acts that satisfy it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import base
from api.schemas import obligations as wire
from ledger.services import obligations, upkeep

router = APIRouter(route_class=Guarded, tags=["obligations"])
From = Annotated[base.Day | None, Query(alias="from", description="first day (Shanghai); default: no bound")]
Until = Annotated[base.Day | None, Query(description="last day (Shanghai); default: no bound")]
OfKind = Annotated[wire.Kind | None, Query(description="only these")]
Standing = Annotated[wire.State | None, Query(description="only these")]


@router.get("/v1/obligations", response_model=wire.ObligationPage)
def index(
    read: Read,
    begin: From = None,
    until: Until = None,
    kind: OfKind = None,
    status: Standing = None,
    after: paths.After = None,
    limit: paths.Limit = 50,
) -> Response:
    """List obligations by due instant, with article, what satisfies them and where they stand."""
    return read(
        lambda ledger, reader, _: obligations.index(
            ledger,
            reader,
            begin=None if begin is None else date.fromisoformat(begin),
            end=None if until is None else date.fromisoformat(until),
            kind=kind,
            status=status,
            after=after,
            limit=limit,
        )
    )


@router.post("/v1/self-checks", status_code=201, response_model=wire.SelfChecked)
def self_check(body: wire.SelfCheck, write: Write) -> Response:
    """Record a half-year's self-check."""
    return write(obligations.self_check, **body.model_dump())


@router.post("/v1/samples", status_code=201, response_model=wire.Drawn)
def draw(body: wire.Draw, write: Write) -> Response:
    """Draw this year's sample of last year's sales, once."""
    return write(lambda ledger, tx, _: obligations.draw_sample(ledger, tx, year=body.year))


@router.post("/v1/sales/{sale}/sample-visits", status_code=201, response_model=wire.SampleVisited)
def visit(sale: paths.Sale, body: wire.SampleVisit, write: Write) -> Response:
    """Record the suitability visit of a drawn sale. Refused to whoever sold."""
    return write(obligations.visit_sampled, stream=sale, **body.model_dump())


@router.post("/v1/products/{product}/filings", status_code=201, response_model=wire.Filed)
def file(product: paths.Product, body: wire.Filing, write: Write) -> Response:
    """Record the filing after the raising."""
    return write(obligations.file_product, stream=product, **body.model_dump())


@router.post("/v1/products/{product}/disclosures", status_code=201, response_model=wire.Disclosed)
def disclose(product: paths.Product, body: wire.Disclosure, write: Write) -> Response:
    """Record that a periodic disclosure was made to the investors."""
    return write(obligations.disclose, stream=product, **body.model_dump())


@router.post("/v1/investors/{investor}/changes", status_code=201, response_model=wire.Changed)
def change(investor: paths.Investor, body: wire.Change, write: Write) -> Response:
    """Report changed circumstances; a material change ends the assessment."""
    return write(upkeep.report_change, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/erasure-requests", status_code=201, response_model=wire.Frozen)
def erase(investor: paths.Investor, body: wire.Erasure, write: Write) -> Response:
    """Ask for deletion. Inside the retention terms the data are frozen."""
    return write(upkeep.request_erasure, stream=investor, channel=body.channel)
