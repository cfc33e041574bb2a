"""Encrypted, content-addressed documents in a directory (`ledger.ports.outside.Documents`).

One file per subject and document: ``<root>/<subject, 2 digits>/<subject>/<sha256>``. Its bytes are a magic number, the
document's own AES-256-GCM key wrapped under the subject's key, and the encrypted content; both boxes are bound to
subject and digest, so a file moved elsewhere does not open. The same document of two subjects is stored twice under
two keys: destroying one subject's key must not depend on another's.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.domain.events import DocumentRef
from ledger.errors import CallerError, ConfigurationError, IntegrityError, NotFoundError, OperatorError
from ledger.ports.keys import SubjectKeys
from verifier.digests import digests

MAX_BYTES: Final = 32 * 1024 * 1024
_MAGIC: Final = b"PFLDOC1\n"
_NONCE, _KEY, _TAG = 12, 32, 16
_WRAPPED: Final = _NONCE + _KEY + _TAG
_HEX64: Final = re.compile(r"[0-9a-f]{64}")
_PART: Final = ".part"


class DirectoryDocuments:
    """Durable before `put` returns: written aside, synced, renamed, directory synced."""

    def __init__(self, root: Path, keys: SubjectKeys, *, max_bytes: int = MAX_BYTES) -> None:
        """``root`` is made if need be; `ConfigurationError` when it cannot be written."""
        self._root = root
        self._keys = keys
        self._max = max_bytes
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = root / f"{secrets.token_hex(8)}{_PART}"
            probe.touch(mode=0o600)
            probe.unlink()
        except OSError as error:
            message = f"document directory {root} cannot be written: choose a data directory that this user may write"
            raise ConfigurationError(message) from error

    def put(self, content: bytes, *, subject: str, media_type: str, role: str) -> DocumentRef:
        """Store under the subject's key; `CallerError` when empty or too large, `NotFoundError` without a key."""
        if not 0 < len(content) <= self._max:
            message = f"a document has 1 to {self._max} bytes, not {len(content)}: send a smaller file"
            raise CallerError(message, f"文件大小须在 1 至 {self._max} 字节之间")
        found = digests(content)
        key = self._keys.subject_key(subject)
        path = self._path(subject, found.sha256)
        if not self._holds(path, key, subject, content):
            self._write(path, _sealed(key, subject, found.sha256, content))
        return DocumentRef(found.sha256, found.sm3, found.bytes, media_type, role)

    def get(self, sha256: str, *, subject: str) -> bytes:
        """Return the bytes, re-hashed; `NotFoundError`, or `IntegrityError` when they no longer match."""
        path = self._path(subject, sha256)
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            raise NotFoundError("this subject has no such document", "该主体没有此文件", sha256=sha256) from None
        except OSError as error:
            raise OperatorError(f"document {sha256[:16]}… cannot be read: check the data directory") from error
        return _opened(self._keys.subject_key(subject), subject, sha256, stored)

    def leftovers(self) -> tuple[Path, ...]:
        """Return what interrupted writes left behind; such files were never acknowledged and may be deleted."""
        return tuple(sorted(self._root.rglob(f"*{_PART}")))

    def _path(self, subject: str, sha256: str) -> Path:
        if not _HEX64.fullmatch(subject) or not _HEX64.fullmatch(sha256):
            raise NotFoundError("a document is named by 64 hex digits of its SHA-256, a subject by its stream")
        return self._root / subject[:2] / subject / sha256

    def _holds(self, path: Path, key: bytes, subject: str, content: bytes) -> bool:
        """Tell whether the file is there and whole; a damaged one is written anew, since we hold the content."""
        try:
            return _opened(key, subject, path.name, path.read_bytes()) == content
        except (FileNotFoundError, IntegrityError):
            return False

    def _write(self, path: Path, sealed: bytes) -> None:
        part = path.with_name(f"{path.name}.{secrets.token_hex(8)}{_PART}")
        try:
            self._make(path.parent)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(sealed)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            _sync(path.parent)
        except OSError as error:
            message = (
                f"a document cannot be stored ({error.strerror}): check space and permissions of the data directory"
            )
            raise OperatorError(message, "文件无法保存，请检查磁盘空间与权限") from error

    def _make(self, directory: Path) -> None:
        """Make a subject's directory; each new name is synced in its parent, or a power cut could forget it."""
        for one in (directory.parent, directory):
            if not one.is_dir():
                one.mkdir(mode=0o700, exist_ok=True)
                _sync(one.parent)


def _sealed(key: bytes, subject: str, sha256: str, content: bytes) -> bytes:
    bound = _bound(subject, sha256)
    own, first, second = os.urandom(_KEY), os.urandom(_NONCE), os.urandom(_NONCE)
    wrapped = first + AESGCM(key).encrypt(first, own, b"key:" + bound)
    return _MAGIC + wrapped + second + AESGCM(own).encrypt(second, content, b"content:" + bound)


def _opened(key: bytes, subject: str, sha256: str, stored: bytes) -> bytes:
    bound = _bound(subject, sha256)
    wrapped, rest = stored[len(_MAGIC) : len(_MAGIC) + _WRAPPED], stored[len(_MAGIC) + _WRAPPED :]
    if not stored.startswith(_MAGIC):
        raise _damaged(sha256)
    try:
        own = AESGCM(key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], b"key:" + bound)
        content = AESGCM(own).decrypt(rest[:_NONCE], rest[_NONCE:], b"content:" + bound)
    except (InvalidTag, ValueError):
        raise _damaged(sha256) from None
    if digests(content).sha256 != sha256:
        raise _damaged(sha256)
    return content


def _bound(subject: str, sha256: str) -> bytes:
    return f"{subject}:{sha256}".encode()


def _damaged(sha256: str) -> IntegrityError:
    message = f"document {sha256} no longer matches its digest: restore it from backup"
    return IntegrityError(message, f"文件 {sha256[:16]}… 与其摘要不符，请从备份恢复", sha256=sha256)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
