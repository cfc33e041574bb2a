"""The investor's word that the money is their own: shared by the rules of every regime that asks for it."""

from ledger.domain.decision import Condition, Facts, Finding
from ledger.rules.law import Parameters
from ledger.rules.rule import failed, leaf, missing, passed


def judge(key: str, condition: Condition, facts: Facts, parameters: Parameters) -> Finding:
    """The declaration is one of the words of the commitment; ``condition`` says what it has to say."""
    by, investor = parameters.duties[key], facts.investor
    if investor.declared_at is None:
        return missing(key, by, "no declaration of own money", "尚未声明自有资金", condition=condition)
    rests_on = leaf(investor.leaves, "qualification.declared")
    if not investor.own_funds_declared:
        return failed(key, by, "the money is not the investor's own", "投资资金非自有资金", rests_on=rests_on)
    return passed(key, by, "the investor declares own money", "投资者声明资金为自有资金", rests_on)
