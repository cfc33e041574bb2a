"""Who does something: a pseudonymous id and the duty in which they act (`design.md` §11)."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Duties. Separation is by person: whoever sold may neither certify nor visit."""

    INVESTOR = "investor"
    SALES = "sales"
    CERTIFIER = "certifier"
    ASSESSOR = "assessor"
    VISITOR = "visitor"
    COMPLIANCE = "compliance"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """``id`` is 32 hex digits for staff and the 64-hex stream for an investor; never a name.

    ``person``: who acts for an institution, by the leaf of the record that names them (`ledger.domain.authority`).
    """

    id: str
    role: Role
    person: str | None = None
    channel: str = field(default="", compare=False)
    """Through what they came, as a signed link says; not part of who they are."""
