"""The protocol between operator and witness: C2SP tlog-witness, and two headers for what it has no place for.

tlog-witness carries one consistency proof, that of the SHA-256 tree. The SM3 tree's goes into ``PFL-SM3-Proof``, the
roots that the log has at the old size into ``PFL-Old-Roots``, both as base64 joined by commas. A witness that knows
only C2SP ignores them and cosigns as ever; ours asks for the first (docs/adr/0005). The answer's body is C2SP's too:
what a witness signed for the chain is in ``PFL-Chain-Cosignature``: account, deadline (POSIX seconds) and signature
(base64).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ledger.ports.anchor import WitnessSignature
from verifier import checkpoint
from verifier.errors import MalformedError

SM3_HEADER: Final = "PFL-SM3-Proof"
ROOTS_HEADER: Final = "PFL-Old-Roots"
CHAIN_HEADER: Final = "PFL-Chain-Cosignature"
SIZE_TYPE: Final = "text/x.tlog.size"
MAX_BODY: Final = checkpoint.MAX_NOTE * 2
_MAX_PROOF: Final = 63
_ROOTS: Final = 2
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,15})")
_HASH: Final = re.compile(r"[A-Za-z0-9+/]{43}=")
_CHAIN: Final = re.compile(r"(0x[0-9a-fA-F]{40}),([1-9][0-9]{0,10}),([A-Za-z0-9+/]{87}=)")


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint with its proofs; ``None`` where a header was not sent."""

    old: int
    sha256: tuple[bytes, ...]
    note: str
    sm3: tuple[bytes, ...] | None = None
    old_roots: tuple[bytes, bytes] | None = None


def origin_hash(origin: str) -> str:
    """Return how a witness names a log in paths: SHA-256 of its origin, hex."""
    return hashlib.sha256(origin.encode()).hexdigest()


def body(submission: Submission) -> bytes:
    """Return the body of add-checkpoint."""
    proof = "".join(f"{_b64(node)}\n" for node in submission.sha256)
    return f"old {submission.old}\n{proof}\n{submission.note}".encode()


def headers(submission: Submission) -> dict[str, str]:
    """Return our headers of add-checkpoint."""
    told = {SM3_HEADER: submission.sm3, ROOTS_HEADER: submission.old_roots}
    return {name: ",".join(map(_b64, nodes)) for name, nodes in told.items() if nodes is not None}


def parse(content: bytes, sm3: str | None, old_roots: str | None) -> Submission:
    """Read a request; `MalformedError` unless it is exactly of the form."""
    if len(content) > MAX_BODY:
        raise MalformedError("too_large", f"the request is longer than {MAX_BODY} bytes", limit=MAX_BODY)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError("bad_request", "the request is not UTF-8") from None
    top, blank, note = text.partition("\n\n")
    first, *proof = top.split("\n")
    old = _OLD.fullmatch(first)
    if not blank or not old:
        raise MalformedError("bad_request", "the request is not an old size, proof lines, an empty line and a note")
    roots = None if old_roots is None else _nodes(old_roots.split(","), "roots")
    if roots is not None and len(roots) != _ROOTS:
        raise MalformedError("bad_request", f"{ROOTS_HEADER} are not two hashes")
    return Submission(
        int(old[1]),
        _nodes(proof, "proof"),
        note,
        None if sm3 is None else _nodes(sm3.split(",") if sm3 else [], "SM3 proof"),
        None if roots is None else (roots[0], roots[1]),
    )


def signature_lines(text: str) -> tuple[str, ...]:
    """Read the answer to add-checkpoint: one or more signature lines, each with its newline; `MalformedError`."""
    *lines, end = text.split("\n")
    if len(text) > checkpoint.MAX_NOTE or end or not lines or not all(line.startswith("— ") for line in lines):
        raise MalformedError("bad_answer", "the answer is not signature lines")
    return tuple(f"{line}\n" for line in lines)


def chain_header(signed: WitnessSignature) -> str:
    """Return the value of our header of the answer."""
    return f"{signed.witness},{int(signed.deadline.timestamp())},{_b64(signed.signature)}"


def chain_signature(text: str) -> WitnessSignature:
    """Read it; `MalformedError`. Whose signature it is, and of what, only the contract says."""
    found = _CHAIN.fullmatch(text)
    if found is None:
        raise MalformedError("bad_answer", f"{CHAIN_HEADER} is not an account, a deadline and a signature")
    deadline = datetime.fromtimestamp(int(found[2]), UTC)
    return WitnessSignature(found[1], deadline, base64.b64decode(found[3]))


def _nodes(texts: Sequence[str], what: str) -> tuple[bytes, ...]:
    if len(texts) > _MAX_PROOF:
        raise MalformedError("bad_request", f"the {what} has more than {_MAX_PROOF} hashes", limit=_MAX_PROOF)
    return tuple(_hash(text, what) for text in texts)


def _hash(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True) if _HASH.fullmatch(text) else b""
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or _b64(raw) != text:
        raise MalformedError("bad_request", f"a hash of the {what} is not canonical base64 of 32 bytes")
    return raw


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
