"""Checkpoints: C2SP tlog-checkpoint bodies in C2SP signed notes, Ed25519 (`docs/format.md` §4)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from verifier.errors import MalformedError, VerificationError

MAX_NOTE: Final = 16 * 1024
MAX_SIGNATURES: Final = 32
ED25519: Final = 0x01
_KEY_ID = 4
_SIGNATURE = 64
_ORIGIN = re.compile(r"[\x21-\x7e]{1,255}")
_KEY_NAME = re.compile(r"[\x21-\x2a\x2c-\x7e]{1,255}")  # printable, no space and no plus
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_ROOT = re.compile(r"[A-Za-z0-9+/]{43}=")
_LINE = re.compile(r"— ([^ \n+]+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log: ``size`` records under two 32-byte roots, and the root of the stream map over them."""

    origin: str
    size: int
    sha256_root: bytes
    sm3_root: bytes
    map_root: bytes

    @property
    def roots(self) -> tuple[bytes, bytes, bytes]:
        """Return the roots of the SHA-256 tree, of the SM3 tree and of the stream map."""
        return self.sha256_root, self.sm3_root, self.map_root

    def body(self) -> str:
        """Return the signed text with its last newline."""
        roots = f"{_b64(self.sha256_root)}\nsm3 {_b64(self.sm3_root)}\nmap {_b64(self.map_root)}\n"
        return f"{self.origin}\n{self.size}\n{roots}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note: key name, 4-byte key id and the bytes after it."""

    name: str
    key_id: bytes
    signature: bytes


def key_id(name: str, public_key: bytes, algorithm: int = ED25519) -> bytes:
    """Return SHA-256(name ‖ 0x0A ‖ algorithm ‖ key)[:4] (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public_key).digest()[:_KEY_ID]


def vkey(name: str, public_key: Ed25519PublicKey, algorithm: int = ED25519) -> str:
    """Return the verifier key ``name+hex id+base64(algorithm ‖ key)``."""
    if not _KEY_NAME.fullmatch(name):
        raise MalformedError("bad_key_name", "a key name is printable ASCII without space and plus")
    raw = public_key.public_bytes_raw()
    return f"{name}+{key_id(name, raw, algorithm).hex()}+{_b64(bytes([algorithm]) + raw)}"


def parse_vkey(text: str, algorithm: int = ED25519) -> tuple[str, bytes, Ed25519PublicKey]:
    """Return name, key id and key of a verifier key; `MalformedError` unless it is well formed and of this kind."""
    name, plus, rest = text.partition("+")
    identity, _, encoded = rest.partition("+")
    raw = _unb64(encoded, "the verifier key")
    if not plus or not _KEY_NAME.fullmatch(name) or len(raw) != 1 + 32 or raw[0] != algorithm:
        raise MalformedError(
            "bad_vkey", f"the verifier key is not name+id+base64 of an Ed25519 key of kind 0x{algorithm:02x}"
        )
    if key_id(name, raw[1:], algorithm).hex() != identity:
        raise MalformedError("bad_vkey", "the verifier key's id does not fit its name and key")
    return name, bytes.fromhex(identity), Ed25519PublicKey.from_public_bytes(raw[1:])


def sign(checkpoint: Checkpoint, key_name: str, private_key: Ed25519PrivateKey) -> str:
    """Return the signed note; the same checkpoint and key give the same note."""
    parse_body(checkpoint.body())
    name, identity, _ = parse_vkey(vkey(key_name, private_key.public_key()))
    signature = private_key.sign(checkpoint.body().encode())
    return f"{checkpoint.body()}\n{line(name, identity + signature)}"


def line(name: str, raw: bytes) -> str:
    """Return a signature line with its newline; ``raw`` is key id ‖ signature."""
    return f"— {name} {_b64(raw)}\n"


def open_note(note: str, vkeys: Collection[str]) -> Checkpoint:
    """Return the checkpoint if at least one of these keys signed it and none of them signed it wrongly."""
    body, signatures = split(note)
    known: Mapping[tuple[str, bytes], Ed25519PublicKey] = {(n, i): key for n, i, key in map(parse_vkey, vkeys)}
    checkpoint = parse_body(body)
    verified = 0
    for signed in signatures:
        key = known.get((signed.name, signed.key_id))
        if key is None:
            continue
        try:
            key.verify(signed.signature, body.encode())
        except InvalidSignature:
            raise VerificationError(
                "bad_note_signature",
                f"the signature of {signed.name} over checkpoint {checkpoint.size} does not verify",
                key=signed.name,
                size=checkpoint.size,
            ) from None
        verified += 1
    if not verified:
        raise VerificationError(
            "unknown_note_key", f"checkpoint {checkpoint.size} is not signed by a known key", size=checkpoint.size
        )
    return checkpoint


def split(note: str) -> tuple[str, tuple[Signature, ...]]:
    """Return body (with its last newline) and signature lines of a note; `MalformedError` unless well formed."""
    if len(note) > MAX_NOTE:
        raise MalformedError("too_large", f"a note is longer than {MAX_NOTE} characters", limit=MAX_NOTE)
    body, blank, tail = note.partition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise MalformedError("bad_note", "a note is not text, an empty line and signature lines")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedError("too_large", f"a note has more than {MAX_SIGNATURES} signatures", limit=MAX_SIGNATURES)
    return body + "\n", tuple(_signature(text) for text in lines)


def parse_body(body: str) -> Checkpoint:
    """Read a checkpoint's text; `MalformedError` unless it is exactly of the format."""
    lines = body.split("\n")
    match lines:
        case [origin, size, sha256_root, sm3_root, map_root, ""]:
            pass
        case _:
            raise MalformedError(
                "bad_checkpoint", "a checkpoint has not exactly the lines origin, size, root, sm3 root, map root"
            )
    if not _ORIGIN.fullmatch(origin) or not _SIZE.fullmatch(size) or int(size) > 2**53 - 1:
        raise MalformedError("bad_checkpoint", "a checkpoint's origin or size is not of the format")
    sm3_name, _, sm3_text = sm3_root.partition(" ")
    map_name, _, map_text = map_root.partition(" ")
    named = (sm3_name, map_name) == ("sm3", "map")
    if not named or not all(_ROOT.fullmatch(text) for text in (sha256_root, sm3_text, map_text)):
        raise MalformedError("bad_checkpoint", "a checkpoint's roots are not of the format")
    raw = (_unb64(text, "a root") for text in (sha256_root, sm3_text, map_text))
    return Checkpoint(origin, int(size), *raw)


def _signature(text: str) -> Signature:
    found = _LINE.fullmatch(text)
    raw = _unb64(found[2], "a signature line") if found else b""
    if not found or len(raw) <= _KEY_ID:
        raise MalformedError("bad_note", "a signature line is not '— name base64'")
    return Signature(found[1], raw[:_KEY_ID], raw[_KEY_ID:])


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unb64(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or _b64(raw) != text:
        raise MalformedError("bad_base64", f"{what} is not canonical base64")
    return raw
