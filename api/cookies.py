"""The cookie that holds a page's session: out of every script's reach, sent by our own pages only."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.settings import Settings
from ledger.services import sessions
from ledger.services.ledger import Ledger

NAME, SECURE = "pfl_session", "__Host-pfl_session"


def kept(cookies: Mapping[str, str]) -> str | None:
    """Return the session that a browser keeps."""
    return cookies.get(SECURE) or cookies.get(NAME)


def keep(request: Request, response: Response, session: sessions.Session) -> None:
    """Put a session into the answer's cookie."""
    ledger: Ledger = request.app.state.ledger
    settings: Settings = request.app.state.settings
    secure = request.url.scheme == "https"
    framed = secure and bool(settings.embedders)
    response.set_cookie(
        SECURE if secure else NAME,
        sessions.token(ledger, session),
        max_age=int((session.expires_at - ledger.clock.now()).total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="none" if framed else "strict",
    )
    if framed:  # in another site's frame the cookie is kept apart for that site (CHIPS)
        name, value = response.raw_headers.pop()
        response.raw_headers.append((name, value + b"; Partitioned"))


def drop(response: Response) -> None:
    """Have the browser forget the session."""
    for name in (NAME, SECURE):
        response.delete_cookie(name, path="/", secure=name == SECURE, httponly=True, samesite="strict")
