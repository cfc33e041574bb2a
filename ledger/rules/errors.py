"""What can go wrong with rules: the ruleset (operator), the question (caller), or the rules among themselves."""

from datetime import date

from ledger.errors import CallerError, ConfigurationError, IntegrityError


class RulesetError(ConfigurationError):
    """A ruleset file is not what it must be; the message points at file, key and date."""

    code = "ruleset_error"

    def __init__(self, problem: str, *, file: str, key: str = "", day: date | None = None) -> None:
        """``file`` is the path inside the ruleset, ``key`` the place in it, ``day`` the value's first day."""
        where = file + (f", {key}" if key else "") + (f", value from {day.isoformat()}" if day else "")
        super().__init__(
            f"{where}: {problem}",
            f"规则文件 {where} 有误：{problem}",
            file=file,
            key=key,
            day=None if day is None else day.isoformat(),
        )


class UnconfirmedValueError(RulesetError):
    """A rule rests on a value that nobody has checked against the official text, and the configuration forbids that."""

    code = "unconfirmed_value"


class NotCoveredError(RulesetError):
    """A look-up on a day for which the parameter has no value; there are no defaults."""

    code = "not_covered"


class LawNotInForceError(CallerError):
    """The question is about an instant at which the regime's basic norm did not exist (or no longer did)."""

    code = "law_not_in_force"


class FactsError(CallerError):
    """Facts are contradictory, in the wrong currency, dated in the future, or lack what the question needs."""

    code = "facts_error"


class ConflictingRulesError(IntegrityError):
    """Two applicable rules answer the same question differently; a person must decide which one applies."""

    code = "conflicting_rules"
