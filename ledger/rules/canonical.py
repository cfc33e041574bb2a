"""Canonical JSON (RFC 8785) of values without floats: what decisions and ruleset digests are hashed over.

`ledger.rules` may not import `verifier` (`design.md` §3); a test holds the two encoders to the same bytes.
"""

import json
from collections.abc import Mapping

from ledger.domain.events import Value


def encode(value: Value) -> bytes:
    """Return the canonical bytes; ``TypeError`` for anything that is not a `Value` with ASCII member names."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()


def _check(value: object) -> None:
    match value:
        case None | bool() | int() | str():
            return
        case list():
            for item in value:
                _check(item)
        case dict():
            for name, item in value.items():
                if not isinstance(name, str) or not name.isascii():
                    raise TypeError(f"member name {name!r} is not ASCII: sort order would differ between encoders")
                _check(item)
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form: write it as text first")


def text_files(files: Mapping[str, str]) -> bytes:
    """Return the canonical bytes of a set of files."""
    return encode(dict(files))
