"""The record: canonical bytes in, a validated value out (`docs/format.md` §2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from verifier import canonical
from verifier.errors import MalformedError
from verifier.merkle import SHA256, SM3

MAX_RECORD = 64 * 1024
MAX_ITEMS = 256
ZERO = "0" * 64

_MEMBERS = frozenset(
    ("v", "type", "id", "stream", "seq", "prev", "occurred_at", "recorded_at", "actor", "refs", "fields", "documents"),
)
_TYPE = re.compile(r"[a-z][a-z_]{0,39}\.[a-z][a-z_]{0,39}")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{64}")
_ACTOR = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Ref:
    """Another record by SHA-256 leaf hash (hex), and what it is to this one."""

    leaf: str
    role: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document by both digests (hex); ``role`` says what it is to the record."""

    bytes: int
    media_type: str
    role: str
    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True)
class Record:
    """A validated record. Instants are texts of fixed width, so they compare as text; leaf hashes are hex."""

    bytes: bytes
    leaf_sha256: str
    leaf_sm3: str
    type: str
    id: str
    stream: str
    seq: int
    prev: str
    occurred_at: str
    recorded_at: str
    actor_id: str
    actor_role: str
    refs: tuple[Ref, ...]
    fields: Mapping[str, str]
    documents: tuple[Document, ...]


def encode(record: Mapping[str, Any]) -> bytes:
    """Write a record as canonical bytes; `MalformedError` names the member that is not of the format."""
    data = canonical.encode(dict(record))
    _validate(record, data)
    return data


def of(value: dict[str, Any]) -> Record:
    """Read a record that stands as an object inside other canonical JSON."""
    return _validate(value, canonical.encode(value))


def parse(data: bytes) -> Record:
    """Read a record's bytes; `MalformedError` unless they are canonical and every member is of the format."""
    return _validate(canonical.decode(data, MAX_RECORD), data)


def instant(text: object, what: str) -> datetime:
    """Read an instant of the format; `MalformedError` otherwise."""
    if isinstance(text, str) and _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # a day or hour that does not exist: refused below like any other wrong form
    raise MalformedError("bad_instant", f"{what} is not an instant YYYY-MM-DDThh:mm:ss.ffffffZ", member=what)


def members(value: object, names: frozenset[str], what: str) -> dict[str, Any]:
    """Return ``value`` as an object with exactly these members; `MalformedError` otherwise."""
    if not isinstance(value, dict) or value.keys() != names:
        raise MalformedError("bad_members", f"{what} must have exactly: {', '.join(sorted(names))}", member=what)
    return value


def _validate(value: object, data: bytes) -> Record:
    if len(data) > MAX_RECORD:
        raise MalformedError("too_large", f"the record has {len(data)} bytes, more than {MAX_RECORD}", limit=MAX_RECORD)
    body = members(value, _MEMBERS, "record")
    if type(body["v"]) is not int or body["v"] != 1:
        raise MalformedError("unknown_version", "the record's version is not 1: use a verifier that knows it")
    seq = _count(body["seq"], "seq")
    prev = _text(body["prev"], _HASH, "prev")
    if (seq == 0) != (prev == ZERO):
        raise MalformedError("bad_prev", "prev is all zeros exactly when seq is 0", member="prev")
    instant(body["occurred_at"], "occurred_at")
    instant(body["recorded_at"], "recorded_at")
    actor = members(body["actor"], frozenset(("id", "role")), "actor")
    if not isinstance(body["fields"], dict) or len(body["fields"]) > MAX_ITEMS:
        raise MalformedError("bad_members", f"fields is not an object of at most {MAX_ITEMS} members", member="fields")
    for name, value_commitment in body["fields"].items():
        _text(name, _WORD, "the name of a field")
        _text(value_commitment, _HASH, f"fields.{name}")
    return Record(
        data,
        SHA256.leaf(data).hex(),
        SM3.leaf(data).hex(),
        _text(body["type"], _TYPE, "type"),
        _text(body["id"], _UUID7, "id"),
        _text(body["stream"], _HASH, "stream"),
        seq,
        prev,
        body["occurred_at"],
        body["recorded_at"],
        _text(actor["id"], _ACTOR, "actor.id"),
        _text(actor["role"], _WORD, "actor.role"),
        tuple(_ref(item, f"refs[{i}]") for i, item in enumerate(_list(body["refs"], "refs"))),
        MappingProxyType(body["fields"]),
        tuple(_document(item, f"documents[{i}]") for i, item in enumerate(_list(body["documents"], "documents"))),
    )


def _ref(value: object, what: str) -> Ref:
    body = members(value, frozenset(("leaf", "role")), what)
    return Ref(_text(body["leaf"], _HASH, what + ".leaf"), _text(body["role"], _WORD, what + ".role"))


def _document(value: object, what: str) -> Document:
    body = members(value, frozenset(("bytes", "media_type", "role", "sha256", "sm3")), what)
    return Document(
        _count(body["bytes"], what + ".bytes"),
        _text(body["media_type"], _MEDIA_TYPE, what + ".media_type"),
        _text(body["role"], _WORD, what + ".role"),
        _text(body["sha256"], _HASH, what + ".sha256"),
        _text(body["sm3"], _HASH, what + ".sm3"),
    )


def _text(value: object, form: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise MalformedError("bad_member", f"{what} does not have its form ({form.pattern})", member=what)
    return value


def _count(value: object, what: str) -> int:
    if type(value) is not int or value < 0:
        raise MalformedError("bad_member", f"{what} is not a whole number from 0", member=what)
    return value


def _list(value: object, what: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise MalformedError("bad_member", f"{what} is not a list of at most {MAX_ITEMS}", member=what)
    return value
