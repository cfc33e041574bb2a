"""Everything else outside the process: time, documents, certificates, PDF signing, one-time codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ledger.domain.events import DocumentRef, Value
from ledger.ports.wallets import Question


class Clock(Protocol):
    """The only source of the present instant. ``simulated`` is told in every report."""

    simulated: bool

    def now(self) -> datetime:
        """Return the present UTC instant."""
        ...


class Documents(Protocol):
    """Encrypted, content-addressed documents; re-hashed on every read."""

    def put(self, content: bytes, *, subject: str, media_type: str, role: str) -> DocumentRef:
        """Store durably under the subject's key before returning."""
        ...

    def get(self, sha256: str, *, subject: str) -> bytes:
        """Return the bytes; `NotFoundError`, or `IntegrityError` when they no longer match."""
        ...


class CertificateAuthority(Protocol):
    """Issues short-lived signing certificates. The embedded one is a development stand-in."""

    name: str
    stand_in: bool

    def issue(
        self, csr_pem: str, *, subject: str, common_name: str, at: datetime, organization: str | None = None
    ) -> tuple[str, ...]:
        """Check the request's own signature and issue; returns the chain leaf-first in PEM. `CallerError` if bad.

        ``organization`` makes it the seal of that institution, whose name then stands as O.
        """
        ...

    def roots_pem(self) -> tuple[str, ...]:
        """Return trust anchors."""
        ...

    def issue_sm2(self, public_key: bytes, *, subject: str, common_name: str, at: datetime) -> tuple[str, ...]:
        """Issue under suite SM2 with SM3 for a key (65 bytes) whose possession was proven; as `issue` otherwise."""
        ...

    def sm2_roots_pem(self) -> tuple[str, ...]:
        """Return the trust anchors of that suite."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """A key that a device holds: the suite it signs in, the credential to record, and the name of the key."""

    suite: str
    credential: dict[str, Value]
    key: str


class KeyProofs(Protocol):
    """Whether a device holds the key that it wants registered, and the forms of its answers, a suite at a time."""

    def request(self, suite: str, nonce: bytes, stream: str, known: Sequence[Value]) -> Value:
        """Return what the device is asked; ``known`` are its credentials so far. `CallerError` for no such suite."""
        ...

    def question(self, suite: str, nonce: bytes, stream: str, answer: Mapping[str, Any]) -> Question | None:
        """Return what a chain has to be asked before `check`: an answer that may be a contract wallet's."""
        ...

    def check(
        self,
        suite: str,
        nonce: bytes,
        stream: str,
        answer: Mapping[str, Any],
        *,
        name: str,
        at: datetime,
        affirmed: Question | None = None,
    ) -> Proof:
        """Return what is proven; `CallerError` when the answer does not fit. ``affirmed``: the chain said yes to it."""
        ...

    def form(self, suite: str, approval: Mapping[str, Any]) -> dict[str, Value]:
        """Return an approval in the one form that is recorded."""
        ...


class TimestampAuthority(Protocol):
    """RFC 3161. The embedded one is a development stand-in.

    It stamps the newest checkpoint at most once per ``interval``; zero: every checkpoint.
    """

    @property
    def name(self) -> str:
        """Under which tokens are kept."""
        ...

    @property
    def stand_in(self) -> bool:
        """Whether it is for development."""
        ...

    @property
    def interval(self) -> timedelta:
        """How often it stamps."""
        ...

    def stamp(self, sha256_digest: bytes, at: datetime) -> bytes:
        """Return a DER TimeStampToken over a SHA-256 digest."""
        ...

    def roots_pem(self) -> tuple[str, ...]:
        """Return the trust anchors of its tokens."""
        ...


@dataclass(frozen=True, slots=True)
class PreparedPdf:
    """A PDF with room for one signature: sign ``to_sign`` (DER signed attributes) with ECDSA-SHA256."""

    pdf: bytes
    to_sign: bytes
    state: bytes


class PdfSigning(Protocol):
    """PAdES with the key outside: prepare here, sign at the client, assemble here."""

    def prepare(self, pdf: bytes, *, chain_pem: tuple[str, ...], field: str, reason: str, at: datetime) -> PreparedPdf:
        """Append an empty signature (incremental update: the shown bytes stay a prefix)."""
        ...

    def assemble(self, prepared: PreparedPdf, signature_der: bytes, at: datetime) -> bytes:
        """Insert the CMS with an RFC 3161 timestamp; `CallerError` if the signature does not verify."""
        ...

    def seal(self, pdf: bytes, *, field: str, reason: str, at: datetime) -> bytes:
        """Sign with the institution's own seal key (countersignature, reports)."""
        ...


class CodeSender(Protocol):
    """Delivers one-time codes and messages to mobiles. The embedded outbox is a development stand-in."""

    stand_in: bool

    def send(self, subject: str, mobile: str, code: str, at: datetime) -> None:
        """Hand a code over for delivery."""
        ...

    def deliver(self, message: str, subject: str, mobile: str, text: str, at: datetime) -> None:
        """Hand a text over for delivery, by its id: a second time under the same id is the same message.

        Returns once the gateway has it; raises when it does not, or may not.
        """
        ...
