"""A drawn name: its shape and nothing else, within bounds, the same bytes each time."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import CallerError
from ledger.services.handwriting import HEIGHT, MOST_POINTS, WIDTH, strokes_of, to_svg

POINT = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT))
STROKES = st.lists(st.lists(POINT, min_size=1, max_size=30), min_size=1, max_size=20)


@given(STROKES)
def test_the_shape_comes_back_and_nothing_but_the_shape_is_kept(strokes: list[list[tuple[int, int]]]) -> None:
    svg = to_svg(strokes)
    assert strokes_of(svg) == tuple(map(tuple, strokes))
    root = ET.fromstring(svg)
    assert {child.tag.rpartition("}")[2] for child in root} == {"path"}
    assert {name for child in root for name in child.attrib} == {"d"}
    assert not re.search(rb"script|href|time|pressure", svg)


@pytest.mark.parametrize(
    "strokes",
    [[], [[]], [[(0, 0)], []], [[(1, 1)] * (MOST_POINTS + 1)], [[(WIDTH + 1, 0)]], [[(0, HEIGHT + 1)]], [[(-1, 0)]]],
    ids=["none", "empty", "one empty", "too many", "right of it", "below it", "left of it"],
)
def test_what_is_no_drawing_is_refused(strokes: list[list[tuple[int, int]]]) -> None:
    with pytest.raises(CallerError):
        to_svg(strokes)


def test_the_limits_themselves_are_drawn() -> None:
    assert len(strokes_of(to_svg([[(WIDTH, HEIGHT)] * MOST_POINTS]))[0]) == MOST_POINTS
