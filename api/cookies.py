"""The cookies that hold a page's session: out of every script's reach, sent by our own pages only."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.settings import Settings
from ledger.services import console_sessions, sessions
from ledger.services.ledger import Ledger

NAME, CONSOLE = "pfl_session", "pfl_console"
_HOST = "__Host-"


def kept(cookies: Mapping[str, str], *, console: bool = False) -> str | None:
    """Return the session that a browser keeps: an investor's, or the console's."""
    name = CONSOLE if console else NAME
    return cookies.get(_HOST + name) or cookies.get(name)


def keep(request: Request, response: Response, session: sessions.Session) -> None:
    """Put a session into the answer's cookie."""
    ledger: Ledger = request.app.state.ledger
    settings: Settings = request.app.state.settings
    secure = request.url.scheme == "https"
    framed = secure and bool(settings.embedders)
    response.set_cookie(
        _HOST + NAME if secure else NAME,
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


def keep_console(request: Request, response: Response, session: console_sessions.ConsoleSession) -> None:
    """Put a console's session into the answer's cookie; nobody frames the console, so it never leaves our site."""
    ledger: Ledger = request.app.state.ledger
    secure = request.url.scheme == "https"
    response.set_cookie(
        _HOST + CONSOLE if secure else CONSOLE,
        console_sessions.token(ledger, session),
        max_age=int((session.expires_at - ledger.clock.now()).total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def drop(response: Response, *, console: bool = False) -> None:
    """Have the browser forget the session."""
    name = CONSOLE if console else NAME
    for each in (name, _HOST + name):
        response.delete_cookie(each, path="/", secure=each != name, httponly=True, samesite="strict")
