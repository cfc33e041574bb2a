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
from api.schemas.messages import Handover
from api.settings import Settings
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import ForbiddenError
from ledger.services import investors, journeys, returns, sessions
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
    """End this browser's session and every copy of it. The link stays good until it expires."""
    auth.require_own_page(request.headers)
    ledger: Ledger = request.app.state.ledger
    kept = cookies.kept(request.cookies)
    channel = sessions.channel_of(ledger, kept)
    sessions.end(ledger, kept)
    response = as_json({"ended": True})
    cookies.drop(response)
    if channel == sessions.BRANCH:
        response.headers["Clear-Site-Data"] = '"storage"'  # the terminal is somebody else's next
    return response


@router.post("/v1/session/links", response_model=Handover)
def hand_over(request: Request) -> Response:
    """Make a link for the same person's other browser, where this one cannot do what is needed."""
    session: Session | None = request.state.session
    if session is None:
        raise ForbiddenError("only a page's session can be taken elsewhere: use your link", "请在页面会话中操作")
    ledger: Ledger = request.app.state.ledger
    with ledger.store.snapshot() as reader:
        made = sessions.handover(ledger, reader, session)
    address = f"{request.base_url}sign#{made['token']}"
    return as_json({"investor": made["investor"], "address": address, "expires_at": made["expires_at"]})


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
    return as_json({**told, "development": settings.development, "page": _page(session, settings)})


def _page(session: Session | None, settings: Settings) -> dict[str, Value]:
    """Tell the page what its own session says: the channel, the way back, when it ends."""
    if session is None:
        return {"channel": None, "return_to": None, "expires_at": None}
    found = returns.addresses(session.return_to, session.state, settings.ways_back) if session.return_to else None
    ways: Value = None if found is None else {**found}
    return {"channel": session.channel, "return_to": ways, "expires_at": to_text(session.expires_at)}
