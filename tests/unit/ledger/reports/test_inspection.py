"""Somebody else's PDF: what could act in it is found wherever it hides, and what cannot be read is refused."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from ledger.demo.story import bank_statement
from ledger.errors import CallerError
from ledger.reports.inspection import active_parts

Change = Callable[[pikepdf.Pdf], None]


def changed(change: Change, **options: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(bank_statement())) as pdf:
        change(pdf)
        pdf.save(out, **options)
    return out.getvalue()


def script(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.Stream(pdf, b"app.alert(1)"))


def on_open(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = script(pdf)


def in_a_name_tree(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x"), pdf.make_indirect(script(pdf))]))
    )


def on_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch))


def behind_a_link(pdf: pikepdf.Pdf) -> None:
    link = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.SubmitForm))
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])


def a_file_inside(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.exe"] = b"MZ"


def test_a_plain_statement_has_nothing_active() -> None:
    assert active_parts(bank_statement()) == ()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (on_open, "/JavaScript"),
        (in_a_name_tree, "/JS"),
        (on_a_page, "/Launch"),
        (behind_a_link, "/SubmitForm"),
        (a_file_inside, "/EmbeddedFiles"),
    ],
)
@pytest.mark.parametrize("hidden", [False, True], ids=["plain", "in object streams"])
def test_what_could_act_is_found(change: Change, name: str, hidden: bool) -> None:  # noqa: FBT001 - a parameter
    mode = pikepdf.ObjectStreamMode.generate if hidden else pikepdf.ObjectStreamMode.disable
    assert name in active_parts(changed(change, object_stream_mode=mode))


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-1.7\n%%EOF\n", bank_statement()[:300], b"%PDF-" + b"[" * 9000])
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(CallerError):
        active_parts(content)


def test_an_encrypted_pdf_is_refused() -> None:
    locked = changed(lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(CallerError, match="encrypted"):
        active_parts(locked)
