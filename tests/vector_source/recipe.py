"""How one vector is made: a story, a change of its bundle before sealing, a change of its bytes after."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.vector_source import asn1, keys, papers
from tests.vector_source.story import ORDER, Story
from tests.vector_source.world import assemble, sealed
from verifier.verify import RECIPE, REPORT

STEPS = {instruction.key: instruction.number for instruction in (*RECIPE, REPORT)}
Body = dict[str, Any]
SIGNING = (*ORDER[: ORDER.index("sign_disclosure")], "sign_disclosure")
SHORT = ("product", "investor", "open_sale", "match", "present", "confirm")


@dataclass(frozen=True)
class Vector:
    """A name, the files, and what must be said of them; ``code`` is that of the step that does not hold first."""

    name: str
    files: dict[str, bytes]
    verdict: str
    step: int | None = None
    code: str = ""


@dataclass
class Recipe:
    """How to make one vector: a story, a change of its bundle before sealing, a change of its bytes after."""

    story: dict[str, Any] = field(default_factory=dict)
    full: bool = False
    signing: bool = False
    body: Callable[[Body, Story], None] = lambda _body, _story: None
    data: Callable[[bytes], bytes] = lambda data: data
    trust: dict[str, Any] | None = None
    report: Callable[[bytes], bytes] | None = None
    sealer: asn1.Identity = keys.INSTITUTION
    teller: type[Story] = Story

    def make(self) -> dict[str, bytes]:
        options: dict[str, Any] = {
            "order": ORDER if self.full else SHORT,
            "checkpoints_after": frozenset({"investor", "present", "confirm"}),
        }
        if self.full or self.signing:
            options = {"order": ORDER if self.full else SIGNING}
        story = self.teller("pfl", **(options | self.story)).tell()
        body = assemble(story.log, story.sale)
        self.body(body, story)
        data = self.data(sealed(body))
        files = {} if self.trust is None else {"trust.json": json.dumps(self.trust, indent=1).encode() + b"\n"}
        if self.report is None:
            return files | {"evidence.json": data}
        report = papers.signed(papers.pdf("Report", data), self.sealer, story.log.now)
        return files | {"report.pdf": self.report(report)}


def of(body: Body, kind: str) -> Body:
    """Return the first entry of a record type."""
    return next(entry for entry in body["records"] if entry["record"]["type"] == kind)


def edit(path: str, value: Any) -> Callable[[Body, Story], None]:
    """Set one member, named by a dotted path."""

    def change(body: Body, _story: Story) -> None:
        place: Any = body
        *way, last = [int(part) if part.lstrip("-").isdigit() else part for part in path.split(".")]
        for part in way:
            place = place[part]
        place[last] = value

    return change


def flip(text: str, at: int = 0) -> str:
    """Change one hex digit."""
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def flipped(path: str) -> Callable[[Body, Story], None]:
    """Change one hex digit of the text at a dotted path."""

    def change(body: Body, story: Story) -> None:
        value: Any = body
        for part in path.split("."):
            value = value[int(part)] if part.isdigit() else value[part]
        edit(path, flip(value))(body, story)

    return change
