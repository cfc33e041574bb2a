"""The master key: 256 random bits in a file of mode 0600, under a passphrase (scrypt, RFC 7914; AES-256-GCM).

Everything secret at rest hangs from it: subject keys are wrapped by it, working data is sealed under keys derived
from it (HKDF, RFC 5869). A sealed box is nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes), bound to its purpose.
"""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.errors import ConfigurationError, IntegrityError

DEVELOPMENT_PASSPHRASE: Final = "development passphrase, not a secret"  # noqa: S105 - public on purpose
"""What the embedded defaults use. Anybody can read it here, so it protects nothing."""

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_KIND: Final = "pfl-master-key"
_COST: Final = 2**16
_BLOCK, _PARALLEL = 8, 1
_MAX_COST: Final = 2**20
_OTHERS: Final = 0o077


def seal(key: bytes, plain: bytes, purpose: bytes) -> bytes:
    """Encrypt under a 256-bit key with a fresh random nonce; ``purpose`` must be given again to open."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, purpose)


def unseal(key: bytes, box: bytes, purpose: bytes) -> bytes:
    """Open what `seal` made; `IntegrityError` for another key, another purpose or changed bytes."""
    try:
        return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], purpose)
    except (InvalidTag, ValueError) as error:
        message = "encrypted bytes do not open: they were changed, or belong to another key"
        raise IntegrityError(message, "密文无法解密：内容被改动或密钥不符") from error


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The unlocked key. ``development`` says that the published passphrase protects it."""

    _key: bytes = field(repr=False)
    development: bool = False

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """Wrap another key for storage."""
        return seal(self._key, key, purpose.encode())

    def unwrap(self, box: bytes, purpose: str) -> bytes:
        """Unwrap what `wrap` made; `IntegrityError`."""
        return unseal(self._key, box, purpose.encode())

    def derive(self, purpose: str) -> bytes:
        """Return a 256-bit key for one purpose."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"pfl:{purpose}".encode()).derive(self._key)


def create_master_key(path: Path, passphrase: str, *, cost: int = _COST) -> MasterKey:
    """Make a new key file (mode 0600, durable before it is used); `ConfigurationError` if one is there already."""
    key = secrets.token_bytes(KEY_BYTES)
    _write(path, _locked(key, passphrase, cost), replace=False)
    return MasterKey(key, development=passphrase == DEVELOPMENT_PASSPHRASE)


def open_master_key(path: Path, passphrase: str) -> MasterKey:
    """Unlock the key file; `ConfigurationError` names what to do about mode, form or passphrase."""
    try:
        mode, text = path.stat().st_mode, path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"master key file {path} cannot be read: create it with `pfl keys init`, or restore it from backup"
        raise ConfigurationError(message) from error
    if mode & _OTHERS:
        message = f"master key file {path} is readable by others: run `chmod 600 {path}`"
        raise ConfigurationError(message)
    try:
        stored = json.loads(text)
        cost = int(stored["scrypt"])
        salt, box = bytes.fromhex(stored["salt"]), bytes.fromhex(stored["key"])
        known = stored["v"] == 1 and stored["kind"] == _KIND and 1 < cost <= _MAX_COST
    except (ValueError, KeyError, TypeError) as error:
        raise _malformed(path) from error
    if not known:
        raise _malformed(path)
    try:
        key = unseal(_stretch(passphrase, salt, cost), box, _KIND.encode())
    except IntegrityError as error:
        message = f"the passphrase does not open {path}: set PFL_PASSPHRASE to the one the file was made with"
        raise ConfigurationError(message) from error
    return MasterKey(key, development=passphrase == DEVELOPMENT_PASSPHRASE)


def change_passphrase(path: Path, old: str, new: str, *, cost: int = _COST) -> MasterKey:
    """Lock the same key under another passphrase, replacing the file in one step."""
    master = open_master_key(path, old)
    _write(path, _locked(master._key, new, cost), replace=True)  # noqa: SLF001 - same module
    return MasterKey(master._key, development=new == DEVELOPMENT_PASSPHRASE)  # noqa: SLF001 - same module


def _malformed(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} is not a master key file of this version: name the right file, or restore it")


def _stretch(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=_BLOCK, p=_PARALLEL).derive(passphrase.encode())


def _locked(key: bytes, passphrase: str, cost: int) -> str:
    salt = secrets.token_bytes(16)
    box = seal(_stretch(passphrase, salt, cost), key, _KIND.encode())
    form = {"v": 1, "kind": _KIND, "scrypt": cost, "salt": salt.hex(), "key": box.hex()}
    return json.dumps(form, indent=1) + "\n"


def _write(path: Path, text: str, *, replace: bool) -> None:
    """Write aside, sync, then give the file its name in one step: there is never half a key file."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            os.link(part, path)
    except FileExistsError as error:
        message = f"{path} is already there: a new master key would make everything under the old one unreadable"
        raise ConfigurationError(message) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"cannot write {path} ({error.strerror}): choose a data directory that this user may write"
    )


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
