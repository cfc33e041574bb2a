"""Error families, sorted by whose fault it is. They know no HTTP status; `api/problems.py` translates.

Every error carries a stable ``code``, an English and a Chinese sentence that say what to do, and the evidence.
"""

from collections.abc import Mapping
from typing import ClassVar


class LedgerError(Exception):
    """Base of all errors we raise on purpose."""

    code: ClassVar[str] = "ledger_error"
    kept: ClassVar[bool] = False
    """True when the act that failed has written a record of the failure, which must be committed."""

    def __init__(self, message: str, zh: str = "", **evidence: object) -> None:
        """``message`` and ``zh`` name the fix; ``evidence`` never holds personal data."""
        super().__init__(message)
        self.message = message
        self.zh = zh or message
        self.evidence: Mapping[str, object] = evidence


class CallerError(LedgerError):
    """The request cannot be done as asked; nothing was written."""

    code = "invalid_request"


class NotFoundError(CallerError):
    """The named thing does not exist, or the caller may not know that it does."""

    code = "not_found"


class ConflictError(CallerError):
    """The request contradicts what is already recorded."""

    code = "conflict"


class IdempotencyConflictError(ConflictError):
    """An idempotency key came back with another body."""

    code = "idempotency_key_reused"


class ForbiddenError(CallerError):
    """The caller's duty does not allow this act (least privilege, separation of duties)."""

    code = "forbidden"


class RefusedError(CallerError):
    """Law or institution policy refuses; ``findings`` say which article and why."""

    code = "refused_by_rule"
    kept = True

    def __init__(self, message: str, zh: str = "", *, findings: tuple[object, ...], **evidence: object) -> None:
        """``findings`` are `ledger.domain.decision.Finding`, the failing ones first."""
        super().__init__(message, zh, **evidence)
        self.findings = findings


class CodeRejectedError(CallerError):
    """A one-time code was wrong, expired or used up; the attempt is recorded."""

    code = "code_rejected"
    kept = True


class OperatorError(LedgerError):
    """The operator must act: configuration, disk, keys, database version."""

    code = "operator_error"


class ConfigurationError(OperatorError):
    """A setting is missing or wrong; the message names the setting and a value that works."""

    code = "configuration_error"


class ChainError(OperatorError):
    """The chain is away, wrong or behind. Records are safe; anchoring waits."""

    code = "chain_error"


class AwayError(OperatorError):
    """Something outside that this request needs does not answer; nothing was written, it may pass later.

    Unlike its family it is told to the caller, with how to go on.
    """

    code = "outside_away"


class IntegrityError(LedgerError):
    """Stored bytes do not match their digest, or the chain contradicts the log. Never continue past it."""

    code = "integrity_error"
