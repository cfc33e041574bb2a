"""105号令 art. 13 (with 71号 art. 7): who is deemed qualified by what they are, on proof of the type."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import deemed
from ledger.rules.facts import certification, text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, missing, not_applicable, passed
from ledger.rules.values import text, texts

KEY = "cn/order_105/art13_deemed"
SUPERVISED = "cn/notice_71/art7_deemed"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Speaks about certifications by a branch of the list; the threshold branches are the business of art. 12."""
    return deem(KEY, (KEY, SUPERVISED), facts, parameters, at)


def deem(key: str, lists: tuple[str, ...], facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Judge by the lists of a regime: kind of investor, filing, and the fund being the manager's own."""
    by = parameters.lists[lists[0]]
    certifying = facts.step is Step.CERTIFY
    known = None if certifying else certification(facts, at)
    let_go = deemed.exempt(facts, parameters, at)
    branch = deemed.claimed(facts, at) if let_go is None else let_go[0]
    proven = known is not None or certifying or let_go is not None
    if branch is None or not branch.startswith(deemed.PREFIX) or not proven:
        return not_applicable(key, by, "qualified by no type of investor", "未按投资者类型视为合格投资者")
    rests_on: tuple[str, ...] = () if known is None else (known.leaf,)
    rests_on = rests_on if let_go is None else (let_go[2].leaf,)
    found = deemed.find(lists, branch, parameters)
    if found is None:
        return failed(
            key, by, f"{branch} is on no list of this regime", "不属于视为合格投资者的情形", rests_on=rests_on
        )
    by, row = found
    en, zh = text(row, "en"), text(row, "zh")
    if facts.investor.kind not in texts(row, "kinds"):
        return failed(key, by, f"a {facts.investor.kind} is no {en}", f"投资者类型与“{zh}”不符", rests_on=rests_on)
    profile = facts.investor.profile
    if row["filed"] and (profile is None or not profile.filing_number):
        return missing(
            key,
            by,
            "the filing number of the investing product is not recorded",
            "未登记投资者（产品）的备案编号",
            condition=("record the filing number of the investing product", "请登记投资者（产品）的备案编号"),
            rests_on=rests_on,
        )
    manager = text_in(facts.inputs, "manager") if certifying else None if known is None else known.manager
    manager = manager if let_go is None else let_go[1]
    if row["own_fund"] and (not manager or manager != facts.product.manager):
        return failed(
            key,
            by,
            f"{en} only: the certification must name this fund's manager",
            f"仅限于{zh}",
            rests_on=rests_on,
            condition=(
                "prove to be, or to work for, the manager of this very fund",
                "请证明投资者为本基金管理人或其从业人员",
            ),
        )
    rests_on += leaf(facts.investor.leaves, "investor.profiled") if row["filed"] else ()
    until = None if let_go is None else let_go[2].valid_until
    return passed(key, by, f"deemed qualified: {en}", f"视为合格投资者：{zh}", rests_on, until)


RULE = Rule(
    KEY,
    "qualified_investor",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
    also=(SUPERVISED,),
)
CANDIDATE = Rule(
    f"{KEY}_candidate",
    "qualified_investor",
    RULE.needs,
    judge,
    steps=frozenset({Step.CERTIFY}),
    reads_inputs=True,
    also=RULE.also,
)
