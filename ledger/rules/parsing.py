"""One ruleset file's text in, its typed content out; anything doubtful is a `RulesetError`."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from ledger.domain.decision import Citation
from ledger.rules.cells import check_column, read_item
from ledger.rules.toml import Table
from ledger.rules.values import Dated, Force, Item, Kind, Parameter, Source, Stricter, Unit

AMOUNT = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]{1,4})?")
STATUSES = ("confirmed", "unconfirmed")
DRAFT = "draft"
"""Status of text that is not law yet; only a draft that is laid over the law for a back-test may have it."""
STEPS = ("hour", "day", "year")
NUMBERS = (Stricter.HIGHER, Stricter.LOWER, Stricter.FIXED)
DIRECTIONS = {
    Kind.MONEY: NUMBERS,
    Kind.PERIOD: NUMBERS,
    Kind.COUNT: NUMBERS,
    Kind.LISTING: (Stricter.SUPERSET, Stricter.SUBSET, Stricter.CELLS, Stricter.FIXED),
    Kind.DUTY: (Stricter.FIXED,),
}
E = TypeVar("E", Force, Kind, Stricter)


def units(file: str, content: str) -> dict[str, Unit]:
    """Read ``units.toml``."""
    found = {}
    for name, data in sorted(Table.parse(content, file).rest().items()):
        table = Table(data, file, name)
        kind = _word(table, "kind", Kind)
        unit = Unit(
            name,
            kind,
            currency=table.text("currency") if kind is Kind.MONEY else "",
            step=table.text("step") if kind is Kind.PERIOD else "",
            columns=_columns(table) if kind is Kind.LISTING else None,
            key=table.texts("key"),
        )
        if unit.step and unit.step not in STEPS:
            raise table.error(f"must be one of {', '.join(STEPS)}", "step")
        if unit.columns is not None and (not unit.key or not set(unit.key) <= set(unit.columns)):
            raise table.error("must name columns that tell rows apart", "key")
        table.close()
        found[name] = unit
    return found


def sources(file: str, content: str, statuses: tuple[str, ...] = STATUSES) -> dict[str, Source]:
    """Read a ``sources.toml``: each norm once."""
    found = {}
    for key, data in sorted(Table.parse(content, file).rest().items()):
        table = Table(data, file, key)
        source = Source(
            key,
            title=table.text("title"),
            title_en=table.text("title_en"),
            number=table.text("number", empty=True),
            start=table.day_of("from"),
            end=table.optional_day("until"),
            url=table.text("url", empty=True),
            status=_status(table, statuses),
        )
        _ = table.optional_text("note")
        _needs_url(table, source.status, source.url)
        table.close()
        found[key] = source
    return found


def parameter(
    key: str,
    file: str,
    content: str,
    all_units: Mapping[str, Unit],
    norms: Mapping[str, Source],
    statuses: tuple[str, ...] = STATUSES,
) -> Parameter:
    """Read one parameter file and check each of its values and their sequence."""
    table = Table.parse(content, file)
    unit = all_units.get(table.text("unit"))
    if unit is None:
        raise table.error("is not a unit of units.toml", "unit")
    description, term = table.text("description"), table.text("term")
    stricter = _word(table, "stricter", Stricter)
    if stricter not in DIRECTIONS[unit.kind]:
        raise table.error(f"{stricter.value} says nothing about a {unit.kind.value}", "stricter")
    restricts = table.optional_text("restricts") or None
    values = tuple(_value(Table(v, file, "value"), unit, norms, statuses) for v in table.tables("value"))
    table.close()
    _sequence(values, table)
    return Parameter(key, file, description, unit, term, stricter, restricts, values)


def _value(table: Table, unit: Unit, norms: Mapping[str, Source], statuses: tuple[str, ...]) -> Dated:
    start = table.day_of("from")
    table.day = start
    end = table.optional_day("until")
    amount, items = _content(table, unit)
    status = _status(table, statuses)
    force = _word(table, "force", Force)
    checked_on = table.day_of("checked_on")
    note = table.optional_text("note")
    citation = _citation(table.table("citation"), status, norms, start, end)
    table.close()
    if end is not None and end <= start:
        raise table.error("must be later than `from`", "until")
    return Dated(start, end, amount, items, force, citation, checked_on, note)


def _content(table: Table, unit: Unit) -> tuple[Decimal | None, tuple[Item, ...]]:
    if unit.kind is Kind.LISTING:
        items = tuple(
            read_item(Table(row, table.file, f"value.items[{n}]", table.day), unit)
            for n, row in enumerate(table.tables("items"))
        )
        names = [tuple(item[column] for column in unit.key) for item in items]
        if repeated := next((name for name in names if names.count(name) > 1), None):
            raise table.error(f"has the row {repeated} twice", "items")
        return None, items
    if unit.kind is Kind.DUTY:
        return None, ()
    amount = table.text("amount")
    if not AMOUNT.fullmatch(amount):
        raise table.error(f'{amount!r} must be a plain decimal in quotes, such as "1000000"', "amount")
    number = Decimal(amount)
    if unit.kind in {Kind.PERIOD, Kind.COUNT} and number != number.to_integral_value():
        raise table.error(f"must be a whole number of {unit.name}", "amount")
    return number, ()


def _citation(table: Table, status: str, norms: Mapping[str, Source], start: date, end: date | None) -> Citation:
    norm = table.text("norm")
    source = norms.get(norm)
    if source is None:
        raise table.error("is not a norm of sources.toml", "norm")
    article, url = table.text("article"), table.text("url", empty=True)
    _needs_url(table, status, url)
    table.close()
    if start < source.start:
        raise table.error(f"the value begins before its norm was in force ({source.start.isoformat()})", "norm")
    if source.end is not None and (end is None or end > source.end):
        raise table.error(f"the value outlives its norm, which ended on {source.end.isoformat()}", "norm")
    return Citation(norm, article, source.title, url, status)


def _sequence(values: tuple[Dated, ...], table: Table) -> None:
    for before, after in pairwise(values):
        table.day = after.start
        if before.end is None or after.start < before.end:
            raise table.error("overlaps the value before it: give that one an `until`, in order of date", "from")
        if after.start > before.end:
            raise table.error(f"leaves a gap since {before.end.isoformat()}: say what was in force then", "from")


def _columns(table: Table) -> Mapping[str, str]:
    columns = table.table("columns")
    found = {}
    for name, form in columns.rest().items():
        if not isinstance(form, str):
            raise columns.error("must be a column type", name)
        check_column(columns, name, form)
        found[name] = form
    return MappingProxyType(found)


def _word(table: Table, key: str, words: type[E]) -> E:
    given = table.text(key)
    if given not in {w.value for w in words}:
        raise table.error(f"must be one of {', '.join(w.value for w in words)}", key)
    return words(given)


def _status(table: Table, statuses: tuple[str, ...]) -> str:
    status = table.text("status")
    if status not in statuses:
        raise table.error(f"must be {' or '.join(statuses)}", "status")
    return status


def _needs_url(table: Table, status: str, url: str) -> None:
    if status == "confirmed" and not url:
        raise table.error("a confirmed text needs the address where it was seen", "url")
