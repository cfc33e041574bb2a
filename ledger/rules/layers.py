"""Institution policy over law: the same form, and only ever stricter (`design.md` §7)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ledger.rules.cells import ranks
from ledger.rules.errors import RulesetError
from ledger.rules.values import Dated, Item, Parameter, Stricter, Unit


def check(law: Parameter, policy: Parameter) -> None:
    """Raise `RulesetError` where policy is looser than the law on any day on which both have a value."""
    if policy.unit is not law.unit:
        raise RulesetError(f"must be in {law.unit.name} as {law.file} is", file=policy.file, key="unit")
    if policy.stricter is not law.stricter:
        raise RulesetError(f"must be {law.stricter.value} as in {law.file}", file=policy.file, key="stricter")
    if law.stricter is Stricter.FIXED:
        raise RulesetError(f"{law.file} is fixed: policy may not touch it", file=policy.file, key="restricts")
    for under, over in _overlaps(law, policy):
        if not _at_least_as_strict(law.stricter, law.unit, under, over):
            raise RulesetError(
                f"is looser than {law.file} from {under.start.isoformat()} ({law.stricter.value} is stricter)",
                file=policy.file,
                key="value",
                day=over.start,
            )


def _overlaps(law: Parameter, policy: Parameter) -> Iterator[tuple[Dated, Dated]]:
    for under in law.values:
        for over in policy.values:
            begins_in_time = over.end is None or under.start < over.end
            ends_in_time = under.end is None or over.start < under.end
            if begins_in_time and ends_in_time:
                yield under, over


def _at_least_as_strict(stricter: Stricter, unit: Unit, under: Dated, over: Dated) -> bool:
    match stricter:
        case Stricter.SUPERSET:
            return all(item in over.items for item in under.items)
        case Stricter.SUBSET:
            return all(item in under.items for item in over.items)
        case Stricter.CELLS:
            return _cells(unit, under.items, over.items)
        case _:
            step = (over.amount or Decimal(0)) - (under.amount or Decimal(0))
            return step >= 0 if stricter is Stricter.HIGHER else step <= 0


def _cells(unit: Unit, under: tuple[Item, ...], over: tuple[Item, ...]) -> bool:
    columns: Mapping[str, str] = unit.columns or {}
    ranked = {name: ranks(form) for name, form in columns.items() if form.startswith("rank:")}
    plain = [name for name in columns if name not in ranked]
    allowed = {tuple(item[name] for name in unit.key): item for item in under}
    if {tuple(item[name] for name in unit.key) for item in over} != set(allowed):
        return False
    for item in over:
        law = allowed[tuple(item[name] for name in unit.key)]
        if any(item[name] != law[name] for name in plain):
            return False
        if any(words.index(str(item[n])) < words.index(str(law[n])) for n, words in ranked.items()):
            return False
    return True
