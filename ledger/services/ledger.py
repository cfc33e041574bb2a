"""The container that `ledger.bootstrap` fills and every service takes: ports and rules, nothing concrete."""

from dataclasses import dataclass, field

from ledger.domain.actors import Actor, Role
from ledger.ports.access import ApiKeys, Secrets
from ledger.ports.anchor import Anchor
from ledger.ports.outbox import AnchoredLog
from ledger.ports.outside import (
    CertificateAuthority,
    Clock,
    CodeSender,
    Documents,
    KeyProofs,
    PdfSigning,
    TimestampAuthority,
)
from ledger.ports.papers import Papers
from ledger.ports.store import Store
from ledger.rules import Rules
from ledger.services.states import States
from ledger.services.witnessing import Witnessing

SYSTEM = Actor("0" * 32, Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything a use case needs. ``operator`` is the operator's own institution stream."""

    store: Store
    log: AnchoredLog
    anchor: Anchor
    documents: Documents
    clock: Clock
    ca: CertificateAuthority
    tsa: TimestampAuthority
    pdf: PdfSigning
    codes: CodeSender
    proofs: KeyProofs
    papers: Papers
    rules: Rules
    keys: ApiKeys
    secrets: Secrets
    operator: str
    institution: str
    stand_ins: tuple[str, ...]
    authorities: tuple[TimestampAuthority, ...] = ()
    """Timestamp authorities over checkpoints besides ``tsa``, which also stamps signatures."""
    site: str = "http://localhost:8000"
    """The public origin of the pages, for links in messages."""
    states: States = field(default_factory=States)
    witnessing: Witnessing | None = None
