"""One suite for the documents port; every adapter is a row of ``DOCUMENTS``."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.documents.directory import DirectoryDocuments
from ledger.domain.catalogue import Stream
from ledger.errors import CallerError, NotFoundError
from tests.ledgers import Parts, open_parts
from verifier.digests import digests

DOCUMENTS = ("directory",)


@pytest.fixture(params=DOCUMENTS)
def parts(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Parts]:
    assert request.param == "directory"
    opened = open_parts(tmp_path)
    yield opened
    opened.store.close()


@pytest.mark.parametrize("size", [1, 15, 16, 17, 100_000])
def test_a_document_comes_back_byte_for_byte(parts: Parts, size: int) -> None:
    content = os.urandom(size)
    subject = parts.investor()
    ref = parts.documents.put(content, subject=subject, media_type="application/pdf", role="proof")
    found = digests(content)
    assert (ref.sha256, ref.sm3, ref.bytes) == (found.sha256, found.sm3, size)
    assert (ref.media_type, ref.role) == ("application/pdf", "proof")
    assert parts.documents.get(ref.sha256, subject=subject) == content


def test_putting_it_twice_is_the_same_document(parts: Parts) -> None:
    subject = parts.investor()
    one = parts.documents.put(b"same", subject=subject, media_type="text/plain", role="proof")
    two = parts.documents.put(b"same", subject=subject, media_type="text/plain", role="shown")
    assert one.sha256 == two.sha256
    assert parts.documents.get(one.sha256, subject=subject) == b"same"


def test_the_same_document_of_two_subjects_is_forgotten_apart(parts: Parts) -> None:
    gone, stays = parts.investor(), parts.investor()
    for subject in (gone, stays):
        ref = parts.documents.put(b"same", subject=subject, media_type="text/plain", role="proof")
    parts.store.destroy_subject_key(gone)
    assert parts.documents.get(ref.sha256, subject=stays) == b"same"
    with pytest.raises(NotFoundError):
        parts.documents.get(ref.sha256, subject=gone)


def test_another_subject_does_not_see_it(parts: Parts) -> None:
    ref = parts.documents.put(b"mine", subject=parts.investor(), media_type="text/plain", role="proof")
    with pytest.raises(NotFoundError):
        parts.documents.get(ref.sha256, subject=parts.investor())


@pytest.mark.parametrize("sha256", ["0" * 64, "", "../../../etc/passwd", "A" * 64])
def test_an_unknown_document_is_not_found(parts: Parts, sha256: str) -> None:
    with pytest.raises(NotFoundError):
        parts.documents.get(sha256, subject=parts.investor())


@pytest.mark.parametrize("subject", ["0" * 64, "", "../x"])
def test_an_unknown_subject_is_not_found(parts: Parts, subject: str) -> None:
    with pytest.raises(NotFoundError):
        parts.documents.put(b"x", subject=subject, media_type="text/plain", role="proof")


def test_size_is_bounded(tmp_path: Path, parts: Parts) -> None:
    subject = parts.investor()
    small = DirectoryDocuments(tmp_path / "small", parts.store, max_bytes=10)
    small.put(b"x" * 10, subject=subject, media_type="text/plain", role="proof")
    for content in (b"x" * 11, b""):
        with pytest.raises(CallerError, match="1 to 10 bytes"):
            small.put(content, subject=subject, media_type="text/plain", role="proof")


def test_a_document_may_be_stored_inside_the_transaction_that_makes_its_subject(parts: Parts) -> None:

    with parts.store.transaction() as tx:
        subject = tx.create(Stream.SALE)
        ref = parts.documents.put(b"early", subject=subject, media_type="text/plain", role="proof")
    assert parts.documents.get(ref.sha256, subject=subject) == b"early"
