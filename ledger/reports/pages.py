"""One of our papers read back page by page: as text that flows on a phone, and as a picture. PDFium does the work."""

import io
import re
from collections.abc import Iterator
from ctypes import c_double

import pypdfium2
from pypdfium2 import raw

from ledger.errors import NotFoundError
from ledger.reports.page import BOTTOM, HEIGHT, MARGIN, TOP, WIDTH

SCALE = 1.7
COLOURS = 24
_ARTICLE = re.compile(r"第[一二三四五六七八九十百]+条 ")
_HEADING = 10.4
"""Points from which on a line is a heading; body text is smaller in every paper of ours."""

Paragraph = tuple[str, bool]


def words(pdf: bytes) -> tuple[tuple[Paragraph, ...], ...]:
    """Return each page as paragraphs, running head and foot left out."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(tuple(_paragraphs(page)) for page in document)
    finally:
        document.close()


def picture(pdf: bytes, page: int) -> bytes:
    """Return a page as PNG of a few colours."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        if not 1 <= page <= len(document):
            raise NotFoundError(f"the paper has {len(document)} pages", f"该文件共 {len(document)} 页")
        image = document[page - 1].render(scale=SCALE).to_pil().quantize(COLOURS)
    finally:
        document.close()
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _paragraphs(page: pypdfium2.PdfPage) -> Iterator[Paragraph]:
    """Join the lines that were broken only because the paper's width ended."""
    text, heading = "", False
    for line, size, full in _lines(page):
        large = size >= _HEADING
        if text and large != heading:
            yield text.strip(), heading
            text = ""
        text, heading = text + line, large
        if not full:
            yield text.strip(), heading
            text = ""
        elif line[-1:].isascii():
            text += " "
    if text:
        yield text.strip(), heading


def _lines(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float, bool]]:
    """Yield each line with its size in points, and whether it fills the width."""
    found = page.get_textpage()
    units: list[int] = []
    size = right = middle = 0.0
    start = WIDTH
    for index in range(found.count_chars()):
        unit = raw.FPDFText_GetUnicode(found, index)
        if unit in {10, 13}:
            yield from _line(units, size, (start, right), middle)
            units, size, right, start = [], 0.0, 0.0, WIDTH
            continue
        left, far, low, high = c_double(), c_double(), c_double(), c_double()
        raw.FPDFText_GetCharBox(found, index, left, far, low, high)
        units.append(unit)
        size = max(size, raw.FPDFText_GetFontSize(found, index))
        start, right = min(start, left.value), max(right, far.value)
        middle = (low.value + high.value) / 2
    yield from _line(units, size, (start, right), middle)


def _line(units: list[int], size: float, span: tuple[float, float], middle: float) -> Iterator[tuple[str, float, bool]]:
    text = "".join(map(chr, units)).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip("\x00\x02 ")
    if text and BOTTOM <= middle <= HEIGHT - TOP:
        large = _HEADING if _ARTICLE.match(text) else size
        yield text, large, span[0] <= WIDTH / 2 and span[1] >= WIDTH - MARGIN - 1.6 * size
