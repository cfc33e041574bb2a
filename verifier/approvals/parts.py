"""What the suites share: reading the members of disclosed objects."""

import re
from collections.abc import Mapping
from typing import Any, Final

from verifier.errors import MalformedError
from verifier.record import members

MAX_TEXT: Final = 8 * 1024
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})+")


def texts(value: object, names: frozenset[str], what: str) -> Mapping[str, str]:
    """Return an object with exactly these members, all texts of bounded length; `MalformedError` otherwise."""
    body = members(value, names, what)
    for name, text in body.items():
        if not isinstance(text, str) or not 0 < len(text) <= MAX_TEXT:
            raise MalformedError("bad_member", f"{what}.{name} is not a text of at most {MAX_TEXT} characters")
    return body


def unhex(text: Any, what: str) -> bytes:
    """Return the bytes of lower-case hex."""
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise MalformedError("bad_member", f"{what} is not lower-case hex")
    return bytes.fromhex(text)
