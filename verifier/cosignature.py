"""Cosignatures of witnesses: C2SP cosignature/v1, Ed25519 with a time (`docs/format.md` §4)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from verifier import checkpoint
from verifier.checkpoint import Checkpoint
from verifier.errors import MalformedError, VerificationError

ALGORITHM: Final = 0x04
MAX_WITNESSES: Final = 16
"""Known witnesses of one log; leaves room for others in a note of 32 signatures."""
MAX_TIME: Final = 2**63 - 1
_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z
_TIME = 8
_SIGNATURE = 64


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness said: at ``time`` (POSIX seconds) this was the largest consistent head that I had seen."""

    vkey: str
    name: str
    time: int

    @property
    def at(self) -> datetime:
        """The time as an instant; what no date can name becomes the last one that there is."""
        return datetime.fromtimestamp(min(self.time, _LAST_SECOND), UTC)


def vkey(name: str, public_key: Ed25519PublicKey) -> str:
    """Return a witness's verifier key ``name+hex id+base64(0x04 ‖ key)``."""
    return checkpoint.vkey(name, public_key, ALGORITHM)


def parse_vkey(text: str) -> tuple[str, bytes, Ed25519PublicKey]:
    """Return name, key id and key of a witness; `MalformedError` unless it is well formed and of kind 0x04."""
    return checkpoint.parse_vkey(text, ALGORITHM)


def message(body: str, time: int) -> bytes:
    """Return the signed bytes: header line, time line, the whole note body."""
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def sign(head: Checkpoint, name: str, private_key: Ed25519PrivateKey, time: int) -> str:
    """Return the signature line (with its newline); the same head, key and time give the same line."""
    if not 0 < time <= MAX_TIME:
        raise MalformedError("bad_time", f"a cosignature's time is from 1 to 2^63 - 1, not {time}")
    checkpoint.parse_body(head.body())
    _, identity, _ = parse_vkey(vkey(name, private_key.public_key()))
    return checkpoint.line(name, identity + time.to_bytes(_TIME, "big") + private_key.sign(message(head.body(), time)))


def read(note: str, vkeys: Collection[str]) -> tuple[Cosignature, ...]:
    """Return the cosignatures of these witnesses on a note, by name and key: one a witness, its latest.

    Lines of others are passed over. `VerificationError` when a line of one of them does not verify; `MalformedError`
    for a note, a verifier key or a cosignature that is not of the format. Does not look at the log's own signature.
    """
    body, lines = checkpoint.split(note)
    head = checkpoint.parse_body(body)
    known = _known(vkeys)
    found: dict[str, Cosignature] = {}
    for line in lines:
        if (line.name, line.key_id) not in known:
            continue
        text, key = known[line.name, line.key_id]
        time = _verify(line, head, body, key)
        if text not in found or time > found[text].time:
            found[text] = Cosignature(text, line.name, time)
    return tuple(found[text] for text in sorted(found))


def require_keys(vkeys: Collection[str]) -> None:
    """Check that these are witnesses' verifier keys, each with a key of its own; `MalformedError`."""
    _known(vkeys)


def add(note: str, lines: Iterable[str]) -> str:
    """Return the note with these signature lines at its end, those that it has already left out."""
    checkpoint.split(note)
    _, _, tail = note.partition("\n\n")
    present = {line + "\n" for line in tail[:-1].split("\n")}
    grown = note + "".join(line for line in dict.fromkeys(lines) if line not in present)
    checkpoint.split(grown)
    return grown


def _known(vkeys: Collection[str]) -> dict[tuple[str, bytes], tuple[str, Ed25519PublicKey]]:
    """Return verifier key and key by name and id; the same key under two names would be counted twice."""
    known: dict[tuple[str, bytes], tuple[str, Ed25519PublicKey]] = {}
    for text in sorted(vkeys):
        name, identity, key = parse_vkey(text)
        known[name, identity] = (text, key)
    if len({key.public_bytes_raw() for _, key in known.values()}) != len(known):
        raise MalformedError("same_key", "two witnesses have the same key: each must have its own")
    return known


def _verify(line: checkpoint.Signature, head: Checkpoint, body: str, key: Ed25519PublicKey) -> int:
    """Return the time of a cosignature that verifies."""
    raw = line.signature
    if len(raw) != _TIME + _SIGNATURE or not 0 < (time := int.from_bytes(raw[:_TIME], "big")) <= MAX_TIME:
        raise MalformedError(
            "bad_cosignature", f"the line of {line.name} is not a time of 8 bytes and a signature of 64", key=line.name
        )
    try:
        key.verify(raw[_TIME:], message(body, time))
    except InvalidSignature:
        raise VerificationError(
            "bad_cosignature",
            f"the cosignature of {line.name} over checkpoint {head.size} does not verify",
            key=line.name,
            size=head.size,
        ) from None
    return time
