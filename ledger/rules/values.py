"""What a ruleset is made of: units, sources, dated values and the parameters that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from ledger.domain.decision import Citation

Cell: TypeAlias = "str | int | bool | tuple[str, ...] | tuple[Mapping[str, str | int], ...]"
Item: TypeAlias = Mapping[str, Cell]


class Kind(StrEnum):
    """What a unit measures."""

    MONEY = "money"
    PERIOD = "period"
    COUNT = "count"
    LISTING = "listing"
    DUTY = "duty"


class Force(StrEnum):
    """How strongly a value binds. ``if_contracted``: only where the fund contract writes it in."""

    BINDING = "binding"
    RECOMMENDED = "recommended"
    IF_CONTRACTED = "if_contracted"


class Stricter(StrEnum):
    """In which direction institution policy may move a value. ``fixed``: not at all."""

    HIGHER = "higher"
    LOWER = "lower"
    SUPERSET = "superset"
    SUBSET = "subset"
    CELLS = "cells"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit from ``units.toml``. ``step`` is hour, day or year for periods; columns are for listings only."""

    name: str
    kind: Kind
    currency: str = ""
    step: str = ""
    columns: Mapping[str, str] | None = None
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A norm from ``sources.toml``; in force from ``start`` to the day before ``end``."""

    key: str
    title: str
    title_en: str
    number: str
    start: date
    end: date | None
    url: str
    status: str


@dataclass(frozen=True, slots=True)
class Dated:
    """One value: in force from ``start`` to the day before ``end`` (Asia/Shanghai days)."""

    start: date
    end: date | None
    amount: Decimal | None
    items: tuple[Item, ...]
    force: Force
    citation: Citation
    checked_on: date
    note: str = ""

    @property
    def confirmed(self) -> bool:
        """Tell whether somebody has seen the text in a source."""
        return self.citation.status == "confirmed"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One file: a number, an ordered list or a bare duty of the law, by date."""

    key: str
    file: str
    description: str
    unit: Unit
    term: str
    stricter: Stricter
    restricts: str | None
    values: tuple[Dated, ...]

    def on(self, day: date) -> Dated | None:
        """Return the value in force on a day, if there is one."""
        return next((v for v in self.values if v.start <= day and (v.end is None or day < v.end)), None)


def text(item: Item, column: str) -> str:
    """Read a text cell; ``TypeError`` otherwise."""
    cell = item[column]
    if not isinstance(cell, str):
        raise TypeError(f"column {column} is not text")
    return cell


def whole(item: Item, column: str) -> int:
    """Read an integer cell; ``TypeError`` otherwise."""
    cell = item[column]
    if not isinstance(cell, int) or isinstance(cell, bool):
        raise TypeError(f"column {column} is not an integer")
    return cell


def texts(item: Item, column: str) -> tuple[str, ...]:
    """Read a cell that lists texts; ``TypeError`` otherwise."""
    cell = item[column]
    if not isinstance(cell, tuple):
        raise TypeError(f"column {column} is not a list")
    return tuple(str(entry) for entry in cell)


def rows(item: Item, column: str) -> tuple[Mapping[str, str | int], ...]:
    """Read a cell that lists small tables; ``TypeError`` otherwise."""
    cell = item[column]
    if not isinstance(cell, tuple):
        raise TypeError(f"column {column} is not a list")
    return tuple(entry for entry in cell if not isinstance(entry, str))
