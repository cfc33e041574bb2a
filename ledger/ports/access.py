"""Who may call: local API keys and signed investor links."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ledger.domain.actors import Actor, Role


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown again: never its secret."""

    id: str
    label: str
    actor: Actor
    issued_at: datetime
    revoked_at: datetime | None


class ApiKeys(Protocol):
    """Locally issued keys, one duty each; only a hash of the secret is kept."""

    def issue(self, *, role: Role, label: str, at: datetime) -> tuple[ApiKey, str]:
        """Make a key for a new staff member; the secret is returned this once."""
        ...

    def find(self, secret: str) -> ApiKey:
        """Return the live key of this secret (constant-time compare); `ForbiddenError` otherwise."""
        ...

    def live(self, key_id: str) -> ApiKey:
        """Return the key of this id as long as it is not revoked; `ForbiddenError` otherwise."""
        ...

    def revoke(self, key_id: str, at: datetime) -> ApiKey:
        """End a key; `NotFoundError`."""
        ...

    def index(self) -> tuple[ApiKey, ...]:
        """List all keys, revoked ones too."""
        ...


class Secrets(Protocol):
    """Keys of the operator that never leave the process."""

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return HMAC-SHA-256 under a key derived for this purpose."""
        ...

    def seal(self, digest: bytes) -> bytes:
        """Sign a bundle digest with the operator's Ed25519 seal key."""
        ...

    def seal_public_key(self) -> bytes:
        """Return the raw Ed25519 public key of `seal`."""
        ...

    def log_vkey(self) -> str:
        """Return the log's verifier key in C2SP form."""
        ...
