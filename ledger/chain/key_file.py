"""A member's own key file: PKCS #8 in PEM on secp256k1, or an Ethereum keystore; with a passphrase or without."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from eth_account import Account
from eth_typing import ChecksumAddress

from ledger.chain.sender import account_of
from ledger.errors import ConfigurationError


def create(path: Path, passphrase: str | None) -> ChecksumAddress:
    """Make a key in a file that must not be there yet, readable by its owner only; return its address."""
    made = ec.generate_private_key(ec.SECP256K1())
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConfigurationError(f"{path} is there already: use it, or name another", f"{path} 已存在") from error
    except OSError as error:
        raise ConfigurationError(f"cannot write {path} ({error.strerror}): name another place") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return account_of(_secret(made)).address


def read(path: Path, passphrase: str | None) -> bytes:
    """Return the private key (32 bytes); `ConfigurationError` names what is wrong, and never a part of the key."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the key file {path} ({error.strerror}): make one with `pfl chain key`",
            f"无法读取密钥文件 {path}",
        ) from error
    if content.lstrip().startswith(b"{"):
        return _keystore(path, content, passphrase)
    try:
        key = load_pem_private_key(content, passphrase.encode() if passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _closed(path) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256K1):
        raise ConfigurationError(f"{path} is not a key on secp256k1: make one with `pfl chain key`", "密钥类型不符")
    return _secret(key)


def _keystore(path: Path, content: bytes, passphrase: str | None) -> bytes:
    try:
        return bytes(Account.decrypt(content.decode("utf-8"), passphrase or ""))
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        raise _closed(path) from error


def _closed(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be opened: set PFL_MEMBER_PASSPHRASE to its passphrase, or name a PEM or keystore file",
        f"无法打开密钥文件 {path}：请设置 PFL_MEMBER_PASSPHRASE",
    )


def _secret(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_numbers().private_value.to_bytes(32, "big")
