"""A directory with keys encrypted under a passphrase and their certificates in the clear, readable by the owner only.

It is made whole or not at all: a fresh one is written beside its place and moved there in one step.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Identity:
    """A P-256 key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        """The certificate in PEM."""
        return pem_of(self.certificate)


def pem_of(certificate: x509.Certificate) -> str:
    """Write a certificate in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def open_keystore(
    directory: Path, passphrase: str, names: tuple[str, ...], make: Callable[[], Mapping[str, Identity]]
) -> dict[str, Identity]:
    """Load the named identities, or make them when the directory is new. `ConfigurationError` names the fix."""
    if not passphrase:
        raise ConfigurationError(
            "the key passphrase is empty: set one in the configuration before opening the signing keys",
            "密钥口令为空：请先在配置中设置口令",
        )
    if not directory.exists():
        _create(directory, passphrase.encode(), make())
    return {name: _load(directory, name, passphrase.encode()) for name in names}


def save_identity(directory: Path, name: str, identity: Identity, passphrase: str) -> None:
    """Replace one identity; the certificate is written last, so a crash leaves the old pair or the new key unused."""
    for path, content in _files(directory, name, identity, passphrase.encode()):
        beside = path.with_suffix(path.suffix + ".new")
        _write(beside, content)
        beside.replace(path)
    _sync(directory)


def _create(directory: Path, passphrase: bytes, identities: Mapping[str, Identity]) -> None:
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    except OSError as error:
        raise ConfigurationError(
            f"cannot create the key directory {directory.name!r} ({error.strerror}): choose a writable data directory",
            "无法创建密钥目录：请选择可写的数据目录",
        ) from error
    try:
        for name, identity in identities.items():
            for path, content in _files(beside, name, identity, passphrase):
                _write(path, content)
        _sync(beside)
        _move(beside, directory)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _move(beside: Path, directory: Path) -> None:
    """Move into place; when another process was first, its keys are the keys."""
    try:
        beside.rename(directory)
    except OSError:
        if not directory.is_dir():
            raise
    _sync(directory.parent)


def _files(directory: Path, name: str, identity: Identity, passphrase: bytes) -> tuple[tuple[Path, bytes], ...]:
    key = identity.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )
    certificate = identity.certificate.public_bytes(serialization.Encoding.PEM)
    return ((directory / f"{name}.key.pem", key), (directory / f"{name}.cert.pem", certificate))


def _load(directory: Path, name: str, passphrase: bytes) -> Identity:
    key_file, certificate_file = directory / f"{name}.key.pem", directory / f"{name}.cert.pem"
    try:
        key_pem, certificate_pem = key_file.read_bytes(), certificate_file.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {name} in the key directory {directory.name!r}: restore it from a backup or remove it whole",
            "密钥目录不完整：请从备份恢复，或整体删除后重建",
        ) from error
    try:
        key = serialization.load_pem_private_key(key_pem, passphrase)
    except ValueError as error:
        raise ConfigurationError(
            f"the passphrase does not open {key_file.name}: give the one it was made with",
            "口令不能打开密钥文件：请使用创建时的口令",
        ) from error
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
    except ValueError as error:
        raise ConfigurationError(
            f"{certificate_file.name} is no certificate: restore it from a backup", "证书文件已损坏：请从备份恢复"
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ConfigurationError(
            f"{key_file.name} and {certificate_file.name} do not belong together: restore both from one backup",
            "密钥与证书不匹配：请从同一备份恢复",
        )
    return Identity(key, certificate)


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
