"""Bundles of the vectors' sale, changed under the seal or told otherwise, and the first step that objects."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from tests.vector_source.recipe import SHORT, SIGNING, Body, edit
from tests.vector_source.story import Story
from tests.vector_source.world import assemble, sealed
from verifier.trust import Trust
from verifier.verify import Report, Step, verify


@cache
def told(order: tuple[str, ...]) -> tuple[Story, str]:
    story = Story("steps", order, frozenset({order[0], order[-1]})).tell()
    return story, json.dumps(assemble(story.log, story.sale))


def problem(body: Body, trust: Trust | None = None) -> tuple[str, str] | None:
    found = verify(sealed(body), trust=trust).first_problem
    return None if found is None else (found.key, found.code)


def step(report: Report, key: str) -> Step:
    return next(found for found in report.steps if found.key == key)


def changed(change: Callable[[Body], object], order: tuple[str, ...] = SHORT) -> tuple[str, str] | None:
    body = json.loads(told(order)[1])
    change(body)
    return problem(body)


def retold(order: tuple[str, ...] = SIGNING, **options: Any) -> tuple[str, str] | None:
    story = Story("steps", order, frozenset({order[-1]}), **options).tell()
    return problem(assemble(story.log, story.sale))


def at(path: str, value: Any) -> Callable[[Body], object]:
    return lambda body: edit(path, value)(body, told(SHORT)[0])
