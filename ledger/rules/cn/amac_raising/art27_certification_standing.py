"""募集行为办法 art. 27: qualification is confirmed on proof after the risk disclosure, and must stand then."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.facts import certification
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed

KEY = "cn/amac_raising/art27_certification_standing"
DUTY = "cn/amac_raising/art27_confirmation"
VALIDITY = "policy/certification_validity"
AGAIN = (
    "prove assets or income again and have it certified for this sale",
    "请重新提供资产或收入证明，并就本次认购办理合格投资者认定",
)


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Granted for this regime and sale after the disclosure, not revoked, not expired."""
    duty, validity = parameters.duties[DUTY], parameters.periods[VALIDITY]
    known = certification(facts, at)
    if known is None:
        return missing(
            KEY, duty, "there is no qualified-investor certification", "尚无合格投资者认定记录", condition=AGAIN
        )
    rests_on = (known.leaf,)
    sale, end = facts.sale, min(known.valid_until, validity.after(known.granted_at))
    if known.regime != facts.product.regime or (sale is not None and known.sale != sale.stream):
        en, zh = "the certification is for another regime or sale", "该认定不适用于本次认购"
        return failed(KEY, duty, en, zh, rests_on=rests_on, condition=AGAIN)
    if known.revoked_at is not None and known.revoked_at <= at:
        en, zh = f"the certification was revoked at {to_text(known.revoked_at)}", "合格投资者认定已被撤销"
        return failed(KEY, duty, en, zh, rests_on=rests_on, condition=AGAIN)
    if at >= end:
        en, zh = f"the certification expired at {to_text(end)}", "合格投资者认定已过有效期"
        return failed(KEY, duty, en, zh, rests_on=rests_on, condition=AGAIN)
    disclosed = None if sale is None else sale.first_disclosed_at
    if disclosed is not None and known.granted_at < disclosed:
        en, zh = "the certification is older than the signed risk disclosure", "认定早于风险揭示书签署"
        return failed(KEY, duty, en, zh, rests_on=rests_on, condition=AGAIN)
    return passed(KEY, duty, "the certification stands", "合格投资者认定有效", rests_on, end)


RULE = Rule(
    KEY,
    "certification_stands",
    (DUTY, VALIDITY),
    judge,
    decides=True,
    steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
)
