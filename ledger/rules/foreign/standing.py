"""Whether a certification under a foreign regime is for this sale, not revoked and not expired."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.foreign.regime import Regime, held
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed

VALIDITY = "policy/certification_validity"


def rule(key: str, regime: Regime, duty: str) -> Rule:
    """Return the rule for a regime; ``duty`` is its provision that asks for the assessment."""
    again = (
        f"have the investor certified under {regime.name} for this sale",
        f"请就本次认购为投资者办理{regime.zh}认定",
    )

    def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
        by, validity, known = parameters.duties[duty], parameters.periods[VALIDITY], held(facts, regime.name, at)
        if known is None:
            en, zh = f"there is no certification under {regime.name} for this sale", f"尚无本次认购的{regime.zh}认定"
            return missing(key, by, en, zh, condition=again)
        rests_on, end = (known.leaf,), min(known.valid_until, validity.after(known.granted_at))
        if known.revoked_at is not None and known.revoked_at <= at:
            en = f"the certification under {regime.name} was revoked at {to_text(known.revoked_at)}"
            return failed(key, by, en, f"{regime.zh}认定已被撤销", rests_on=rests_on, condition=again)
        if at >= end:
            en = f"the certification under {regime.name} expired at {to_text(end)}"
            return failed(key, by, en, f"{regime.zh}认定已过有效期", rests_on=rests_on, condition=again)
        en, zh = f"the certification under {regime.name} stands", f"{regime.zh}认定有效"
        return passed(key, by, en, zh, rests_on, end)

    return Rule(
        key,
        f"{regime.name}:certification_stands",
        (duty, VALIDITY),
        judge,
        decides=True,
        steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
        regimes=frozenset({regime.name}),
    )
