"""Strict reading of one TOML table: every key is taken exactly once, and what is left over is an error."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ledger.rules.errors import RulesetError


class Table:
    """A table being read. Every mistake is a `RulesetError` that names file, key and the value's first day."""

    def __init__(self, data: object, file: str, where: str = "", day: date | None = None) -> None:
        self.file, self.where, self.day = file, where, day
        if not isinstance(data, dict):
            raise self.error("must be a table")
        self._left: dict[str, Any] = dict(data)

    @classmethod
    def parse(cls, content: str, file: str) -> "Table":
        """Read a whole file; TOML itself refuses duplicate keys."""
        try:
            return cls(tomllib.loads(content), file)
        except tomllib.TOMLDecodeError as error:
            raise RulesetError(f"is not valid TOML: {error}", file=file) from error

    def error(self, problem: str, key: str = "") -> RulesetError:
        """Build an error that points here."""
        place = ".".join(part for part in (self.where, key) if part)
        return RulesetError(problem, file=self.file, key=place, day=self.day)

    def text(self, key: str, *, empty: bool = False) -> str:
        """Take a string that must be there."""
        value = self._take(key)
        if not isinstance(value, str) or not (value or empty):
            raise self.error("must be a text that is not empty", key)
        return value

    def optional_text(self, key: str) -> str:
        """Take a string that may be missing; then it is empty."""
        return self.text(key) if key in self._left else ""

    def day_of(self, key: str) -> date:
        """Take a TOML date (not a date with time)."""
        value = self._take(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error("must be a date such as 2014-08-21", key)
        return value

    def optional_day(self, key: str) -> date | None:
        """Take a date that may be missing."""
        return self.day_of(key) if key in self._left else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of strings; missing is empty."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.error("must be a list of texts", key)
        return tuple(value)

    def table(self, key: str) -> "Table":
        """Take a sub-table that must be there."""
        return Table(self._take(key), self.file, ".".join(part for part in (self.where, key) if part), self.day)

    def tables(self, key: str) -> list[object]:
        """Take an array of tables that must be there and hold at least one."""
        value = self._take(key)
        if not isinstance(value, list) or not value:
            raise self.error("must be a list that is not empty", key)
        return value

    def rest(self) -> Mapping[str, Any]:
        """Take all that is left."""
        rest, self._left = self._left, {}
        return rest

    def close(self) -> None:
        """Raise if something was not taken."""
        if self._left:
            raise self.error("is not a known key here", min(self._left))

    def _take(self, key: str) -> Any:
        if key not in self._left:
            raise self.error("is missing", key)
        return self._left.pop(key)
