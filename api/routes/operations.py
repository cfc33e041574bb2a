"""What operators and machines ask: health, metrics, the description of this interface."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api import docs
from api.deps import as_json
from api.guard import Guarded
from api.schemas.operator import Health
from ledger.domain.events import Value
from ledger.services import health

router = APIRouter(route_class=Guarded, tags=["operator"])


@router.get("/health", response_model=Health)
def read_health(request: Request) -> Response:
    """Tell the truth about anchoring, chain, clock and stand-ins; 200 also when degraded, for records are safe."""
    return as_json(_health(request))


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Prometheus text", "content": {"text/plain": {"example": "pfl_records 128\n"}}}},
)
def metrics(request: Request) -> Response:
    """Return counters and gauges for Prometheus."""
    content = request.app.state.metrics.exposition(_health(request))
    return Response(content, media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> Response:
    """Return the OpenAPI document."""
    return as_json(request.app.openapi())


@router.get("/docs", include_in_schema=False)
async def documentation(request: Request) -> Response:
    """Return the documentation as one page without any script or third-party origin."""
    return HTMLResponse(docs.page(request.app.openapi()), headers={"Content-Security-Policy": docs.CSP})


def _health(request: Request) -> dict[str, Value]:
    state = request.app.state
    return health.read(state.ledger, None if state.worker is None else state.worker.state)
