"""Since when somebody has invested, against the years that a regime asks for."""

from datetime import UTC, datetime, time

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import SHANGHAI, to_text
from ledger.domain.sale import Step
from ledger.rules.deemed import PREFIX
from ledger.rules.facts import certification, day_from, text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import failed, missing, not_applicable, passed


def judge(key: str, facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Natural persons who are qualified by their means must have invested for the period ``key``."""
    by = parameters.periods[key]
    known = None if facts.step is Step.CERTIFY else certification(facts, at)
    branch = text_in(facts.inputs, "branch") if known is None else known.branch
    if facts.investor.kind != "natural_person" or (branch or "").startswith(PREFIX):
        return not_applicable(key, by, "experience is asked of natural persons", "仅对自然人投资者要求投资经历")
    since = text_in(facts.inputs, "experience_since") if known is None else known.experience_since
    rests_on = () if known is None else (known.leaf,)
    if since is None:
        return missing(
            key,
            by,
            f"investing experience of {by.number} years is not certified",
            f"尚未认定{by.number}年以上投资经历",
            condition=("certify on proof since when the investor has invested", "请凭证明材料认定投资者的投资起始时间"),
            rests_on=rests_on,
        )
    reached = by.after(_morning(since))
    if at < reached:
        return failed(
            key,
            by,
            f"{by.number} years of investing are reached at {to_text(reached)}",
            f"投资经历不足{by.number}年",
            rests_on=rests_on,
            condition=(f"wait until {to_text(reached)}", f"请等待至{to_text(reached)}"),
            changes_at=reached,
        )
    return passed(
        key, by, f"the investor has invested for {by.number} years", f"具有{by.number}年以上投资经历", rests_on
    )


def _morning(day: str) -> datetime:
    return datetime.combine(day_from(day, "experience_since"), time(), SHANGHAI).astimezone(UTC)
