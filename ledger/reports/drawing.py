"""A drawn name in a report: its shape, plainly said not to be the signature."""

from reportlab.platypus import Flowable

from ledger.reports import house as h

WIDTH, HEIGHT = 600, 200
SCALE = 0.28


class Drawing(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Strokes of whole points within 600 × 200, scaled to a line's space, on a pale ground."""

    def __init__(self, strokes: tuple[tuple[tuple[int, int], ...], ...]) -> None:
        super().__init__()
        self._strokes = strokes
        self.width, self.height = WIDTH * SCALE, HEIGHT * SCALE

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size it always has."""
        del width, height
        return self.width, self.height

    def draw(self) -> None:
        """Draw each stroke; a single point is a dot."""
        canvas = self.canv
        canvas.setFillColor(h.PALE)
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        canvas.setStrokeColor(h.NAVY)
        canvas.setLineWidth(0.9)
        canvas.setLineCap(1)
        for stroke in self._strokes:
            path = canvas.beginPath()
            (x, y), *others = [(x * SCALE, self.height - y * SCALE) for x, y in stroke]
            path.moveTo(x, y)
            for point in others or [(x, y)]:
                path.lineTo(*point)
            canvas.drawPath(path)
