"""Institution policy: one questionnaire for each kind of investor, on their own device, and not again to fit a fund."""

from datetime import datetime

from ledger.domain.decision import Finding
from ledger.domain.instants import to_text
from ledger.rules.attempts import Attempt, in_year
from ledger.rules.cn.nfra_suitability import unnumbered_tests
from ledger.rules.cn.order_130.art13_material_changes import KEY as CHANGES
from ledger.rules.law import Parameters
from ledger.rules.rule import failed, passed
from ledger.rules.values import text

FORM = "policy/questionnaire_of"
DEVICES = "policy/staff_devices"
INTERVAL = "policy/retake_interval"
YEAR = "policy/retakes_in_year"

PROVISIONS = ((FORM,), (DEVICES,), (INTERVAL, CHANGES), (YEAR,), *unnumbered_tests.PROVISIONS)
"""What each finding rests on, its own provision first."""


def judge(attempt: Attempt, parameters: Parameters, at: datetime) -> tuple[Finding, ...]:
    """Return all findings on an attempt made at ``at``; it counts if none fails."""
    return (
        _form(attempt, parameters),
        _device(attempt, parameters),
        _interval(attempt, parameters, at),
        _year(attempt, parameters, at),
        *unnumbered_tests.judge(attempt, parameters, at),
    )


def _form(attempt: Attempt, parameters: Parameters) -> Finding:
    by = parameters.lists[FORM]
    row = by.by_key.get((attempt.investor.kind,))
    wanted = None if row is None else text(row, "questionnaire")
    if wanted == attempt.questionnaire:
        return passed(FORM, by, "the questionnaire is for this kind of investor", "问卷与投资者类别相符")
    return failed(
        FORM,
        by,
        f"an investor of the kind {attempt.investor.kind} does not answer {attempt.questionnaire}",
        "问卷与投资者类别不符",
        condition=None if wanted is None else (f"answer the questionnaire {wanted}", f"请填写适用的问卷：{wanted}"),
    )


def _device(attempt: Attempt, parameters: Parameters) -> Finding:
    by = parameters.lists[DEVICES]
    if (attempt.device,) not in by.by_key:
        return passed(DEVICES, by, "the device is not one of the institution's", "未使用工作人员设备")
    return failed(
        DEVICES,
        by,
        "the answers come from a device of the institution: nobody may answer for the investor",
        "问卷由工作人员设备提交，不得代为作答",
        condition=("answer on the investor's own device", "请使用投资者本人的设备作答"),
    )


def _interval(attempt: Attempt, parameters: Parameters, at: datetime) -> Finding:
    by, scored = parameters.periods[INTERVAL], attempt.scored
    opens = by.after(scored[-1]) if scored else at
    if at >= opens:
        return passed(INTERVAL, by, "enough time has passed since the attempt before", "距上次测评已满规定间隔")
    known = parameters.lists.in_force(CHANGES)
    changes = [c for c in attempt.investor.upkeep.changes if c.at >= scored[-1]]
    if known is not None and any((what,) in known.by_key for c in changes for what in c.what):
        leaves = tuple(c.leaf for c in changes)
        return passed(INTERVAL, by, "a material change came after the attempt before", "上次测评后发生重要变化", leaves)
    return failed(
        INTERVAL,
        by,
        f"the last attempt was too short a time ago: the next may be made at {to_text(opens)}",
        "距上次测评未满规定间隔，不得反复测评",
        condition=(
            f"wait until {to_text(opens)}, or report what has changed since",
            f"请等待至{to_text(opens)}，或报告此后发生的变化",
        ),
        changes_at=opens,
    )


def _year(attempt: Attempt, parameters: Parameters, at: datetime) -> Finding:
    by = parameters.counts[YEAR]
    count, opens = in_year(attempt.scored, at, by.number)
    if opens is None:
        return passed(YEAR, by, f"{count} of {by.number} attempts in 12 months", f"12个月内已测评{count}次")
    return failed(
        YEAR,
        by,
        f"{count} attempts were made in 12 months, and {by.number} is the limit until {to_text(opens)}",
        f"12个月内已测评{count}次，达到上限{by.number}次",
        condition=(f"ask again at {to_text(opens)}", f"请于{to_text(opens)}后重新测评"),
        changes_at=opens,
    )
