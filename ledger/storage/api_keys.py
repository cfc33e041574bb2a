"""Local API keys (`ledger.ports.access.ApiKeys`): 256 random bits each, of which only a SHA-256 is kept."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from ledger.domain.actors import Actor, Role
from ledger.domain.instants import from_text, to_text
from ledger.errors import ForbiddenError, NotFoundError
from ledger.ports.access import ApiKey
from ledger.storage.schema import api_keys
from ledger.storage.store import SqlStore

_PREFIX: Final = "pfl"
_NOBODY: Final = bytes(32)


class SqlApiKeys:
    """Keys in the store's database; writes join the caller's open transaction."""

    def __init__(self, store: SqlStore) -> None:
        """``store`` holds the table."""
        self._store = store
        self._known: tuple[object, dict[str, tuple[bytes, ApiKey]]] = (None, {})

    def issue(self, *, role: Role, label: str, at: datetime) -> tuple[ApiKey, str]:
        """Make a key ``pfl_<id>_<secret>`` for a new pseudonymous staff member; it is returned this once."""
        identity, secret = secrets.token_hex(8), secrets.token_hex(32)
        key = ApiKey(identity, label, Actor(secrets.token_hex(16), role), at, None)
        with self._store.writing() as connection:
            connection.execute(
                insert(api_keys).values(
                    id=identity,
                    secret_sha256=_digest(secret),
                    label=label,
                    actor=key.actor.id,
                    duty=role.value,
                    issued_at=to_text(at),
                )
            )
        return key, f"{_PREFIX}_{identity}_{secret}"

    def find(self, secret: str) -> ApiKey:
        """Return the live key of this token; `ForbiddenError`, the same whether unknown, malformed or revoked."""
        prefix, _, rest = secret.partition("_")
        identity, _, kept = rest.partition("_")
        found = self._stored(identity)
        expected, key = (_NOBODY, None) if found is None else found
        same = hmac.compare_digest(_digest(kept), expected)
        if key is None or prefix != _PREFIX or not same or key.revoked_at is not None:
            raise ForbiddenError(
                "the API key is unknown or revoked: ask an administrator for one", "API 密钥无效或已吊销"
            )
        return key

    def _stored(self, identity: str) -> tuple[bytes, ApiKey] | None:
        """Read a key with its digest, again once anything was committed: a revocation counts at once, everywhere."""
        mark = self._store.mark()
        at, known = self._known
        if at == mark and identity in known:
            return known[identity]
        with self._store.reading() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.id == identity)).one_or_none()
        if row is None:
            return None
        found = (row.secret_sha256, _key(row))
        if self._store.mark() == mark:
            self._known = (mark, {**(known if at == mark else {}), identity: found})
        return found

    def live(self, key_id: str) -> ApiKey:
        """Return the key of this id as long as it is not revoked; `ForbiddenError` otherwise."""
        live = select(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
        with self._store.reading() as connection:
            row = connection.execute(live).one_or_none()
        if row is None:
            raise ForbiddenError(
                "the API key is unknown or revoked: ask an administrator for one", "API 密钥无效或已吊销"
            )
        return _key(row)

    def revoke(self, key_id: str, at: datetime) -> ApiKey:
        """End a key; a second time changes nothing. `NotFoundError`."""
        this = api_keys.c.id == key_id
        with self._store.writing() as connection:
            live = update(api_keys).where(this, api_keys.c.revoked_at.is_(None))
            connection.execute(live.values(revoked_at=to_text(at)))
            row = connection.execute(select(api_keys).where(this)).one_or_none()
            if row is None:
                raise NotFoundError("there is no API key with this id", "没有此 API 密钥")
        return _key(row)

    def index(self) -> tuple[ApiKey, ...]:
        """List all keys in order of issue, revoked ones too."""
        with self._store.reading() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.number)).all()
        return tuple(_key(row) for row in rows)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _key(row: Row[Any]) -> ApiKey:
    revoked = None if row.revoked_at is None else from_text(row.revoked_at)
    return ApiKey(row.id, row.label, Actor(row.actor, Role(row.duty)), from_text(row.issued_at), revoked)
