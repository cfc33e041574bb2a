"""Parts that papers are put together from: titles, sections, tables of names and values, boxes, badges."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import CondPageBreak, Flowable, Table, TableStyle

from ledger.reports import house as h
from ledger.reports.fonts import REGULAR
from ledger.reports.house import House
from ledger.reports.page import BODY_WIDTH
from ledger.reports.shapes import Box, Rule
from ledger.reports.text import Shape, Span, Text

_NAME_WIDTH = 92.0
_SECTION_NEEDS = 90.0


def title(house: House, zh: str, en: str) -> list[Flowable]:
    """Open a paper."""
    return [
        house.text(zh, h.TITLE, Shape(align="center", before=6)),
        house.text(en, h.SUBTITLE, Shape(align="center", after=10)),
        Rule(h.GOLD, 1.2, 12),
    ]


def section(house: House, zh: str, en: str) -> list[Flowable]:
    """Open a section; it never stands alone at the foot of a page."""
    heading = house.text(
        [Span(zh), Span(f"  {en}", bold=False, color=h.GREY, size=8.6)],
        h.SECTION,
        Shape(align="left", before=12, after=5),
    )
    return [CondPageBreak(_SECTION_NEEDS), heading]


def pairs(
    house: House, rows: Sequence[tuple[str, str | Text | list[Span]]], *, name_width: float = _NAME_WIDTH
) -> Table:
    """Set a table of names and values."""
    cells = [
        [house.cell(name, h.CELL_NAME), value if isinstance(value, Text) else house.cell(value)] for name, value in rows
    ]
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, h.RULE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, h.NAVY),
        ("BACKGROUND", (0, 0), (0, -1), h.PALE),
        *_padding(3.6, 6),
    ]
    return _table(cells, [name_width, BODY_WIDTH - name_width], style)


def grid(house: House, head: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> Table:
    """Set a table with a head that repeats on every page; ``widths`` are shares of the whole."""
    total = sum(widths)
    cells = [[house.cell(name, h.HEAD_CELL) for name in head], *[list(row) for row in rows]]
    style = [
        ("BACKGROUND", (0, 0), (-1, 0), h.NAVY),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, h.RULE),
        *_padding(3.6, 4.5),
    ]
    return _table(cells, [BODY_WIDTH * share / total for share in widths], style, repeat=1)


def box(content: Sequence[Flowable], *, ground: Color = h.PALE, edge: Color = h.NAVY, after: float = 10) -> Box:
    """Set paragraphs in a box with a coloured edge."""
    return Box(content, ground, edge, after)


def columns(parts: Sequence[Flowable], widths: Sequence[float], style: Sequence[tuple[Any, ...]] = ()) -> Table:
    """Stand parts side by side; ``widths`` in points."""
    return _table([list(parts)], list(widths), [*_padding(0, 0), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *style])


def _padding(vertical: float, horizontal: float) -> list[tuple[Any, ...]]:
    return [
        ("TOPPADDING", (0, 0), (-1, -1), vertical),
        ("BOTTOMPADDING", (0, 0), (-1, -1), vertical),
        ("LEFTPADDING", (0, 0), (-1, -1), horizontal),
        ("RIGHTPADDING", (0, 0), (-1, -1), horizontal),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]


def _table(
    cells: list[list[Any]], widths: Sequence[float], style: Sequence[tuple[Any, ...]], *, repeat: int = 0
) -> Table:
    embedded = ("FONTNAME", (0, 0), (-1, -1), REGULAR)  # reportlab names a cell's font even where nothing is set in it
    table = Table(
        cells,
        colWidths=list(widths),
        repeatRows=repeat,
        style=TableStyle([embedded, *style]),
        hAlign="LEFT",
    )
    table.spaceAfter = 8
    return table
