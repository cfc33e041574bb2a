"""What can be wrong with a request before any service sees it. `api/problems.py` gives each its status."""

from typing import ClassVar

from ledger.errors import CallerError, ForbiddenError


class UnauthenticatedError(CallerError):
    """Nobody can be recognised from the Authorization header."""

    code = "unauthenticated"


class CodeNeededError(ForbiddenError):
    """A page's session has not had its one-time code yet."""

    code = "code_needed"


class IdempotencyKeyError(CallerError):
    """A write came without a usable ``Idempotency-Key``."""

    code = "idempotency_key_missing"


class MalformedBodyError(CallerError):
    """The body is not the JSON or multipart text it says it is."""

    code = "malformed_body"


class MediaTypeError(CallerError):
    """The body's media type is not the one this path takes."""

    code = "unsupported_media_type"


class TooLargeError(CallerError):
    """The body is longer than the limit."""

    code = "body_too_large"


class UnknownPathError(CallerError):
    """There is nothing at this path."""

    code = "unknown_path"


class MethodError(CallerError):
    """The path exists but not with this method."""

    code = "method_not_allowed"


class InvalidFieldsError(CallerError):
    """Some fields are missing, unknown or not of their form; ``fields`` names each with its fix."""

    code = "invalid_fields"
    limit: ClassVar[int] = 20

    def __init__(self, fields: list[dict[str, str]]) -> None:
        """``fields`` are ``{field, problem, zh}``; never a value the caller sent."""
        first, more = fields[0], len(fields) - 1
        also = f" (and {more} more, see fields)" if more else ""
        super().__init__(f"{first['field']}: {first['problem']}{also}", f"{first['field']}:{first['zh']}")
        self.fields = fields[: self.limit]
