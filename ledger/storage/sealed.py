"""What is encrypted at rest, and under which key: disclosures (subject), answers and pending work (ledger)."""

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

from ledger.domain.events import Value
from ledger.errors import IntegrityError
from ledger.storage.keys import KEY_BYTES, MasterKey, seal, unseal
from verifier import canonical

Disclosure: TypeAlias = tuple[str, str, Value]


def wrap_subject_key(master: MasterKey, stream: str, key: bytes) -> bytes:
    """Wrap a subject's key, bound to its stream."""
    return master.wrap(key, f"subject:{stream}")


def unwrap_subject_key(master: MasterKey, stream: str, wrapped: bytes) -> bytes:
    """Unwrap it; `IntegrityError` if it was changed or belongs to another stream."""
    key = master.unwrap(wrapped, f"subject:{stream}")
    if len(key) != KEY_BYTES:
        raise IntegrityError(f"the key of stream {stream[:8]}… is not {KEY_BYTES} bytes long: restore a backup")
    return key


def seal_disclosures(key: bytes, leaf: bytes, disclosures: Sequence[Disclosure]) -> bytes:
    """Encrypt a record's disclosures in one box, bound to the record's leaf hash (32 bytes)."""
    return seal(key, canonical.encode([list(d) for d in disclosures]), b"disclosures:" + leaf)


def open_disclosures(key: bytes, leaf: bytes, box: bytes) -> tuple[Disclosure, ...]:
    """Open them; `IntegrityError`. The box authenticates what we wrote, so it is not checked for form again."""
    found: list[list[Any]] = json.loads(unseal(key, box, b"disclosures:" + leaf))
    return tuple((salt, name, value) for salt, name, value in found)
