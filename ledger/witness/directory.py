"""A witness's directory: ``witness.toml`` (name, logs), ``witness.key`` (Ed25519), ``witness.sqlite``, ``forks/``."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.errors import ConfigurationError
from ledger.witness.wire import origin_hash
from verifier import checkpoint, cosignature
from verifier.errors import MalformedError

CONFIG, KEY, STATE, FORKS = "witness.toml", "witness.key", "witness.sqlite", "forks"
_LOG_MEMBERS: Final = frozenset(("vkey", "origin", "url", "token"))


@dataclass(frozen=True, slots=True)
class WatchedLog:
    """A log that the witness follows; ``url`` is the operator's service, if the witness may ask it."""

    origin: str
    vkey: str
    url: str | None = None
    token: str | None = None
    """An auditor's key for the operator's service."""


@dataclass(frozen=True, slots=True)
class Directory:
    """An opened directory."""

    root: Path
    name: str
    key: Ed25519PrivateKey
    logs: Mapping[str, WatchedLog]
    """By origin."""

    @property
    def vkey(self) -> str:
        """The witness's verifier key."""
        return cosignature.vkey(self.name, self.key.public_key())

    def log(self, origin_sha256: str) -> WatchedLog | None:
        """Return the log that a path names."""
        return next((log for log in self.logs.values() if origin_hash(log.origin) == origin_sha256), None)


def create(root: Path, name: str, logs: Sequence[WatchedLog] = (), passphrase: str | None = None) -> Directory:
    """Make a directory with a new key; `ConfigurationError` if there is a witness already."""
    key = Ed25519PrivateKey.generate()
    try:
        cosignature.vkey(name, key.public_key())
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        _write_new(root / KEY, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
        _write_new(root / CONFIG, _toml(name, logs).encode())
    except MalformedError as error:
        raise ConfigurationError(f"{name!r} cannot name a witness: {error.message}") from error
    except FileExistsError as error:
        raise ConfigurationError(f"{root} holds a witness already: run it, or name another directory") from error
    except OSError as error:
        raise ConfigurationError(f"cannot write {root} ({error.strerror}): name another directory") from error
    return open_directory(root, passphrase)


def open_directory(root: Path, passphrase: str | None = None) -> Directory:
    """Read a directory; `ConfigurationError` names the file and what is wrong with it."""
    path = root / CONFIG
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        pem = (root / KEY).read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(f"{root} holds no witness: make one with `pfl witness init`") from error
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    match told:
        case {"name": str(name)} if told.keys() <= {"name", "log"} and isinstance(told.get("log", []), list):
            logs = [_log(entry, path) for entry in told.get("log", [])]
        case _:
            raise ConfigurationError(f"{path} has a name and any number of [[log]], nothing else")
    by_origin = {log.origin: log for log in logs}
    if len(by_origin) != len(logs):
        raise ConfigurationError(f"{path} names an origin twice: one [[log]] for each")
    return Directory(root, name, _key(pem, root / KEY, passphrase), by_origin)


def _log(entry: Any, path: Path) -> WatchedLog:
    if not isinstance(entry, dict) or "vkey" not in entry or entry.keys() - _LOG_MEMBERS:
        raise ConfigurationError(f"a [[log]] of {path} has vkey and, if you like, origin, url, token")
    if not all(isinstance(value, str) for value in entry.values()):
        raise ConfigurationError(f"a [[log]] of {path} holds something else than texts")
    return replace(watched(entry["vkey"], entry.get("url"), entry.get("origin")), token=entry.get("token"))


def watched(vkey: str, url: str | None = None, origin: str | None = None) -> WatchedLog:
    """Name a log by its verifier key; its origin is the key's name unless told; `ConfigurationError`."""
    try:
        name, _, _ = checkpoint.parse_vkey(vkey)
    except MalformedError as error:
        raise ConfigurationError(f"{vkey!r} is not the verifier key of a log: {error.message}") from error
    if url is not None and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise ConfigurationError(f"{url!r} is not the address of a log: write http(s)://host[:port]")
    return WatchedLog(origin or name, vkey, None if url is None else url.rstrip("/"))


def _key(pem: bytes, path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path} cannot be opened: set PFL_WITNESS_PASSPHRASE as when it was made") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path} is not an Ed25519 key")
    return key


def _toml(name: str, logs: Sequence[WatchedLog]) -> str:
    text = f'name = "{name}"\n'
    for log in logs:
        text += f'\n[[log]]\norigin = "{log.origin}"\nvkey = "{log.vkey}"\n'
        text += f'url = "{log.url}"\n' if log.url else ""
    return text


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, readable by its owner only, and wait for the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
