"""What a check raises. Nothing here returns False: a claim holds, or an error carries the evidence against it."""

from collections.abc import Mapping


class VerifierError(Exception):
    """Base of all errors raised here: a stable code, a sentence that names the place, and the evidence."""

    def __init__(self, code: str, message: str, **evidence: object) -> None:
        """``evidence`` holds indexes, digests and names of fields; never disclosed values."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.evidence: Mapping[str, object] = evidence


class VerificationError(VerifierError):
    """The claim is false: bytes, order, signature or proof do not fit."""


class MalformedError(VerificationError):
    """The bytes are not of the format at all, or exceed a bound."""


class UndecidedError(VerifierError):
    """The claim can be neither confirmed nor refuted; the message names what is missing."""
