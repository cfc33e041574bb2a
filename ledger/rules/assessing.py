"""The risk questionnaire: versioned policy data, scored exactly, contradictions refused, the lowest class forced."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.events import Value
from ledger.domain.instants import day_of
from ledger.errors import CallerError, NotFoundError
from ledger.rules.errors import FactsError, RulesetError
from ledger.rules.law import Parameters
from ledger.rules.loader import Ruleset
from ledger.rules.values import Dated, Item, Parameter, rows, text, texts, whole

ROOT = "policy/questionnaires"
PARTS = ("questions", "bands", "contradictions", "lowest")
VALIDITY = "cn/amac_raising/art18_assessment_validity"


@dataclass(frozen=True, slots=True)
class AssessmentResult:
    """The outcome of one attempt; each reason is a Chinese and an English sentence."""

    tolerance: str
    lowest: bool
    score: int
    reasons: tuple[str, ...]
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Form:
    """One version of a questionnaire; the version is its first day."""

    key: str
    version: str
    dated: Mapping[str, Dated]

    def wire(self) -> dict[str, Value]:
        """Return what is shown: questions and options in both languages, without scores (nothing may hint)."""
        questions: list[Value] = [_shown(item) for item in self.dated["questions"].items]
        return {
            "questionnaire": self.key,
            "version": self.version,
            "questions": questions,
            "citation": self.dated["questions"].citation.as_json(),
        }


def questionnaires(ruleset: Ruleset) -> dict[str, tuple[Form, ...]]:
    """Collect all questionnaires with all their versions; `RulesetError` if the parts do not fit together."""
    keys = sorted({k.split("/")[2] for k in ruleset.parameters if k.startswith(f"{ROOT}/")})
    return {key: tuple(_versions(ruleset, key)) for key in keys}


def find(known: Mapping[str, tuple[Form, ...]], key: str, at: datetime | None) -> Form:
    """Return the version in force at ``at``, or the newest; `NotFoundError` otherwise."""
    if key not in known:
        raise NotFoundError(f"there is no questionnaire {key!r}: it is one of {', '.join(known)}", "没有该问卷")
    forms = known[key]
    if at is None:
        return forms[-1]
    day = day_of(at)
    for form in forms:
        value = form.dated["questions"]
        if value.start <= day and (value.end is None or day < value.end):
            return form
    raise NotFoundError(f"questionnaire {key} has no version on {day.isoformat()}", "该问卷在所询问日期没有生效版本")


def assess(
    form: Form, version: str, answers: Mapping[str, str], at: datetime, parameters: Parameters
) -> AssessmentResult:
    """Score answers by option key; a trigger of the lowest class overrides the score."""
    if version != form.version:
        raise CallerError(
            f"version {version} of questionnaire {form.key} is not in force: answer version {form.version}",
            f"问卷版本已更新,请填写版本{form.version}",
        )
    chosen = _chosen(form, answers)
    _consistent(form, answers)
    score = sum(_score(option) for option in chosen.values())
    reasons = [
        _reason(item)
        for item in form.dated["lowest"].items
        if answers.get(text(item, "question")) == text(item, "option")
    ]
    end = parameters.periods[VALIDITY].after(at)
    if reasons:
        return AssessmentResult("C1", lowest=True, score=score, reasons=tuple(reasons), valid_until=end)
    band = next(b for b in form.dated["bands"].items if whole(b, "from") <= score <= whole(b, "to"))  # see _fits
    tolerance = text(band, "tolerance")
    first, last = whole(band, "from"), whole(band, "to")
    word = f"得分{score},在{first}至{last}之间,对应{tolerance} / score {score} lies in {first} to {last}: {tolerance}"
    return AssessmentResult(tolerance, lowest=False, score=score, reasons=(word,), valid_until=end)


def _chosen(form: Form, answers: Mapping[str, str]) -> dict[str, Mapping[str, str | int]]:
    questions = {text(item, "question"): item for item in form.dated["questions"].items}
    if unknown := sorted(set(answers) - set(questions)):
        raise FactsError(f"there is no question {', '.join(unknown)}", f"问卷没有以下题目:{'、'.join(unknown)}")
    if absent := [key for key in questions if key not in answers]:
        raise FactsError(f"not answered: {', '.join(absent)}", f"尚未作答:{'、'.join(absent)}", questions=absent)
    chosen = {}
    for key, item in questions.items():
        options = {str(option["key"]): option for option in rows(item, "options")}
        if answers[key] not in options:
            raise FactsError(
                f"question {key} has no such option: it is one of {', '.join(options)}",
                f"题目{key}没有该选项",
                questions=[key],
            )
        chosen[key] = options[answers[key]]
    return chosen


def _consistent(form: Form, answers: Mapping[str, str]) -> None:
    for item in form.dated["contradictions"].items:
        first, second = text(item, "first"), text(item, "second")
        if answers[first] in texts(item, "first_options") and answers[second] in texts(item, "second_options"):
            raise FactsError(
                f"answers to {first} and {second} contradict each other: {text(item, 'en')}; ask the investor",
                f"题目{first}与{second}的回答相互矛盾:{text(item, 'zh')},请核实",
                questions=[first, second],
            )


def _score(option: Mapping[str, str | int]) -> int:
    return int(option["score"])


def _reason(item: Item) -> str:
    return f"风险承受能力最低类别:{text(item, 'zh')} / lowest class: {text(item, 'en')}"


def _shown(item: Item) -> Value:
    options: list[Value] = [{"id": o["key"], "zh": o["zh"], "en": o["en"]} for o in rows(item, "options")]
    return {"id": text(item, "question"), "zh": text(item, "zh"), "en": text(item, "en"), "options": options}


def _versions(ruleset: Ruleset, key: str) -> Iterator[Form]:
    parts = {part: _part(ruleset, key, part) for part in PARTS}
    for value in parts["questions"].values:
        dated = {}
        for part, parameter in parts.items():
            same = next((v for v in parameter.values if (v.start, v.end) == (value.start, value.end)), None)
            if same is None:
                raise RulesetError(
                    "must change on the same days as the questions", file=parameter.file, key="value", day=value.start
                )
            dated[part] = same
        form = Form(key, value.start.isoformat(), dated)
        _fits(form, parts)
        yield form


def _part(ruleset: Ruleset, key: str, part: str) -> Parameter:
    parameter = ruleset.parameters.get(f"{ROOT}/{key}/{part}")
    if parameter is None:
        raise RulesetError("is missing", file=f"{ROOT}/{key}/{part}.toml")
    return parameter


def _fits(form: Form, parts: Mapping[str, Parameter]) -> None:
    """Bands cover every reachable score once; triggers and contradictions name real options."""
    options = {
        text(q, "question"): {str(o["key"]): _score(o) for o in rows(q, "options")}
        for q in form.dated["questions"].items
    }
    expected = sum(min(scores.values()) for scores in options.values())
    for band in form.dated["bands"].items:
        if whole(band, "from") != expected or whole(band, "to") < expected:
            raise _misfit(parts["bands"], form, f"band {text(band, 'tolerance')} must begin at {expected}")
        expected = whole(band, "to") + 1
    if expected != sum(max(scores.values()) for scores in options.values()) + 1:
        raise _misfit(parts["bands"], form, "the last band must end at the highest score")
    for item in form.dated["lowest"].items:
        if text(item, "option") not in options.get(text(item, "question"), {}):
            raise _misfit(parts["lowest"], form, f"there is no option {text(item, 'option')} to trigger on")
    for item in form.dated["contradictions"].items:
        for side in ("first", "second"):
            if not set(texts(item, f"{side}_options")) <= set(options.get(text(item, side), {})):
                raise _misfit(parts["contradictions"], form, f"{text(item, side)} lacks an option named here")


def _misfit(parameter: Parameter, form: Form, problem: str) -> RulesetError:
    return RulesetError(problem, file=parameter.file, key="value.items", day=form.dated["questions"].start)
