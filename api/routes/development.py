"""Development stand-ins: the simulated clock and the code outbox. Not routed unless configured."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import operator as wire
from ledger.services import development

router = APIRouter(route_class=Guarded, tags=["development"])


@router.post("/v1/development/clock", status_code=201, response_model=wire.Advanced)
def advance(body: wire.Advance, write: Write) -> Response:
    """Advance the simulated clock; recorded, and every report says so."""
    return write(development.advance_clock, seconds=body.seconds)


@router.get("/v1/development/codes/{investor}", response_model=wire.DevelopmentCode)
def read_code(investor: paths.Investor, read: Read) -> Response:
    """Read the last one-time code from the development outbox."""
    return read(lambda ledger, *_: development.read_code(ledger, subject=investor))
