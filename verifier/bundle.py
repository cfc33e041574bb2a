"""The evidence bundle: one file, read into its parts, not yet believed (`docs/format.md` §8).

`parse` checks shape and bounds; what the parts claim is checked by `verifier.verify`, step by step.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from verifier import canonical, stream_map
from verifier.cosignature import MAX_WITNESSES
from verifier.digests import sha256
from verifier.errors import MalformedError
from verifier.merkle import MAX_PATH, MAX_SIZE
from verifier.record import instant, members

MAX_BYTES: Final = canonical.MAX_BYTES
MAX_LISTED: Final = 100_000

_MEMBERS: Final = frozenset(
    {
        *("v", "kind", "origin", "subject", "created_at", "stand_ins", "records", "head", "checkpoints"),
        "completeness",
        *("anchors", "timestamps", "documents", "certificates", "keys", "rulesets", "seal"),
    }
)
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_SEAL: Final = re.compile(r"[0-9a-f]{128}")
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})+")
_STAND_IN: Final = re.compile(r"[a-z]{1,32}:[a-z0-9-]{1,64}")
_ORIGIN: Final = re.compile(r"[\x21-\x7e]{1,255}")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proof:
    """The same path in both trees (32-byte hashes, RFC 9162 order)."""

    sha256: tuple[bytes, ...]
    sm3: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record at its index, still an unchecked object, with disclosures and its proof of inclusion in the head."""

    index: int
    record: dict[str, Any]
    disclosures: tuple[Any, ...]
    inclusion: Proof


@dataclass(frozen=True, slots=True)
class Link:
    """An earlier checkpoint and the proof that the head extends it."""

    note: str
    consistency: Proof


@dataclass(frozen=True, slots=True)
class Token:
    """An RFC 3161 token over the note body of the checkpoint of ``size``."""

    size: int
    token: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """A document's bytes under the digest they should have."""

    sha256: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The files of a ruleset under the digest they should have."""

    digest: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle's parts. ``anchors`` are raw objects for `verifier.anchor.parse`; certificates are DER."""

    sha256: str
    origin: str
    subject: str
    created_at: str
    stand_ins: tuple[str, ...]
    records: tuple[Entry, ...]
    head: str
    checkpoints: tuple[Link, ...]
    completeness: tuple[tuple[str, stream_map.Proof], ...]
    anchors: tuple[dict[str, Any], ...]
    timestamps: tuple[Token, ...]
    documents: tuple[Content, ...]
    roots: tuple[bytes, ...]
    timestamp_roots: tuple[bytes, ...]
    sm2_roots: tuple[bytes, ...]
    log_key: str
    seal_key: bytes
    witnesses: tuple[str, ...]
    rulesets: tuple[Ruleset, ...]
    seal: bytes
    sealed: bytes


def parse(data: bytes) -> Bundle:
    """Read a bundle of at most 64 MiB; `MalformedError` names the member that is not of the format."""
    body = members(canonical.decode(data, MAX_BYTES), _MEMBERS, "bundle")
    if type(body["v"]) is not int or body["v"] != 1 or body["kind"] != "pfl-evidence":
        raise MalformedError("unknown_version", "this is not an evidence bundle of version 1")
    subject = members(body["subject"], frozenset(("kind", "stream")), "subject")
    if subject["kind"] != "sale":
        raise MalformedError("bad_member", "subject.kind is not sale", member="subject.kind")
    instant(body["created_at"], "created_at")
    certificates = members(body["certificates"], frozenset(("roots", "timestamp_roots", "sm2_roots")), "certificates")
    keys = members(body["keys"], frozenset(("log", "seal", "witnesses")), "keys")
    return Bundle(
        sha256(data).hex(),
        _text(body["origin"], "origin", _ORIGIN),
        _text(subject["stream"], "subject.stream", _HASH),
        body["created_at"],
        _list(body["stand_ins"], "stand_ins", lambda v, w: _text(v, w, _STAND_IN)),
        _list(body["records"], "records", _entry),
        _text(body["head"], "head"),
        _list(body["checkpoints"], "checkpoints", _link),
        _list(body["completeness"], "completeness", stream_map.parse),
        _list(body["anchors"], "anchors", _object),
        _list(body["timestamps"], "timestamps", _token),
        _list(body["documents"], "documents", _content),
        _list(certificates["roots"], "certificates.roots", _hex),
        _list(certificates["timestamp_roots"], "certificates.timestamp_roots", _hex),
        _list(certificates["sm2_roots"], "certificates.sm2_roots", _hex),
        _text(keys["log"], "keys.log"),
        bytes.fromhex(_text(keys["seal"], "keys.seal", _HASH)),
        _list(keys["witnesses"], "keys.witnesses", _text, MAX_WITNESSES),
        _list(body["rulesets"], "rulesets", _ruleset),
        bytes.fromhex(_text(body["seal"], "seal", _SEAL)),
        seal_digest(body),
    )


