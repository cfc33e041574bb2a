"""A draft of law laid over the law in force, to see what it would change. A draft never decides anything for real."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.rules.engine import Rules
from ledger.rules.errors import RulesetError
from ledger.rules.loader import DRAFTS, PACKAGED, parse, texts
from ledger.rules.parsing import DRAFT


@dataclass(frozen=True, slots=True)
class Draft:
    """The rules as they would be. ``since`` is the first day on which all of the draft would be law."""

    name: str
    rules: Rules
    since: date
    files: tuple[str, ...]


def lay_over(law: Mapping[str, str], folder: Path) -> Draft:
    """Read a draft, by its folder or its name in the package: each file instead of the law's at its address, or new.

    Values that are not law yet have ``status = "draft"``; the draft's own ``sources.toml`` adds norms. `RulesetError`
    points at file, key and date of the first mistake, also where institution policy would be looser than the draft.
    """
    folder = _found(folder)
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


def _found(folder: Path) -> Path:
    packaged = PACKAGED / DRAFTS
    if folder.is_dir():
        return folder
    if len(folder.parts) == 1 and (packaged / folder).is_dir():
        return packaged / folder
    names = ", ".join(sorted(p.name for p in packaged.iterdir())) if packaged.is_dir() else "none"
    raise RulesetError(f"is not a folder, nor a draft that comes with the program ({names})", file=str(folder))


def _place(name: str, draft: str) -> str:
    return f"{DRAFTS}/{draft}/{name}" if name == "sources.toml" else name
