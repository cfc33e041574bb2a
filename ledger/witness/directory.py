"""A witness's directory: ``witness.toml`` (name, logs), ``witness.key`` (Ed25519), ``witness.sqlite``, ``forks/``.

And ``chain.key`` (secp256k1) where the witness also cosigns on chain.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from eth_utils import is_address, to_checksum_address

from ledger.errors import ConfigurationError
from ledger.witness import on_chain
from ledger.witness.on_chain import ChainLog
from ledger.witness.wire import origin_hash
from verifier import checkpoint, cosignature
from verifier.errors import MalformedError

CONFIG, KEY, STATE, FORKS = "witness.toml", "witness.key", "witness.sqlite", "forks"
CHAIN_KEY: Final = "chain.key"
_LOG_MEMBERS: Final = frozenset(("vkey", "origin", "url", "token", "chain_id", "contract"))


@dataclass(frozen=True, slots=True)
class WatchedLog:
    """A log that the witness follows; ``url`` is the operator's service, if the witness may ask it."""

    origin: str
    vkey: str
    url: str | None = None
    token: str | None = None
    """An auditor's key for the operator's service."""
    chain: ChainLog | None = None
    """Where this log is anchored, if the witness is to cosign there too."""


@dataclass(frozen=True, slots=True)
class Directory:
    """An opened directory."""

    root: Path
    name: str
    key: Ed25519PrivateKey
    logs: Mapping[str, WatchedLog]
    """By origin."""
    chain_key: ec.EllipticCurvePrivateKey | None = None

    @property
    def vkey(self) -> str:
        """The witness's verifier key."""
        return cosignature.vkey(self.name, self.key.public_key())

    @property
    def account(self) -> str | None:
        """The witness's account on chains, if it has one."""
        return None if self.chain_key is None else on_chain.address(self.chain_key)

    def log(self, origin_sha256: str) -> WatchedLog | None:
        """Return the log that a path names."""
        return next((log for log in self.logs.values() if origin_hash(log.origin) == origin_sha256), None)


def create(root: Path, name: str, logs: Sequence[WatchedLog] = (), passphrase: str | None = None) -> Directory:
    """Make a directory with a new key; `ConfigurationError` if there is a witness already."""
    key = Ed25519PrivateKey.generate()
    try:
        cosignature.vkey(name, key.public_key())
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_new(root / KEY, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _encryption(passphrase)))
        if any(log.chain for log in logs):
            account(root, passphrase)
        _write_new(root / CONFIG, _toml(name, logs).encode())
    except MalformedError as error:
        raise ConfigurationError(f"{name!r} cannot name a witness: {error.message}") from error
    except FileExistsError as error:
        raise ConfigurationError(f"{root} holds a witness already: run it, or name another directory") from error
    except OSError as error:
        raise ConfigurationError(f"cannot write {root} ({error.strerror}): name another directory") from error
    return open_directory(root, passphrase)


def account(root: Path, passphrase: str | None = None) -> str:
    """Return the witness's account on chains, making its key if there is none."""
    try:
        _key((root / KEY).read_bytes(), root / KEY, passphrase)  # the same passphrase for both
    except OSError as error:
        raise ConfigurationError(f"{root} holds no witness: make one with `pfl witness init`") from error
    made = ec.generate_private_key(ec.SECP256K1())
    path = root / CHAIN_KEY
    try:
        _write_new(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _encryption(passphrase)))
    except FileExistsError:
        return on_chain.address(_chain_key(path.read_bytes(), path, passphrase))
    except OSError as error:
        raise ConfigurationError(f"cannot write {path} ({error.strerror})") from error
    return on_chain.address(made)


def open_directory(root: Path, passphrase: str | None = None) -> Directory:
    """Read a directory; `ConfigurationError` names the file and what is wrong with it."""
    path = root / CONFIG
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        pem = (root / KEY).read_bytes()
        chain_pem = (root / CHAIN_KEY).read_bytes() if (root / CHAIN_KEY).exists() else None
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
    chain_key = None if chain_pem is None else _chain_key(chain_pem, root / CHAIN_KEY, passphrase)
    if chain_key is None and any(log.chain for log in logs):
        raise ConfigurationError(
            f"{path} names a contract, but there is no {CHAIN_KEY}: run `pfl witness account` once"
        )
    return Directory(root, name, _key(pem, root / KEY, passphrase), by_origin, chain_key)


def _log(entry: Any, path: Path) -> WatchedLog:
    if not isinstance(entry, dict) or "vkey" not in entry or entry.keys() - _LOG_MEMBERS:
        raise ConfigurationError(
            f"a [[log]] of {path} has vkey and, if you like, origin, url, token, chain_id, contract"
        )
    if not all(isinstance(value, str) for name, value in entry.items() if name != "chain_id"):
        raise ConfigurationError(f"a [[log]] of {path} holds something else than texts and the number chain_id")
    named = watched(entry["vkey"], entry.get("url"), entry.get("origin"))
    return replace(named, token=entry.get("token"), chain=anchored(entry.get("chain_id"), entry.get("contract")))


def anchored(chain_id: object, contract: object) -> ChainLog | None:
    """Name the `EvidenceLog` that a log is anchored in, ``None`` if neither is given; `ConfigurationError`."""
    match chain_id, contract:
        case None, None:
            return None
        case int(number), str(address) if type(number) is int and number > 0 and is_address(address):
            return ChainLog(number, str(to_checksum_address(address)))
        case _:
            message = "chain_id (a number) and contract (0x…, the EvidenceLog) say together where a log is anchored"
            raise ConfigurationError(f"{message}: correct them, or leave both out")


def watched(vkey: str, url: str | None = None, origin: str | None = None) -> WatchedLog:
    """Name a log by its verifier key; its origin is the key's name unless told; `ConfigurationError`."""
    try:
        name, _, _ = checkpoint.parse_vkey(vkey)
    except MalformedError as error:
        raise ConfigurationError(f"{vkey!r} is not the verifier key of a log: {error.message}") from error
    if url is not None and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise ConfigurationError(f"{url!r} is not the address of a log: write http(s)://host[:port]")
    return WatchedLog(origin or name, vkey, None if url is None else url.rstrip("/"))


def _encryption(passphrase: str | None) -> KeySerializationEncryption:
    return BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()


def _loaded(pem: bytes, path: Path, passphrase: str | None) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path} cannot be opened: set PFL_WITNESS_PASSPHRASE as when it was made") from error


def _chain_key(pem: bytes, path: Path, passphrase: str | None) -> ec.EllipticCurvePrivateKey:
    key = _loaded(pem, path, passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256K1):
        raise ConfigurationError(f"{path} is not a secp256k1 key")
    return key


def _key(pem: bytes, path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    key = _loaded(pem, path, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path} is not an Ed25519 key")
    return key


def _toml(name: str, logs: Sequence[WatchedLog]) -> str:
    text = f'name = "{name}"\n'
    for log in logs:
        text += f'\n[[log]]\norigin = "{log.origin}"\nvkey = "{log.vkey}"\n'
        text += f'url = "{log.url}"\n' if log.url else ""
        text += f'chain_id = {log.chain.chain_id}\ncontract = "{log.chain.contract}"\n' if log.chain else ""
    return text


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, readable by its owner only, and wait for the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
