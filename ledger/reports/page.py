"""The page: A4, running head and foot, "page n of m", embedded fonts only, the same bytes for the same content."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString, PDFZCompress
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from ledger.domain.instants import require_utc
from ledger.reports import house as h
from ledger.reports.house import House
from ledger.reports.text import Shape

WIDTH, HEIGHT = A4
MARGIN = 56.0
BODY_WIDTH = WIDTH - 2 * MARGIN
TOP, BOTTOM = 66.0, 60.0

rl_config.useA85 = 0  # streams stay binary, a fifth smaller


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands on every page. ``foot`` may say a digest; the page number is added."""

    title: str
    author: str
    head_left: str
    head_right: str
    foot: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF."""

    name: str
    media_type: str
    description: str
    content: bytes


def render(
    house: House, furniture: Furniture, story: Sequence[Flowable], attachment: Attachment | None = None
) -> bytes:
    """Lay the story out and return the PDF."""
    output = io.BytesIO()
    template = BaseDocTemplate(
        output,
        pagesize=A4,
        title=furniture.title,
        author=furniture.author,
        subject=furniture.head_left,
        creator="private-fund-ledger",
        producer="private-fund-ledger (reportlab)",
        lang="zh-CN",
        invariant=1,
        initialFontName=house.faces.regular,
        pageCompression=1,
    )
    frame = Frame(MARGIN, BOTTOM, BODY_WIDTH, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    template.addPageTemplates([PageTemplate("page", [frame])])
    template.build(list(story), canvasmaker=_canvas_maker(house, furniture, attachment))
    return output.getvalue()


def _canvas_maker(house: House, furniture: Furniture, attachment: Attachment | None) -> Callable[..., Canvas]:
    """Return a canvas class that draws head and foot once the number of pages is known."""

    class NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                _draw_furniture(self, house, furniture, number, len(self._pages))
                super().showPage()
            if attachment is not None:
                _attach(self, attachment, furniture.made_at)
            super().save()

    return NumberedCanvas


def _draw_furniture(canvas: Canvas, house: House, furniture: Furniture, number: int, total: int) -> None:
    canvas.setStrokeColor(h.RULE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, HEIGHT - 50, WIDTH - MARGIN, HEIGHT - 50)
    canvas.line(MARGIN, 44, WIDTH - MARGIN, 44)
    _line(canvas, house, furniture.head_left, "left", HEIGHT - 47)
    _line(canvas, house, furniture.head_right, "right", HEIGHT - 47)
    _line(canvas, house, furniture.foot, "left", 30)
    _line(canvas, house, f"第 {number} 页 / 共 {total} 页", "right", 30)


def _line(canvas: Canvas, house: House, content: str, align: str, y: float) -> None:
    text = house.text(content, h.FINE, Shape(align=align))
    text.wrap(BODY_WIDTH, 0)
    text.drawOn(canvas, MARGIN, y)


def _attach(canvas: Canvas, attachment: Attachment, at: datetime) -> None:
    """Embed a file (ISO 32000-1 §7.11.4)."""
    document: Any = canvas._doc  # noqa: SLF001 - reportlab offers no public way to embed a file
    date = PDFString(require_utc(at).strftime("D:%Y%m%d%H%M%SZ").encode("ascii"), enc="raw")
    parameters = PDFDictionary(
        {
            "Size": len(attachment.content),
            "CreationDate": date,
            "ModDate": date,
        }
    )
    stream = PDFStream(
        PDFDictionary(
            {
                "Type": PDFName("EmbeddedFile"),
                "Subtype": "/" + attachment.media_type.replace("/", "#2F"),
                "Params": parameters,
            }
        ),
        attachment.content,
        [PDFZCompress],
    )
    file = document.Reference(stream)
    specification = PDFDictionary(
        {
            "Type": PDFName("Filespec"),
            "F": PDFString(attachment.name),
            "UF": PDFString(attachment.name),
            "Desc": PDFString(attachment.description),
            "AFRelationship": PDFName("Data"),
            "EF": PDFDictionary({"F": file, "UF": file}),
        }
    )
    named = document.Reference(specification)
    files = PDFDictionary({"Names": PDFArray([PDFString(attachment.name), named])})
    catalog = document.Catalog
    catalog.Names = PDFDictionary({"EmbeddedFiles": files})
    catalog.PageMode = PDFName("UseAttachments")
