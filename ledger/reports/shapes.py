"""Flowables that are more than text: rules, badges, boxes."""

from collections.abc import Sequence

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from ledger.reports import house as h
from ledger.reports.house import House
from ledger.reports.text import Look, Shape, width_of


class Rule(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A thin line over the whole width."""

    def __init__(self, color: Color = h.RULE, thickness: float = 0.6, after: float = 8) -> None:
        """``after`` is the space below in points."""
        super().__init__()
        self._color, self._thickness, self._after, self._width = color, thickness, after, 0.0

    def getSpaceAfter(self) -> float:  # noqa: N802 - reportlab's name
        """Space below, in points."""
        return self._after

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Take the width there is."""
        del available_height
        self._width = available_width
        return available_width, self._thickness

    def draw(self) -> None:
        """Draw the line."""
        self.canv.setStrokeColor(self._color)
        self.canv.setLineWidth(self._thickness)
        self.canv.line(0, 0, self._width, 0)


class Badge(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A word on a coloured ground, such as a risk level."""

    def __init__(self, house: House, word: str, how: Look, ground: Color, *, pad: float = 8) -> None:
        """``how`` gives size and colour of the word."""
        super().__init__()
        self._text = house.text(word, how, Shape(align="center"))
        self._ground = ground
        self._size = (width_of(house.faces, word, how) + 2 * pad, how.leading + pad / 2)

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Take the word's own size."""
        del available_width
        self._text.wrap(self._size[0], available_height)
        return self._size

    def draw(self) -> None:
        """Draw ground and word."""
        width, height = self._size
        self.canv.setFillColor(self._ground)
        self.canv.roundRect(0, 0, width, height, 2.5, stroke=0, fill=1)
        _, text_height = self._text.wrap(width, height)
        self._text.drawOn(self.canv, 0, (height - text_height) / 2)


class Box(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Paragraphs on a coloured ground with an edge on the left; a box that does not fit goes on overleaf."""

    _INSET = 12.0
    _TOP = 9.0
    _EDGE = 2.4

    def __init__(self, content: Sequence[Flowable], ground: Color, edge: Color, after: float) -> None:
        """``after`` is the space below in points."""
        super().__init__()
        self._content, self._ground, self._edge, self._after = tuple(content), ground, edge, after
        self._size, self._heights = (0.0, 0.0), ()  # type: tuple[float, float], tuple[float, ...]

    def getSpaceBefore(self) -> float:  # noqa: N802 - reportlab's name
        """Space above, in points."""
        return 2.0

    def getSpaceAfter(self) -> float:  # noqa: N802 - reportlab's name
        """Space below, in points."""
        return self._after

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Stack the paragraphs."""
        inner = available_width - 2 * self._INSET
        self._heights = tuple(part.wrap(inner, available_height)[1] for part in self._content)
        self._size = available_width, sum(self._heights) + sum(self._gaps()) + 2 * self._TOP
        return self._size

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Split between or inside paragraphs."""
        self.wrap(available_width, available_height)
        room = available_height - 2 * self._TOP
        for number, (part, height, gap) in enumerate(zip(self._content, self._heights, self._gaps(), strict=True)):
            if height <= room:
                room -= height + gap
                continue
            pieces = part.split(available_width - 2 * self._INSET, room)
            if not pieces and not number:
                return []
            first = (*self._content[:number], *pieces[:1])
            rest = (*pieces[1:], *self._content[number + (1 if pieces else 0) :]) if pieces else self._content[number:]
            return [Box(p, self._ground, self._edge, self._after) for p in (first, rest) if p]
        return [self]

    def draw(self) -> None:
        """Draw ground, edge and paragraphs."""
        width, height = self._size
        self.canv.setFillColor(self._ground)
        self.canv.rect(0, 0, width, height, stroke=0, fill=1)
        self.canv.setFillColor(self._edge)
        self.canv.rect(0, 0, self._EDGE, height, stroke=0, fill=1)
        y = height - self._TOP
        for part, part_height, gap in zip(self._content, self._heights, self._gaps(), strict=True):
            y -= part_height
            part.drawOn(self.canv, self._INSET, y)
            y -= gap

    def _gaps(self) -> tuple[float, ...]:
        """Return the space below each paragraph; none below the last."""
        after = [part.getSpaceAfter() for part in self._content]
        return (*after[:-1], 0.0) if after else ()
