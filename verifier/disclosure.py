"""Disclosures and commitments, in the form of SD-JWT: `[salt, name, value]` under SHA-256 (`docs/format.md` §2)."""

import hashlib
import re
from collections.abc import Iterable, Mapping

from verifier import canonical
from verifier.errors import MalformedError, VerificationError

_SALT = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def commitment(salt: str, name: str, value: object) -> str:
    """Return the commitment (64 hex) to a value; ``salt`` is 32 hex digits, fresh for every field."""
    if not _SALT.fullmatch(salt):
        raise MalformedError("bad_salt", f"the salt of {name!r} is not 32 lower-case hex digits", field=name)
    if not _NAME.fullmatch(name):
        raise MalformedError("bad_field_name", "a field name is not a lower-case word of at most 64 letters")
    return hashlib.sha256(canonical.encode([salt, name, value])).hexdigest()


def open_fields(fields: Mapping[str, str], disclosures: Iterable[list[canonical.Value]]) -> dict[str, canonical.Value]:
    """Return the disclosed values by name; `VerificationError` if one does not open its commitment or comes twice."""
    opened: dict[str, canonical.Value] = {}
    for disclosure in disclosures:
        match disclosure:
            case [str(salt), str(name), value]:
                pass
            case _:
                raise MalformedError("bad_disclosure", "a disclosure is not [salt, name, value]")
        if name in opened or name not in fields:
            known = "twice" if name in opened else "for a field that the record does not commit to"
            raise VerificationError("unexpected_disclosure", f"{name!r} is disclosed {known}", field=name)
        if commitment(salt, name, value) != fields[name]:
            raise VerificationError(
                "commitment_mismatch", f"the value disclosed for {name!r} is not the committed one", field=name
            )
        opened[name] = value
    return opened
