"""The console's session: an API key exchanged for a cookie that no script can read, and whose it is."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import auth, cookies
from api.deps import Read, as_json
from api.errors import UnauthenticatedError
from api.guard import Guarded
from api.schemas import acts as wire
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import ForbiddenError
from ledger.services import console_sessions
from ledger.services.ledger import Ledger

router = APIRouter(route_class=Guarded, tags=["console"])


@router.post("/v1/console/session", status_code=201, response_model=wire.ConsoleSessionOut)
def begin(body: wire.SigningIn, request: Request) -> Response:
    """Open a console's session with an API key of compliance or an auditor."""
    auth.require_own_page(request.headers, auth.CONSOLE_PAGE)
    ledger: Ledger = request.app.state.ledger
    try:
        session = console_sessions.begin(ledger, body.key)
    except ForbiddenError as error:
        if "needed" in error.evidence:  # a good key of another duty
            raise
        raise UnauthenticatedError(error.message, error.zh) from error
    told: dict[str, Value] = {"duty": session.actor.role.value, "expires_at": to_text(session.expires_at)}
    response = as_json(told, 201)
    cookies.keep_console(request, response, session)
    return response


@router.delete("/v1/console/session", response_model=wire.ConsoleSessionEnded)
def end(request: Request) -> Response:
    """End this browser's session and every copy of it. The key stays good."""
    auth.require_own_page(request.headers, auth.CONSOLE_PAGE)
    console_sessions.end(request.app.state.ledger, cookies.kept(request.cookies, console=True))
    response = as_json({"ended": True})
    cookies.drop(response, console=True)
    return response


@router.get("/v1/console", response_model=wire.ConsoleOut)
def show(read: Read) -> Response:
    """Tell who works here, at which institution, by whose clock."""
    return read(console_sessions.show)
