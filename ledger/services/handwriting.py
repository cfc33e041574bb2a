"""A drawn name beside a signature: only its shape, as a document. It is never the signature and proves nobody."""

import re
from collections.abc import Sequence

from ledger.errors import CallerError

ROLE, MEDIA_TYPE = "handwriting", "image/svg+xml"
WIDTH, HEIGHT = 600, 200
MOST_POINTS = 4000
Stroke = Sequence[tuple[int, int]]
_PATH = re.compile(r'<path d="M([0-9 L]+)"/>')


def to_svg(strokes: Sequence[Stroke]) -> bytes:
    """Return the picture: `WIDTH` × `HEIGHT`, one path a stroke, whole coordinates. No time, no pressure."""
    points = [point for stroke in strokes for point in stroke]
    if not points or not all(strokes) or len(points) > MOST_POINTS:
        raise CallerError(
            f"a drawing has strokes of points, {MOST_POINTS} in all at most: draw again, or leave it out",
            f"手写图样须由笔画组成，总点数不超过{MOST_POINTS}：请重画或跳过",
        )
    if not all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points):
        raise CallerError(f"points lie within {WIDTH} × {HEIGHT}", f"坐标须在{WIDTH}×{HEIGHT}范围内")
    paths = "".join(f'<path d="M{" L".join(f"{x} {y}" for x, y in stroke)}"/>' for stroke in strokes)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="#000000"'
    return f'{head} stroke-width="3" stroke-linecap="round" stroke-linejoin="round">{paths}</svg>\n'.encode("ascii")


def strokes_of(svg: bytes) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Read back what `to_svg` wrote."""
    return tuple(
        tuple((int(x), int(y)) for x, y in (point.split(" ") for point in path.split(" L")))
        for path in _PATH.findall(svg.decode("ascii"))
    )
