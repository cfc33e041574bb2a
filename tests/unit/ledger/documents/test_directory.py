"""Documents on disk: torn writes, changed bytes, and what an observer of the disk may see."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.documents.directory import DirectoryDocuments
from ledger.errors import ConfigurationError, IntegrityError, NotFoundError, OperatorError
from tests.ledgers import Parts, open_parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    opened = open_parts(tmp_path)
    yield opened
    opened.store.close()


def only_file(root: Path) -> Path:
    (found,) = [p for p in (root / "documents").rglob("*") if p.is_file()]
    return found


def put(parts: Parts, subject: str, content: bytes = b"asset proof of an investor") -> str:
    return parts.documents.put(content, subject=subject, media_type="application/pdf", role="proof").sha256


def test_the_disk_shows_neither_content_nor_loose_modes(parts: Parts, tmp_path: Path) -> None:
    put(parts, parts.investor())
    file = only_file(tmp_path)
    assert b"asset proof" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_every_changed_byte_is_refused(parts: Parts, tmp_path: Path) -> None:
    subject = parts.investor()
    sha256 = put(parts, subject, b"short")
    file = only_file(tmp_path)
    good = file.read_bytes()
    for i in range(len(good)):
        file.write_bytes(good[:i] + bytes([good[i] ^ 1]) + good[i + 1 :])
        with pytest.raises(IntegrityError, match=sha256):
            parts.documents.get(sha256, subject=subject)


def test_every_torn_file_is_refused_and_healed_by_the_next_put(parts: Parts, tmp_path: Path) -> None:
    subject = parts.investor()
    sha256 = put(parts, subject, b"short")
    file = only_file(tmp_path)
    good = file.read_bytes()
    for length in range(len(good)):
        file.write_bytes(good[:length])
        with pytest.raises(IntegrityError):
            parts.documents.get(sha256, subject=subject)
    assert put(parts, subject, b"short") == sha256
    assert parts.documents.get(sha256, subject=subject) == b"short"


def test_a_file_moved_to_another_place_does_not_open(parts: Parts, tmp_path: Path) -> None:
    subject = parts.investor()
    put(parts, subject)
    file = only_file(tmp_path)
    file.rename(file.with_name("f" * 64))
    with pytest.raises(IntegrityError):
        parts.documents.get("f" * 64, subject=subject)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_is_cut_leaves_no_document(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    subject = parts.investor()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        if step == "fsync":
            patched.setattr(os, "fsync", fail)
        else:
            patched.setattr(Path, "replace", fail)
        with pytest.raises(OperatorError, match="No space left on device"):
            put(parts, subject)
    assert [p for p in (tmp_path / "documents").rglob("*") if p.is_file()] == []
    sha256 = put(parts, subject)
    assert parts.documents.get(sha256, subject=subject)


def test_what_a_crash_leaves_behind_is_named_and_never_read(parts: Parts, tmp_path: Path) -> None:
    subject = parts.investor()
    sha256 = put(parts, subject)
    file = only_file(tmp_path)
    left = file.with_name(f"{'e' * 64}.{os.urandom(8).hex()}.part")
    left.write_bytes(b"half")
    assert parts.documents.leftovers() == (left,)
    with pytest.raises(NotFoundError):
        parts.documents.get("e" * 64, subject=subject)
    assert parts.documents.get(sha256, subject=subject)


def test_a_directory_that_cannot_be_written_is_named(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="choose a data directory"):
        DirectoryDocuments(tmp_path / "file" / "documents", parts.store)
