"""What a reader brings along: keys, roots, contracts and blocks pinned from elsewhere (`docs/format.md` §10)."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from verifier import canonical
from verifier.errors import MalformedError

MAX_BYTES: Final = 1024 * 1024
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})+")
_MEMBERS: Final = frozenset(("log", "seal", "roots", "timestamp_roots", "contracts", "blocks"))


@dataclass(frozen=True, slots=True)
class Trust:
    """Pins by kind; a kind that is ``None`` is not pinned. All are the texts that a bundle uses, in sets."""

    log: frozenset[str] | None = None
    seal: frozenset[str] | None = None
    roots: frozenset[str] | None = None
    timestamp_roots: frozenset[str] | None = None
    contracts: frozenset[str] | None = None
    blocks: frozenset[str] | None = None


def parse(data: bytes) -> Trust:
    """Read a trust file (any JSON layout); `MalformedError` for unknown members or anything but lists of texts."""
    if len(data) > MAX_BYTES:
        raise MalformedError("too_large", f"the trust file is larger than {MAX_BYTES} bytes", limit=MAX_BYTES)
    canonical.require_shallow(data)
    try:
        body = json.loads(data.decode("utf-8"))
    except ValueError:
        raise MalformedError("not_json", "the trust file is not JSON") from None
    if not isinstance(body, dict) or not body or body.keys() - _MEMBERS:
        raise MalformedError("bad_members", f"a trust file has some of: {', '.join(sorted(_MEMBERS))}")
    return Trust(**{name: _texts(name, value) for name, value in body.items()})


def _texts(name: str, value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise MalformedError("bad_member", f"{name} of the trust file is not a list of texts", member=name)
    if name != "log" and not all(_HEX.fullmatch(item) for item in value):
        raise MalformedError("bad_member", f"{name} of the trust file is not lower-case hex", member=name)
    return frozenset(value)
