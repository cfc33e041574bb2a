"""Development stand-ins: the simulated clock and the code outbox. Not routed unless configured."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import cookies
from api.deps import Read, Write, as_json
from api.guard import Guarded
from api.routes import paths
from api.schemas import operator as wire
from api.schemas.messages import DevelopmentMessages
from ledger.services import development, sessions, stand_ins

router = APIRouter(route_class=Guarded, tags=["development"])


@router.post("/v1/development/clock", status_code=201, response_model=wire.Advanced)
def advance(body: wire.Advance, write: Write) -> Response:
    """Advance the simulated clock; recorded, and every report says so."""
    return write(development.advance_clock, seconds=body.seconds)


@router.post("/v1/development/acts", status_code=201, response_model=wire.StandInDone)
def act(body: wire.StandInAct, write: Write, request: Request) -> Response:
    """Have a stand-in of the institution's people do the next thing for the calling investor."""
    response = write(stand_ins.act, act=body.act)
    session: sessions.Session | None = request.state.session
    if session is not None:  # a day that was skipped must not end the session that skipped it
        cookies.keep(request, response, session.prolonged(write.ledger.clock.now()))
    return response


@router.get("/v1/development/messages/{investor}", response_model=DevelopmentMessages)
def read_messages(investor: paths.Investor, request: Request) -> Response:
    """Deliver what is due and read the newest messages from the development outbox."""
    return as_json(development.read_messages(request.app.state.ledger, subject=investor))


@router.get("/v1/development/codes/{investor}", response_model=wire.DevelopmentCode)
def read_code(investor: paths.Investor, read: Read) -> Response:
    """Read the last one-time code from the development outbox."""
    return read(lambda ledger, *_: development.read_code(ledger, subject=investor))
