"""The operator's side: ask witnesses over HTTP, believe only what verifies (`ledger.ports.witnesses`)."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from ledger.errors import ConfigurationError
from ledger.ports.log import Proof
from ledger.ports.witnesses import Given, Witness, WitnessAheadError, WitnessError, WitnessRefusesError
from ledger.witness import wire
from ledger.witness.fetching import Answer, TooLongError, fetch
from verifier import cosignature
from verifier.checkpoint import Checkpoint
from verifier.errors import MalformedError, VerificationError
from verifier.trust import majority

SECONDS: Final = 2.0
_OK, _STALE, _INCONSISTENT, _NOT_FOUND = 200, 409, 422, 404


@dataclass(frozen=True, slots=True)
class _Asked(Witness):
    url: str


@dataclass(frozen=True, slots=True)
class HttpWitnesses:
    """Witnesses of a ``witnesses.toml``."""

    all: Sequence[_Asked] = ()
    quorum: int = 0
    client: httpx.Client | None = None

    def cosign(self, witness: Witness, note: str, old: int, proof: Proof, old_head: Checkpoint | None) -> Given:
        """Submit a checkpoint; return the lines of this witness, each verified over this checkpoint."""
        submission = wire.Submission(
            old,
            tuple(bytes.fromhex(node) for node in proof.sha256),
            note,
            tuple(bytes.fromhex(node) for node in proof.sm3),
            None if old_head is None else (old_head.sha256_root, old_head.sm3_root),
        )
        answer = self._call(witness, "add-checkpoint", wire.body(submission), wire.headers(submission))
        status, text = answer.status, answer.text
        if status == _STALE:
            raise _ahead(witness, text)
        if status == _INCONSISTENT:
            message = f"witness {witness.name} says that this log contradicts what it cosigned: {_told(text)}"
            raise WitnessRefusesError(message, f"见证人 {witness.name} 指出本日志与其此前联署的内容矛盾")
        if status != _OK:
            raise _away(witness, f"it answers {status}: {_told(text)}")
        body = note.partition("\n\n")[0] + "\n\n"
        try:
            lines = wire.signature_lines(text)
            own = tuple(line for line in lines if cosignature.read(body + line, {witness.vkey}))
            told = answer.headers.get(wire.CHAIN_HEADER)
            on_chain = None if told is None else wire.chain_signature(told)
        except VerificationError as error:
            raise _away(witness, error.message) from error
        if not own:
            raise _away(witness, "it answers without a cosignature by the key that is configured")
        return Given(own, on_chain)

    def latest(self, witness: Witness, origin: str) -> str | None:
        """Return the newest note of this log that the witness serves."""
        answer = self._call(witness, f"{wire.origin_hash(origin)}/checkpoint")
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            raise _away(witness, f"it answers {answer.status}: {_told(answer.text)}")
        return answer.text

    def close(self) -> None:
        """Give connections back."""
        if self.client is not None:
            self.client.close()

    def _call(
        self, witness: Witness, path: str, content: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        assert self.client is not None  # noqa: S101 - narrows for mypy: there is one wherever there are witnesses
        (asked,) = (one for one in self.all if one.vkey == witness.vkey)
        method = "GET" if content is None else "POST"
        try:
            return fetch(self.client, method, f"{asked.url}/{path}", content=content, headers=headers)
        except TooLongError as error:
            raise _away(witness, "its answer is too long") from error
        except httpx.HTTPError as error:
            raise _away(witness, f"it does not answer ({type(error).__name__})") from error


def open_witnesses(path: Path | None) -> HttpWitnesses:
    """Read ``witnesses.toml``: ``quorum`` (a majority if absent) and [[witness]] with vkey and url."""
    if path is None:
        return HttpWitnesses()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"PFL_WITNESSES: {path} cannot be read: {error}") from error
    entries = told.get("witness", [])
    if told.keys() - {"quorum", "witness"} or not isinstance(entries, list) or not entries:
        raise ConfigurationError(f"{path} has [[witness]] entries with vkey and url, and a quorum if you like")
    asked = sorted((_asked(entry, path) for entry in entries), key=lambda one: one.name)
    try:
        cosignature.require_keys([one.vkey for one in asked])
    except MalformedError as error:
        raise ConfigurationError(f"{path}: {error.message}") from error
    if len({one.vkey for one in asked}) != len(asked) or len(asked) > cosignature.MAX_WITNESSES:
        raise ConfigurationError(f"{path} names a witness twice, or more than {cosignature.MAX_WITNESSES}")
    quorum = told.get("quorum", majority(len(asked)))
    if type(quorum) is not int or not 1 <= quorum <= len(asked):
        raise ConfigurationError(f"{path}: quorum is a number from 1 to {len(asked)}, how many are named")
    return HttpWitnesses(tuple(asked), quorum, httpx.Client(timeout=SECONDS, trust_env=False))


def _asked(entry: Any, path: Path) -> _Asked:
    match entry:
        case {"vkey": str(vkey), "url": str(url)} if len(entry) == 2:  # noqa: PLR2004 - exactly these
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                raise ConfigurationError(f"{path}: {url!r} is not http(s)://host[:port][/prefix]")
            return _Asked(vkey.partition("+")[0], vkey, url.rstrip("/"))
        case _:
            raise ConfigurationError(f"{path}: a [[witness]] has exactly vkey and url")


def _ahead(witness: Witness, text: str) -> WitnessError:
    told = text.removesuffix("\n")
    if not told.isascii() or not told.isdecimal() or len(told) > 16:  # noqa: PLR2004 - digits of the largest size
        return _away(witness, "it refuses our size and does not tell its own")
    message = f"witness {witness.name} has cosigned {told} records of this log"
    return WitnessAheadError(message, f"见证人 {witness.name} 已联署本日志的 {told} 条记录", size=int(told))


def _away(witness: Witness, why: str) -> WitnessError:
    return WitnessError(f"witness {witness.name} gives no cosignature: {why}", f"见证人 {witness.name} 未给出联署")


def _told(text: str) -> str:
    """Return what somebody else said, short and on one line."""
    return "".join(c if c.isprintable() else " " for c in text[:200]).strip()
