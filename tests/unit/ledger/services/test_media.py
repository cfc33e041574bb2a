"""What a file is, and the words that a person would read in it."""

import pytest

from ledger.services.media import media_type_of, text_of


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n\x1a\nxyz", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("管理人介绍\r\n\t第二行".encode(), "text/plain"),
        ("\ufeff  <!DOCTYPE HTML><p>x".encode(), "text/html"),
        (b"<html><p>x</p></html>", "text/html"),
        (b"\x00\x01\x02", None),
        (b"text with a bell \x07", None),
        ("介绍".encode("gb18030"), None),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str | None) -> None:
    assert media_type_of(content) == kind


def test_plain_text_is_read_as_it_is() -> None:
    assert text_of("第一行\n第二行".encode()) == "第一行\n第二行"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<html><p>保<b>本</b></p>", "保本"),
        ("<html><p>&#20445;&#26412;</p>", "保本"),
        ("<html><img alt='保本'>", "保本"),
        ("<html><meta name=x content='保本'>", "保本"),
        ("<html><a title='保本' href='x'>x</a>", "保本"),
        ("<html><script>document.write('保本')</script>", "保本"),
        ("<html><style>p::before { content: '保本' }</style>", "保本"),
        ("<html><p>保<!-- 注释 -->本", "保本"),
    ],
)
def test_no_markup_hides_words(page: str, words: str) -> None:
    assert words in (text_of(page.encode()) or "")


def test_addresses_and_names_of_tags_are_no_words() -> None:
    assert text_of(b"<html><a href='guaranteed'>x</a><guaranteed>") == "x"


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\x00"])
def test_what_only_a_person_can_read_has_no_text(content: bytes) -> None:
    assert text_of(content) is None
