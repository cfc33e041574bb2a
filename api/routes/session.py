"""The investor's pages: a session from a link, its one-time code, and where the investor stands."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import auth, cookies
from api.deps import Write, as_json, reading_of
from api.errors import UnauthenticatedError
from api.guard import Guarded
from api.schemas import journey as wire
from api.schemas.investors import Code, Verified
from api.settings import Settings
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import ForbiddenError
from ledger.services import investors, journeys, sessions
from ledger.services.ledger import Ledger
from ledger.services.sessions import Session

router = APIRouter(route_class=Guarded, tags=["pages"])


@router.post("/v1/session", status_code=201, response_model=wire.SessionOut)
def begin(body: wire.LinkOpening, request: Request) -> Response:
    """Open a page's session with a link."""
    auth.require_own_page(request.headers)
    ledger: Ledger = request.app.state.ledger
    try:
        session = sessions.begin(ledger, body.link)
    except ForbiddenError as error:
        raise UnauthenticatedError(error.message, error.zh) from error
    told: dict[str, Value] = {
        "investor": session.actor.id,
        "verified": False,
        "expires_at": to_text(session.expires_at),
    }
    response = as_json(told, 201)
    cookies.keep(request, response, session)
    return response


@router.delete("/v1/session", response_model=wire.SessionEnded)
def end(request: Request) -> Response:
    """End this browser's session. The link stays good until it expires."""
    auth.require_own_page(request.headers)
    response = as_json({"ended": True})
    cookies.drop(response)
    return response


@router.post("/v1/session/code", status_code=201, response_model=Verified)
def verify(body: Code, write: Write, request: Request) -> Response:
    """Verify the investor's identity with the code; from then on this browser's session may act."""
    response = write(investors.verify_identity, stream=write.actor.id, code=body.code)
    session: Session | None = request.state.session
    if session is not None:
        cookies.keep(request, response, replace(session, verified=True))
    return response


@router.get("/v1/journey", response_model=wire.Journey)
def show(request: Request) -> Response:
    """Tell where the investor stands: every stage with its article, and what the one at hand needs."""
    settings: Settings = request.app.state.settings
    session: Session | None = request.state.session
    told = reading_of(request).value(journeys.show, verified=session is None or session.verified)
    return as_json({**told, "development": settings.development})
