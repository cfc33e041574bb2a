"""Vectors of a paper that was read page by page before it was signed, and what can be wrong there."""

from typing import Any

from tests.vector_source.recipe import Recipe
from tests.vector_source.story import Reads

RULESET = "ab" * 32
SHORT = {"ruleset": RULESET, "page": 6, "total": 0}
LONGER = {"ruleset": RULESET, "page": 0, "total": 13}
BELIEVED = {"ruleset": RULESET, "page": 0, "total": 400}


def read(**reads: Any) -> Recipe:
    """A sale up to the signed risk disclosure, of which two pages were read."""
    return Recipe({"reads": Reads(**reads)}, signing=True)


GOOD: dict[str, Recipe] = {
    "good/reading": read(),
    "good/reading_not_demanded": read(minimum={"ruleset": RULESET, "page": 0, "total": 0}),
}
BAD: dict[str, tuple[Recipe, str, str]] = {
    "bad_reading_page": (read(minimum=SHORT), "statements", "not_read"),
    "bad_reading_total": (read(minimum=LONGER), "statements", "not_read"),
    "bad_reading_unbelievable": (read(minimum=BELIEVED, told=((1, 200), (2, 200))), "statements", "not_read"),
    "bad_reading_other_paper": (read(paper=lambda sha256: sha256[::-1]), "statements", "other_reading"),
}
