"""A paragraph as a reportlab flowable: our line breaking, justified, every character in a face that has it."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Flowable

from ledger.reports.fonts import Faces
from ledger.reports.linebreak import Atom, Glyph, Line, break_lines, is_wide

_BASELINE = 0.86
_WIDEST_STRETCH = 0.35
_FEWEST_LINES = 2
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format, surrogate, private, unassigned


@dataclass(frozen=True, slots=True)
class Look:
    """How characters look. ``leading`` is the distance of baselines in points."""

    size: float
    leading: float
    color: Color
    marked: Color
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """How a paragraph stands: ``align`` is justify, left, center or right; indents and spaces in points."""

    align: str = "justify"
    indent: float = 0.0
    first_indent: float = 0.0
    before: float = 0.0
    after: float = 0.0
    keep_with_next: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a paragraph with its own look where it differs."""

    text: str
    bold: bool | None = None
    color: Color | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True)
class _Style:
    face: str
    size: float
    color: Color


class Text(Flowable):  # type: ignore[misc]  # reportlab has no types
    """One paragraph. ``label`` hangs in the indent of the first line."""

    def __init__(
        self, faces: Faces, content: str | Sequence[Span], look: Look, shape: Shape | None = None, *, label: str = ""
    ) -> None:
        """``content`` is plain text, never markup, so no name can break a paper."""
        super().__init__()
        self._faces, self._look, self._shape = faces, look, shape or Shape()
        spans = (Span(content),) if isinstance(content, str) else tuple(content)
        self._glyphs = tuple(g for span in spans for g in _glyphs(faces, span, look))
        self._label = tuple(_glyphs(faces, Span(label), look)) if label else ()
        self._lines: tuple[Line, ...] = ()
        self._own_lines = False
        self._box = 0.0
        self.keepWithNext = self._shape.keep_with_next

    def getSpaceBefore(self) -> float:  # noqa: N802 - reportlab's name
        """Space above, in points."""
        return self._shape.before

    def getSpaceAfter(self) -> float:  # noqa: N802 - reportlab's name
        """Space below, in points."""
        return self._shape.after

    def minWidth(self) -> float:  # noqa: N802 - reportlab's name
        """Return the width under which nothing sensible can be set."""
        return self._shape.indent + 4 * self._look.size

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Break into lines for this width."""
        del available_height
        self._box = available_width
        if not self._own_lines:
            self._lines = break_lines(self._glyphs, available_width - self._shape.indent, self._shape.first_indent)
        return available_width, len(self._lines) * self._look.leading

    def split(self, available_width: float, available_height: float) -> list["Text"]:
        """Split between lines, leaving at least two on either side."""
        self.wrap(available_width, available_height)
        fit = int(available_height / self._look.leading + 1e-6)
        fit = min(fit, len(self._lines) - _FEWEST_LINES) if fit < len(self._lines) else fit
        if fit < _FEWEST_LINES:
            return []
        if fit >= len(self._lines):
            return [self]
        return [self._part(self._lines[:fit], first=True), self._part(self._lines[fit:], first=False)]

    def draw(self) -> None:
        """Draw line by line."""
        baseline = len(self._lines) * self._look.leading
        baseline -= (self._look.leading - self._look.size) / 2 + _BASELINE * self._look.size
        if self._label:
            self._run(0.0, baseline, self._label, 0.0)
        for number, line in enumerate(self._lines):
            indent = self._shape.first_indent if number == 0 else 0.0
            self._draw_line(line, self._shape.indent + indent, baseline)
            baseline -= self._look.leading

    def _part(self, lines: tuple[Line, ...], *, first: bool) -> "Text":
        part = Text(self._faces, "", self._look, self._shape if first else replace(self._shape, first_indent=0.0))
        part._lines, part._own_lines = lines, True
        part._label = self._label if first else ()
        return part

    def _draw_line(self, line: Line, x: float, baseline: float) -> None:
        room = self._box - x
        spare = room - line.width
        gaps = len(line.atoms) - 1
        stretch = 0.0
        if self._shape.align == "center":
            x += spare / 2
        elif self._shape.align == "right":
            x += spare
        elif self._shape.align == "justify" and not line.last and gaps:
            share = spare / gaps
            stretch = share if share <= _WIDEST_STRETCH * self._look.size else 0.0
        self._draw_atoms(line.atoms, x, baseline, stretch)

    def _draw_atoms(self, atoms: Iterable[Atom], x: float, baseline: float, stretch: float) -> None:
        """Draw atoms; neighbours that are single characters of one style become one run with character spacing."""
        run: list[Glyph] = []
        start = x
        for number, atom in enumerate(atoms):
            x += (atom.lead + stretch) if number else 0.0
            single = len(atom.glyphs) == 1 and is_wide(atom.glyphs[0].character) and not atom.lead
            if run and not (single and run[-1].style == atom.glyphs[0].style and run[-1].advance == run[-1].size):
                self._run(start, baseline, run, stretch)
                run = []
            if single:
                start = start if run else x
                run.append(atom.glyphs[0])
            else:
                self._pieces(atom.glyphs, x, baseline)
            x += atom.width
        if run:
            self._run(start, baseline, run, stretch)

    def _pieces(self, glyphs: Sequence[Glyph], x: float, baseline: float) -> None:
        piece: list[Glyph] = []
        start = x
        squeezed = False
        for glyph in glyphs:
            if piece and (squeezed or glyph.style != piece[0].style):
                self._run(start, baseline, piece, 0.0)
                piece, start = [], x
            piece.append(glyph)
            squeezed = is_wide(glyph.character) and glyph.advance < glyph.size
            x += glyph.advance
        if piece:
            self._run(start, baseline, piece, 0.0)

    def _run(self, x: float, y: float, glyphs: Sequence[Glyph], spacing: float) -> None:
        style: Any = glyphs[0].style
        text = self.canv.beginText(x, y)
        text.setFont(style.face, style.size)
        text.setFillColor(style.color)
        text.setCharSpace(spacing)
        text.textOut("".join(glyph.character for glyph in glyphs))
        self.canv.drawText(text)


def width_of(faces: Faces, text: str, look: Look) -> float:
    """Return the natural width of one line of text, in points."""
    return sum(glyph.advance for glyph in _glyphs(faces, Span(text), look))


def _glyphs(faces: Faces, span: Span, look: Look) -> Iterable[Glyph]:
    """Choose a face for every character; what no face has or no eye sees becomes its coloured code point."""
    size = span.size or look.size
    bold = look.bold if span.bold is None else span.bold
    wanted = faces.bold if bold else faces.regular
    plain = _Style(wanted, size, span.color or look.color)
    for character in span.text:
        if character == "\n":
            yield Glyph(character, 0.0, size, plain)
            continue
        shown = " " if character.isspace() else character
        face = None if unicodedata.category(shown) in _UNSEEN else faces.face_for(shown, wanted)
        if face is None:
            yield from _code_point(faces, shown, size, look.marked)
            continue
        style = plain if face == wanted else _Style(face, size, plain.color)
        yield Glyph(shown, pdfmetrics.stringWidth(shown, face, size), size, style)


def _code_point(faces: Faces, character: str, size: float, color: Color) -> Iterable[Glyph]:
    style = _Style(faces.regular, size, color)
    for sign in f"〔U+{ord(character):04X}〕":
        yield Glyph(sign, pdfmetrics.stringWidth(sign, faces.regular, size), size, style)
