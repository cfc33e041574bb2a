"""The house style: colours, sizes and paragraph looks of every paper."""

from dataclasses import dataclass, field, replace

from reportlab.lib.colors import Color, HexColor

from ledger.reports.fonts import Faces
from ledger.reports.text import Look, Shape, Span, Text

INK: Color = HexColor(0x1B2430)
NAVY: Color = HexColor(0x16335B)
GREY: Color = HexColor(0x66707F)
RULE: Color = HexColor(0xCFD6DF)
PALE: Color = HexColor(0xF3F5F8)
GOLD: Color = HexColor(0xA3824A)
RED: Color = HexColor(0xA8201A)
PALE_RED: Color = HexColor(0xFBF1F0)
GREEN: Color = HexColor(0x1F6B45)
PALE_GREEN: Color = HexColor(0xEFF6F1)
AMBER: Color = HexColor(0x8A5A00)
PALE_AMBER: Color = HexColor(0xFCF6EA)
WHITE: Color = HexColor(0xFFFFFF)


def look(size: float, leading: float, color: Color = INK, *, bold: bool = False) -> Look:
    """Make a look whose marked characters stand out in red."""
    return Look(size, leading, color, RED, bold)


BODY = look(9.6, 16)
SMALL = look(8, 12.4)
FINE = look(7.2, 10.8, GREY)
GLOSS = look(7.8, 11.4, GREY)
STRONG = look(9.6, 16, bold=True)
TITLE = look(20, 28, NAVY, bold=True)
SUBTITLE = look(9.5, 15, GREY)
SECTION = look(12.5, 19, NAVY, bold=True)
CLAUSE = look(10.4, 17, INK, bold=True)
CELL_NAME = look(8.2, 12.6, GREY)
CELL = look(8.8, 13.2)
HEAD_CELL = look(8, 12, WHITE, bold=True)

_LEFT = Shape(align="left")
_LONGEST_CELL = 600


@dataclass(frozen=True, slots=True)
class House:
    """Makes paragraphs with one set of faces."""

    faces: Faces = field(repr=False)

    def text(self, content: str | list[Span], how: Look = BODY, shape: Shape | None = None, *, label: str = "") -> Text:
        """Set a paragraph of any look."""
        return Text(self.faces, content, how, shape, label=label)

    def body(self, content: str | list[Span], *, after: float = 5, indent: bool = True) -> Text:
        """Set a paragraph of running text, its first line indented by two characters as is usual in Chinese."""
        return self.text(content, BODY, Shape(first_indent=2 * BODY.size if indent else 0, after=after))

    def gloss(self, content: str, *, indent: float = 0, after: float = 6) -> Text:
        """Set an English gloss."""
        return self.text(content, GLOSS, Shape(align="left", indent=indent, after=after))

    def numbered(self, label: str, content: str | list[Span], *, indent: float = 22, after: float = 4) -> Text:
        """Set an item with a hanging number."""
        return self.text(content, BODY, Shape(indent=indent, after=after), label=label)

    def cell(self, content: str | list[Span], how: Look = CELL) -> Text:
        """Set the content of a table cell. Tables cannot part a cell, so very long text is cut, visibly."""
        if isinstance(content, str):
            content = [Span(content)]
        room, kept = _LONGEST_CELL, []
        for span in content:
            kept.append(span if len(span.text) <= room else replace(span, text=span.text[:room] + "…〔下略〕"))
            room -= len(span.text)
            if room < 0:
                break
        return self.text(kept, how, _LEFT)
