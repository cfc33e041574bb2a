"""Who is calling, and whether their duty lets them in."""

from collections.abc import Mapping

from starlette.datastructures import Headers

from api.cookies import kept
from api.duties import Duty
from api.errors import CodeNeededError, UnauthenticatedError
from ledger.domain.actors import Actor, Role
from ledger.errors import ForbiddenError, NotFoundError
from ledger.services import console_sessions, links, sessions
from ledger.services.ledger import Ledger
from ledger.services.write import Reader

MAX_HEADER = 2048
PAGE_HEADER = "x-pfl-page"
"""Our own pages send it with every call. Another origin's cannot: a browser asks us first, and we never agree."""

INVESTORS_PAGE, CONSOLE_PAGE = "1", "console"
"""Its values: whose page calls, and so which of a browser's two sessions counts."""

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="pfl"'}


def authenticate(ledger: Ledger, header: str | None) -> Actor:
    """Return the actor of ``Authorization: Bearer <API key or investor link>``; `UnauthenticatedError` otherwise."""
    scheme, _, token = (header or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or not token.isascii() or len(token) > MAX_HEADER:
        raise UnauthenticatedError(
            "send the header Authorization: Bearer <API key or investor link>",
            "请在请求头 Authorization 中以 Bearer 方式携带密钥或投资者链接令牌",
        )
    try:
        if token.startswith(links.PREFIX):
            return links.open_link(ledger, token, ledger.clock.now())
        return ledger.keys.find(token).actor
    except ForbiddenError as error:
        raise UnauthenticatedError(error.message, error.zh) from error


def session_of(ledger: Ledger, headers: Headers, cookies: Mapping[str, str]) -> sessions.Session:
    """Return the session of a page's call; `UnauthenticatedError` without a cookie, or from anybody else's page."""
    found = kept(cookies)
    if found is None:
        raise UnauthenticatedError(
            "send the header Authorization: Bearer <API key or investor link>",
            "请在请求头 Authorization 中以 Bearer 方式携带密钥或投资者链接令牌",
        )
    require_own_page(headers)
    try:
        return sessions.resume(ledger, found)
    except ForbiddenError as error:
        raise UnauthenticatedError(error.message, error.zh) from error


def console_of(ledger: Ledger, headers: Headers, cookies: Mapping[str, str]) -> Actor:
    """Return who works at the console; `UnauthenticatedError` without a session, or from anybody else's page."""
    require_own_page(headers, CONSOLE_PAGE)
    found = kept(cookies, console=True)
    if found is None:
        raise UnauthenticatedError("sign in at the console with an API key first", "请先在控制台使用 API 密钥登录")
    try:
        return console_sessions.resume(ledger, found).actor
    except ForbiddenError as error:
        raise UnauthenticatedError("this session is over: sign in again", "会话已结束，请重新登录") from error


def require_own_page(headers: Headers, page: str = INVESTORS_PAGE) -> None:
    """Refuse what another origin's page made the browser send (cross-site request forgery)."""
    if headers.get(PAGE_HEADER) != page or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise UnauthenticatedError(
            f"a session counts only in our own pages: send the header X-PFL-Page: {page} from the same origin",
            "会话仅在本站页面内有效",
        )


def caller(
    ledger: Ledger, headers: Headers, cookies: Mapping[str, str], duty: Duty
) -> tuple[Actor, sessions.Session | None]:
    """Return who calls, by key, link or page session; a session without its code gets only to the first step."""
    header = headers.get("authorization")
    if header is not None or not cookies:
        return authenticate(ledger, header), None
    if headers.get(PAGE_HEADER) == CONSOLE_PAGE:
        actor = console_of(ledger, headers, cookies)
        if not duty.console:
            raise ForbiddenError("the console only reads: act through the API with your key", "控制台仅供查阅")
        return actor, None
    session = session_of(ledger, headers, cookies)
    if not session.verified and not duty.early:
        raise CodeNeededError("type in the code that was sent to your mobile first", "请先输入发送至您手机的验证码")
    return session.actor, session


def require_duty(actor: Actor, duty: Duty) -> None:
    """Let the actor in, or raise `ForbiddenError` that names the duties which may."""
    if duty.roles is None or actor.role in duty.roles:
        return
    needed = sorted(role.value for role in duty.roles)
    raise ForbiddenError(
        f"{duty.method} {duty.path} needs the duty {' or '.join(needed)}; your key has the duty {actor.role}",
        f"该操作需要以下职责之一：{'、'.join(needed)}；当前密钥的职责为 {actor.role}",
        needed=needed,
        held=actor.role.value,
    )


def require_own_stream(actor: Actor, path: Mapping[str, str]) -> None:
    """Keep an investor's link to that investor. The answer is the same whether the other one exists or not."""
    if actor.role is Role.INVESTOR and path.get("investor", actor.id) != actor.id:
        raise _not_own()


def require_own_sale(reader: Reader, actor: Actor, sale: str) -> None:
    """Keep an investor's link to that investor's sales; same answer for a sale that does not exist."""
    if actor.role is not Role.INVESTOR:
        return
    if not _owns_sale(reader, actor, sale):
        raise _not_own()


def _owns_sale(reader: Reader, actor: Actor, sale: str) -> bool:
    """Tell whether a stream is a sale of this investor."""
    try:
        first = reader.events(sale)[0]
    except NotFoundError:
        return False
    return first.type == "sale.opened" and first.fields["investor"] == actor.id


def _not_own() -> ForbiddenError:
    return ForbiddenError(
        "this link opens only its own investor and that investor's sales: use the link you were given for it",
        "该链接只能访问本人的资料与认购，请使用对应的链接",
    )
