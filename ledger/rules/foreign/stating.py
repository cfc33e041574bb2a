"""Whether the written acts that a branch of a foreign regime asks for were made, in their order, and still stand."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.domain.statements import Statement
from ledger.rules.foreign.regime import Regime, claimed, held
from ledger.rules.law import Listing, Parameters
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed
from ledger.rules.values import Item, text, texts


def rule(key: str, regime: Regime, statements: str, *, of_all: bool = False) -> Rule:
    """Return the rule for a regime. ``of_all``: every branch needs them, not only those that name them."""

    def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
        listing, claim = parameters.lists[statements], claimed(facts, regime.name, at)
        found = None if claim is None else regime.row(claim.branch, facts.investor.kind, parameters)
        asked = () if found is None else texts(found[1], "statements")
        rows = [row for row in listing.items if of_all or text(row, "statement") in asked]
        if not rows:
            en, zh = f"this branch of {regime.name} asks for no written statement", "该认定依据不要求书面声明"
            return not_applicable(key, listing, en, zh)
        made = {text(row, "statement"): _latest(facts, regime.name, row, at) for row in rows}
        for row in rows:
            name = text(row, "statement")
            if (act := made[name]) is None:
                return _absent(key, regime, listing, row)
            if late := [e for e in texts(row, "after") if (earlier := made.get(e)) is None or earlier.at >= act.at]:
                en, zh = f"{name} under {regime.name} must come after {', '.join(late)}", f"{regime.zh}书面文件顺序有误"
                return failed(
                    key,
                    listing,
                    en,
                    zh,
                    rests_on=(act.leaf,),
                    condition=(f"have {name} made again", f"请重新出具书面文件：{text(row, 'zh')}"),
                )
        acts = [act for act in made.values() if act is not None]
        leaves, known = tuple(act.leaf for act in acts), held(facts, regime.name, at)
        if facts.step is not Step.CERTIFY and known is not None and any(act.at > known.granted_at for act in acts):
            en, zh = f"certified under {regime.name} before the statements were made", f"{regime.zh}认定早于书面声明"
            return failed(
                key, listing, en, zh, rests_on=leaves, condition=("have it certified again", "请重新办理认定")
            )
        return passed(key, listing, f"written statements under {regime.name} are there", "书面声明齐备", leaves)

    certify = Step.CERTIFY
    return Rule(
        key,
        f"{regime.name}:written_statements",
        (statements, *regime.branches[:1]),
        judge,
        decides=True,
        steps=frozenset({certify, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
        regimes=frozenset({regime.name}),
        also=regime.branches[1:],
    )


def _latest(facts: Facts, regime: str, row: Item, at: datetime) -> Statement | None:
    sale = "" if facts.sale is None else facts.sale.stream
    made = [
        s
        for s in facts.investor.statements
        if (s.regime, s.statement, s.by) == (regime, row["statement"], row["by"])
        and s.stands(at)
        and (not row["per_sale"] or not sale or s.sale == sale)
    ]
    return max(made, key=lambda s: (s.at, s.leaf), default=None)


def _absent(key: str, regime: Regime, listing: Listing, row: Item) -> Finding:
    name, by_firm = text(row, "statement"), row["by"] == "firm"
    who, who_zh = ("the firm", "机构") if by_firm else ("the investor", "投资者")
    return missing(
        key,
        listing,
        f"{who} has not made the written statement {name} under {regime.name}",
        f"缺少{who_zh}的书面文件:{text(row, 'zh')}",
        condition=(
            f"{who} makes the statement {name} under {regime.name}",
            f"请由{who_zh}出具书面文件：{text(row, 'zh')}",
        ),
    )
