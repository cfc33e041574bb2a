"""Who is calling, and whether their duty lets them in."""

from collections.abc import Mapping

from api.duties import Duty
from api.errors import UnauthenticatedError
from ledger.domain.actors import Actor, Role
from ledger.errors import ForbiddenError, NotFoundError
from ledger.services import links
from ledger.services.ledger import Ledger
from ledger.services.write import Reader

MAX_HEADER = 2048
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
