"""Build the application around a ledger. Nothing is read from the environment here."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Lifespan

from api import openapi, problems
from api.edge import Edge
from api.metrics import Metrics
from api.routes import (
    aftersales,
    consents,
    console,
    credentials,
    development,
    documents,
    eligibility,
    holdings,
    institutions,
    investors,
    keys,
    life_cycle,
    messages,
    obligations,
    operations,
    papers,
    products,
    questionnaires,
    records,
    regimes,
    reports,
    reviews,
    rules,
    sales,
    session,
    special,
    staff,
    standings,
)
from api.settings import Settings
from api.web import pages
from ledger.errors import LedgerError
from ledger.services.ledger import Ledger
from ledger.services.worker import AnchorWorker

VERSION = "0.1.0"
_RESOURCES = (
    eligibility,  # first: routes are tried in order, and this one is the hottest
    investors,
    institutions,
    special,
    regimes,
    consents,
    credentials,
    reviews,
    holdings,
    questionnaires,
    products,
    life_cycle,
    sales,
    messages,
    aftersales,
    documents,
    session,
    console,
    papers,
    records,
    reports,
    rules,
    keys,
    staff,
    standings,
    obligations,
    operations,
)


def create(
    ledger: Ledger, *, settings: Settings, lifespan: Lifespan[FastAPI] | None = None, worker: AnchorWorker | None = None
) -> FastAPI:
    """Return the application; ``settings.development`` adds the stand-ins' own paths (else they are 404).

    ``worker`` anchors in this process, if one does; health tells how it goes.
    """
    app = FastAPI(
        lifespan=lifespan,
        title="Private fund sales ledger",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.ledger = ledger
    app.state.settings = settings
    app.state.worker = worker
    app.state.metrics = Metrics()
    for resource in (*_RESOURCES, development) if settings.development else _RESOURCES:
        app.router.routes.extend(resource.router.routes)  # flat, so that one pass finds a route
    app.router.routes.extend(pages.routes(settings))
    app.add_exception_handler(LedgerError, problems.on_ledger_error)
    app.add_exception_handler(RequestValidationError, problems.on_validation_error)
    app.add_exception_handler(HTTPException, problems.on_http_error)
    app.add_middleware(Edge, metrics=app.state.metrics)
    app.openapi = lambda: openapi.build(app)  # type: ignore[method-assign]  # FastAPI's documented way
    return app
