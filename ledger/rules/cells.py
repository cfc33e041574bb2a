"""Cells of a listing: text, texts, integer, flag, options, and ``rank:a<b<c`` (words from lenient to strict)."""

from collections.abc import Mapping
from types import MappingProxyType

from ledger.rules.toml import Table
from ledger.rules.values import Cell, Item, Unit

OPTION = {"key": str, "zh": str, "en": str, "score": int}
PLAIN = {"text": str, "integer": int, "flag": bool}


def check_column(table: Table, name: str, form: str) -> None:
    """Refuse a column type that is not known."""
    if form not in {*PLAIN, "texts", "options"} and not (form.startswith("rank:") and len(ranks(form)) > 1):
        raise table.error(f"{form!r} is not a column type", name)


def ranks(form: str) -> tuple[str, ...]:
    """Return the words of a ranked column from the most lenient to the strictest."""
    return tuple(form.removeprefix("rank:").split("<"))


def read_item(table: Table, unit: Unit) -> Item:
    """Read one row; every column must be there with its type, and no other."""
    columns = unit.columns or {}
    given = table.rest()
    if unknown := sorted(set(given) - set(columns)):
        raise table.error("is not a known column here", unknown[0])
    if missing := sorted(set(columns) - set(given)):
        raise table.error("is missing", missing[0])
    return MappingProxyType({name: _cell(table, name, form, given[name]) for name, form in columns.items()})


def _cell(table: Table, name: str, form: str, value: object) -> Cell:
    match value:
        case bool() if form == "flag":
            return value
        case int() if form == "integer" and not isinstance(value, bool):
            return value
        case str() if form == "text" and value:
            return value
        case str() if form.startswith("rank:") and value in ranks(form):
            return value
        case list() if form == "texts" and all(isinstance(v, str) for v in value):
            return tuple(str(v) for v in value)
        case list() if form == "options" and value:
            return tuple(_option(table, name, v) for v in value)
        case _:
            raise table.error(f"must be {form}", name)


def _option(table: Table, name: str, value: object) -> Mapping[str, str | int]:
    if not isinstance(value, dict) or set(value) != set(OPTION):
        raise table.error(f"an option has exactly {', '.join(OPTION)}", name)
    for column, kind in OPTION.items():
        if type(value[column]) is not kind:
            raise table.error(f"option {column} must be {kind.__name__}", name)
    return MappingProxyType(value)
