"""What is claimed of somebody who is to be professional, and how it is measured. Shared by 130号 arts. 8 and 11."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TypeAlias

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import SHANGHAI, day_of, to_text
from ledger.domain.money import Money
from ledger.rules.errors import FactsError
from ledger.rules.facts import day_from, money_in, text_in
from ledger.rules.law import Limit, Parameters, Provision
from ledger.rules.rule import failed

OFFICES = ("executive", "certified_accountant", "lawyer")
"""Executive of an institution of item 1; certified accountant or lawyer who works in finance."""

Lack: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Claims:
    """What the named proofs are said to show. Days are Shanghai days since which something lasts."""

    net_assets: Money | None
    financial_assets: Money | None
    income: Money | None
    experience_since: str | None
    work_since: str | None
    office: str | None
    year_end: str | None
    proofs: tuple[str, ...]


def claims(facts: Facts) -> Claims:
    """Read the inputs; `FactsError` for a proof that is not the investor's own, or an unknown office."""
    inputs, known = facts.inputs, {p.leaf for p in facts.investor.proofs}
    named = inputs.get("proofs", [])
    proofs = tuple(str(p) for p in named) if isinstance(named, list) else ()
    if strange := [p for p in proofs if p not in known]:
        raise FactsError(
            f"{len(strange)} of the proofs are not this investor's: upload them first", "证明材料不属于该投资者"
        )
    office = text_in(inputs, "office")
    if office is not None and office not in OFFICES:
        raise FactsError(f"office must be one of {', '.join(OFFICES)}", "职务或资格类型未知")
    return Claims(
        money_in(inputs, "net_assets"),
        money_in(inputs, "financial_assets"),
        money_in(inputs, "income"),
        text_in(inputs, "experience_since"),
        text_in(inputs, "work_since"),
        office,
        text_in(inputs, "year_end"),
        proofs,
    )


def reaches(amount: Money | None, limit: Limit) -> bool:
    """Tell whether an amount is there and not below a limit; `FactsError` in another currency."""
    if amount is None:
        return False
    if amount.currency != limit.money.currency:
        raise FactsError(f"an amount is in {amount.currency}: convert to {limit.money.currency}", "金额须为人民币")
    return amount.amount >= limit.money.amount


def entity(key: str, known: Claims, parameters: Parameters, at: datetime) -> Iterator[Lack]:
    """Yield what an organisation lacks of the three limits ``key`` begins the names of; all of them count."""
    net, assets = parameters.limits[f"{key}_entity_net_assets"], parameters.limits[f"{key}_entity_financial_assets"]
    if known.year_end != (end := f"{day_of(at).year - 1}-12-31"):
        yield f"finances as of {end}, the end of the last year", f"最近一年末（{end}）财务数据"
    if not reaches(known.net_assets, net):
        yield f"net assets of at least {net.money.amount} CNY", f"净资产不低于{net.money.amount}元"
    if not reaches(known.financial_assets, assets):
        yield f"financial assets of at least {assets.money.amount} CNY", f"金融资产不低于{assets.money.amount}元"
    if lack := _years(f"{key}_entity_experience", (known.experience_since,), parameters, at):
        yield lack


def person(key: str, known: Claims, parameters: Parameters, at: datetime, *, offices: bool) -> Iterator[Lack]:
    """Yield what a natural person lacks: assets or income, and years; ``offices``: an office stands for the years."""
    assets, income = parameters.limits[f"{key}_person_financial_assets"], parameters.limits[f"{key}_person_income"]
    if not reaches(known.financial_assets, assets) and not reaches(known.income, income):
        yield (
            f"financial assets of at least {assets.money.amount} CNY or average income of {income.money.amount} CNY",
            f"金融资产不低于{assets.money.amount}元或最近三年个人年均收入不低于{income.money.amount}元",
        )
    if offices and known.office is not None:
        return
    if lack := _years(f"{key}_person_experience", (known.experience_since, known.work_since), parameters, at):
        yield lack


def lacks(rule: str, by: Provision, lacking: Sequence[Lack], known: Claims) -> Finding:
    """State what is lacking, and that proving it would mend it."""
    en, zh = "; ".join(x for x, _ in lacking), "；".join(x for _, x in lacking)
    condition = (f"prove: {en}", f"请提供以下证明：{zh}")
    return failed(rule, by, f"lacking: {en}", f"尚不符合：{zh}", rests_on=known.proofs, condition=condition)


def _years(key: str, since: tuple[str | None, ...], parameters: Parameters, at: datetime) -> Lack | None:
    period = parameters.periods[key]
    days = [day_from(day, "since") for day in since if day is not None]
    reached = [period.after(datetime.combine(d, time(), SHANGHAI).astimezone(UTC)) for d in days]
    if any(moment <= at for moment in reached):
        return None
    until = f", reached at {to_text(min(reached))}" if reached else ""
    return f"{period.number} years of investing or relevant work{until}", f"{period.number}年以上投资或相关工作经历"