def seal_digest(body: dict[str, Any]) -> bytes:
    """Return the SHA-256 that the seal signs: canonical JSON of all members but ``seal``."""
    return sha256(canonical.encode({name: value for name, value in body.items() if name != "seal"}))


def _entry(value: object, what: str) -> Entry:
    body = members(value, frozenset(("index", "record", "disclosures", "inclusion")), what)
    disclosures = _list(body["disclosures"], what + ".disclosures", lambda v, _: v)
    return Entry(
        _count(body["index"], what + ".index"),
        _object(body["record"], what + ".record"),
        disclosures,
        _proof(body["inclusion"], what + ".inclusion"),
    )


def _link(value: object, what: str) -> Link:
    body = members(value, frozenset(("note", "consistency")), what)
    return Link(_text(body["note"], what + ".note"), _proof(body["consistency"], what + ".consistency"))


def _token(value: object, what: str) -> Token:
    body = members(value, frozenset(("kind", "over", "size", "token")), what)
    if body["kind"] != "rfc3161" or body["over"] != "checkpoint":
        raise MalformedError("bad_member", f"{what} is not an rfc3161 token over a checkpoint", member=what)
    return Token(_count(body["size"], what + ".size"), _hex(body["token"], what + ".token"))


def _content(value: object, what: str) -> Content:
    body = members(value, frozenset(("sha256", "media_type", "content")), what)
    text = _text(body["content"], what + ".content")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if base64.b64encode(content).decode("ascii") != text:
        raise MalformedError("bad_base64", f"{what}.content is not canonical base64", member=what)
    media_type = _text(body["media_type"], what + ".media_type", _MEDIA_TYPE)
    return Content(_text(body["sha256"], what + ".sha256", _HASH), media_type, content)


def _ruleset(value: object, what: str) -> Ruleset:
    body = members(value, frozenset(("digest", "files")), what)
    files = _object(body["files"], what + ".files")
    for name, text in files.items():
        _text(text, f"{what}.files[{name[:64]!r}]")
    return Ruleset(_text(body["digest"], what + ".digest", _HASH), files)


def _proof(value: object, what: str) -> Proof:
    body = members(value, frozenset(("sha256", "sm3")), what)
    return Proof(_path(body["sha256"], what + ".sha256"), _path(body["sm3"], what + ".sm3"))


def _path(value: object, what: str) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MAX_PATH:
        raise MalformedError("bad_member", f"{what} is not a list of at most {MAX_PATH}", member=what)
    return tuple(bytes.fromhex(_text(node, what, _HASH)) for node in value)


def _list(value: object, what: str, read: Callable[[Any, str], T], most: int = MAX_LISTED) -> tuple[T, ...]:
    if not isinstance(value, list) or len(value) > most:
        raise MalformedError("bad_member", f"{what} is not a list of at most {most}", member=what)
    return tuple(read(item, f"{what}[{i}]") for i, item in enumerate(value))


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedError("bad_member", f"{what} is not an object", member=what)
    return value


def _text(value: object, what: str, form: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or (form is not None and not form.fullmatch(value)):
        raise MalformedError("bad_member", f"{what} does not have its form", member=what)
    return value


def _hex(value: object, what: str) -> bytes:
    return bytes.fromhex(_text(value, what, _HEX))


def _count(value: object, what: str) -> int:
    if type(value) is not int or not 0 <= value <= MAX_SIZE:
        raise MalformedError("bad_member", f"{what} is not a whole number from 0", member=what)
    return value
