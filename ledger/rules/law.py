"""The law as it stands on a day: each parameter resolved once, policy laid over it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, wraps
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar

from ledger.domain.decision import Citation
from ledger.domain.instants import years_after
from ledger.domain.money import Money
from ledger.rules.errors import NotCoveredError, RulesetError, UnconfirmedValueError
from ledger.rules.loader import Ruleset
from ledger.rules.values import Dated, Force, Item, Kind, Parameter


@dataclass(frozen=True, slots=True)
class Provision:
    """A parameter on a day. ``unconfirmed`` names the parameters behind it that nobody has checked officially."""

    key: str
    citation: Citation
    force: Force
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit(Provision):
    """An amount of money."""

    money: Money


@dataclass(frozen=True, slots=True)
class Count(Provision):
    """A whole number of something."""

    number: int


@dataclass(frozen=True, slots=True)
class Period(Provision):
    """A length of time in hours, days or calendar years, of which only the first two have a fixed ``length``."""

    number: int
    step: str

    @property
    def length(self) -> timedelta | None:
        """The length of hours or days; ``None`` for calendar years."""
        return _length(self.number, self.step)

    def after(self, start: datetime) -> datetime:
        """Return the instant at which the period that began at ``start`` is over."""
        length = self.length
        return years_after(start, self.number) if length is None else start + length

    def span(self) -> timedelta:
        """Return the length of hours or days; ``ValueError`` for calendar years, which have none."""
        length = self.length
        if length is None:
            raise ValueError(f"{self.key} is in {self.step}s, which have no fixed length")
        return length


@cache  # of the few periods of the law
def _length(number: int, step: str) -> timedelta | None:
    return timedelta(hours=number) if step == "hour" else timedelta(days=number) if step == "day" else None


@dataclass(frozen=True, slots=True)
class Listing(Provision):
    """An ordered list; ``by_key`` finds a row by its key columns."""

    items: tuple[Item, ...]
    by_key: Mapping[tuple[object, ...], Item]


P = TypeVar("P", bound=Provision)
R = TypeVar("R")
A = ParamSpec("A")


class Shelf(dict[str, P]):
    """Provisions of one kind; asking for what is not there raises the reason, and never gives a default."""

    def __init__(self, absent: Mapping[str, Callable[[], RulesetError]]) -> None:
        super().__init__()
        self._absent = absent

    def __missing__(self, key: str) -> P:
        raise self._absent[key]() if key in self._absent else RulesetError("no such file", file=f"{key}.toml")

    def drafted(self, key: str) -> P | None:
        """As `in_force`, also ``None`` where the ruleset has no such file."""
        return self.in_force(key) if key in self or key in self._absent else None

    def in_force(self, key: str) -> P | None:
        """Return a provision, or ``None`` on a day on which it is not law; an unusable one still raises."""
        try:
            return self[key]
        except NotCoveredError:
            return None


class Parameters:
    """All provisions of a day, one shelf a kind. ``provisions`` holds every one of them."""

    def __init__(self, ruleset: Ruleset, day: date, *, allow_unconfirmed: bool) -> None:
        self.derived: dict[object, Any] = {}
        """What `once_per_law` remembers."""
        absent: dict[str, Callable[[], RulesetError]] = {}
        self.provisions: Shelf[Provision] = Shelf(absent)
        self.limits: Shelf[Limit] = Shelf(absent)
        self.counts: Shelf[Count] = Shelf(absent)
        self.periods: Shelf[Period] = Shelf(absent)
        self.lists: Shelf[Listing] = Shelf(absent)
        self.duties: Shelf[Provision] = Shelf(absent)
        for key, parameter in ruleset.parameters.items():
            value = parameter.on(day)
            if value is None:
                absent[key] = _not_covered(parameter, day)
                continue
            overlay = ruleset.overlays.get(key)
            over = None if overlay is None else overlay.on(day)
            layers = [(parameter, value), *([] if overlay is None or over is None else [(overlay, over)])]
            unconfirmed = tuple(p.key for p, v in layers if not v.confirmed)
            if unconfirmed and not allow_unconfirmed:
                absent[key] = _unconfirmed(*next((p, v) for p, v in layers if not v.confirmed))
                continue
            self._put(key, parameter, layers[-1][1], unconfirmed)

    def _put(self, key: str, parameter: Parameter, value: Dated, unconfirmed: tuple[str, ...]) -> None:
        head = (key, value.citation, value.force, unconfirmed)
        unit = parameter.unit
        match unit.kind, value.amount:
            case Kind.LISTING, _:
                rows: dict[tuple[object, ...], Item] = {tuple(item[c] for c in unit.key): item for item in value.items}
                self.lists[key] = Listing(*head, value.items, MappingProxyType(rows))
                self.provisions[key] = self.lists[key]
            case Kind.MONEY, amount if amount is not None:
                self.provisions[key] = self.limits[key] = Limit(*head, Money(amount, unit.currency))
            case Kind.PERIOD, amount if amount is not None:
                self.provisions[key] = self.periods[key] = Period(*head, int(amount), unit.step)
            case Kind.COUNT, amount if amount is not None:
                self.provisions[key] = self.counts[key] = Count(*head, int(amount))
            case _:
                self.provisions[key] = self.duties[key] = Provision(*head)


def once_per_law(derive: Callable[Concatenate[Parameters, A], R]) -> Callable[Concatenate[Parameters, A], R]:
    """Remember what follows from the law alone; it is asked for in every decision, and changes only with the law."""

    @wraps(derive)
    def remembered(parameters: Parameters, /, *args: A.args, **kwargs: A.kwargs) -> R:
        wanted = (derive, args, *kwargs.items()) if kwargs else (derive, args)
        try:
            found: R = parameters.derived[wanted]
        except KeyError:
            found = parameters.derived[wanted] = derive(parameters, *args, **kwargs)
        return found

    return remembered


def change_days(parameters: Iterable[Parameter]) -> tuple[date, ...]:
    """Return the days on which anything in the ruleset begins or ends, in order."""
    days = {v.start for p in parameters for v in p.values} | {v.end for p in parameters for v in p.values if v.end}
    return tuple(sorted(days))


def _not_covered(parameter: Parameter, day: date) -> Callable[[], RulesetError]:
    first, last = parameter.values[0].start, parameter.values[-1].end
    covered = f"{first.isoformat()} to {'open end' if last is None else last.isoformat()}"
    return lambda: NotCoveredError(f"has no value on {day.isoformat()}, only {covered}", file=parameter.file)


def _unconfirmed(parameter: Parameter, value: Dated) -> Callable[[], RulesetError]:
    return lambda: UnconfirmedValueError(
        "is unconfirmed: check it against the official text, or allow unconfirmed values in the configuration",
        file=parameter.file,
        key="value.status",
        day=value.start,
    )
