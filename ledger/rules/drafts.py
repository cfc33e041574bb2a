"""A draft of law laid over the law in force, to see what it would change. A draft never decides anything for real."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.rules.engine import Rules
from ledger.rules.errors import RulesetError
from ledger.rules.loader import DRAFTS, parse, texts
from ledger.rules.parsing import DRAFT


@dataclass(frozen=True, slots=True)
class Draft:
    """The rules as they would be. ``since`` is the first day on which all of the draft would be law."""

    name: str
    rules: Rules
    since: date
    files: tuple[str, ...]


def lay_over(law: Mapping[str, str], folder: Path) -> Draft:
    """Read a draft: files at their legal addresses, each instead of the law's file or new beside them.

    Values that are not law yet have ``status = "draft"``; the draft's own ``sources.toml`` adds norms. `RulesetError`
    points at file, key and date of the first mistake, also where institution policy would be looser than the draft.
    """
    if not folder.is_dir():
        raise RulesetError("is not a folder: name the folder of the draft", file=str(folder))
    own = {_place(name, folder.name): text for name, text in texts(folder)}
    if not own:
        raise RulesetError("holds no TOML file: put the changed files there at their legal addresses", file=folder.name)
    before, ruleset = parse(law), parse({**law, **own}, drafts=own)
    for key, parameter in ruleset.parameters.items():
        old = before.parameters.get(key)
        if parameter.file in own and old is not None and parameter.unit != old.unit:
            raise RulesetError(f"must be in {old.unit.name}, as the law has it", file=parameter.file, key="unit")
    starts = [
        value.start
        for parameter in ruleset.parameters.values()
        if parameter.file in own
        for value in parameter.values
        if value.citation.status == DRAFT
    ]
    if not starts:
        raise RulesetError('has no value with status = "draft": mark what is not law yet', file=folder.name)
    return Draft(folder.name, Rules(ruleset), max(starts), tuple(sorted(own)))


def _place(name: str, draft: str) -> str:
    return f"{DRAFTS}/{draft}/{name}" if name == "sources.toml" else name
