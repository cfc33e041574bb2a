"""Institution policy: a paper is signed only after its pages were on the screen for as long as policy says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.events import Value
from ledger.domain.sale import Step
from ledger.rules.errors import FactsError, RulesetError
from ledger.rules.facts import step_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed
from ledger.rules.values import whole

KEY = "policy/reading_time"
PAPERS: Mapping[Step, str] = {Step.SIGN_DISCLOSURE: "risk_disclosure", Step.SIGN_CONTRACT: "fund_contract"}
"""The paper that each step signs."""


@dataclass(frozen=True, slots=True)
class Minimum:
    """Whole seconds for each page and for the whole paper; zero demands none."""

    page: int
    total: int

    def lacking(self, pages: int, seconds: Mapping[int, int], since: int) -> tuple[dict[int, int], int]:
        """Return the seconds that each page still lacks, and those that reading lacks in all.

        ``since``: whole seconds since the paper was presented; whatever a browser says, nobody read for longer.
        """
        short = {n: left for n in range(1, pages + 1) if (left := self.page - seconds.get(n, 0)) > 0}
        unbelieved = max(self.total, self.page * pages) - since
        return short, max(sum(short.values()), self.total - sum(seconds.values()), unbelieved)


def minimum(parameters: Parameters, paper: str) -> Minimum:
    """Return the shortest reading time of a paper."""
    row = parameters.lists[KEY].by_key.get((paper,))
    if row is None:
        raise RulesetError(f"says nothing about the paper {paper}", file=f"{KEY}.toml", key="value.items")
    return Minimum(whole(row, "page"), whole(row, "total"))


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The service counts the readings that are on record into the step's inputs."""
    del at
    by, wanted = parameters.lists[KEY], minimum(parameters, PAPERS[step_of(facts)])
    if wanted == Minimum(0, 0):
        return not_applicable(KEY, by, "no reading time is demanded", "未规定最短阅读时间")
    if "reading" not in facts.inputs:
        en, zh = "what was read of the paper is not told", "未说明文件的阅读情况"
        return missing(KEY, by, en, zh, condition=("read the paper page by page", "请逐页阅读文件"))
    pages, seconds, since = _reading(facts.inputs["reading"])
    short, left = wanted.lacking(pages, seconds, since)
    if left <= 0:
        return passed(KEY, by, f"all {pages} pages were on the screen long enough", f"共{pages}页，阅读时间已满足")
    of_pages = [(f"page {n}: {s} s more", f"第{n}页还需{s}秒") for n, s in short.items()]
    in_all = (f"{left} s more in all", f"合计还需{left}秒")
    en = ", ".join(one for one, _ in (*of_pages, in_all))
    zh = "、".join(one for _, one in (*of_pages, in_all))
    return failed(
        KEY,
        by,
        f"the paper was not read for long enough ({en})",
        f"文件阅读时间不足（{zh}）",
        condition=("read the pages on, then sign", "请继续阅读，满足时间后再签署"),
    )


def _reading(given: Value) -> tuple[int, dict[int, int], int]:
    """Read ``{pages, seconds: {page: seconds}, since}``; `FactsError` otherwise."""
    match given:
        case {"pages": int(pages), "seconds": dict(seconds), "since": int(since)}:
            return pages, {int(page): s for page, s in seconds.items() if isinstance(s, int)}, since
        case _:
            raise FactsError("reading is not {pages, seconds, since}", "阅读情况格式有误")


RULE = Rule(KEY, "reading_time", (KEY,), judge, steps=frozenset(PAPERS), reads_inputs=True)
