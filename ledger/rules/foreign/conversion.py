"""An amount in another currency counts only by a rate that somebody proved; nothing is converted silently."""

import re
from decimal import Decimal

from ledger.domain.investor import InvestorState
from ledger.domain.money import Money
from ledger.rules.errors import FactsError
from ledger.rules.foreign.regime import Claim, word

KIND = "exchange_rate"
RATE = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,10})?")


def same(money: Money, currency: str, what: str) -> Decimal:
    """Return an amount that is in ``currency``; `FactsError` asks for its conversion otherwise."""
    if money.currency != currency:
        raise FactsError(
            f"{what} is in {money.currency}: convert to {currency}, with the rate as evidence",
            f"金额须换算为{currency}，并提供汇率证明",
        )
    return money.amount


def converted(money: Money, currency: str, claim: Claim, investor: InvestorState, what: str) -> Decimal:
    """Return an amount in ``currency`` at the claim's rate (units of ``currency`` for one of the other).

    ``rate_proof`` names a proof of kind `KIND` whose amount is in the currency converted from.
    """
    rate, leaf = word(claim, "rate"), word(claim, "rate_proof")
    if money.currency == currency or rate is None:
        return same(money, currency, what)
    if not RATE.fullmatch(rate) or Decimal(rate) == 0:
        raise FactsError("rate must be a decimal string such as 0.1389", "rate 须为十进制字符串")
    proof = next((p for p in investor.proofs if p.leaf == leaf), None)
    if proof is None or proof.kind != KIND or proof.amount.currency != money.currency:
        raise FactsError(
            f"the rate from {money.currency} to {currency} has no evidence: upload a proof of kind {KIND}"
            f" in {money.currency} and name it in rate_proof",
            f"缺少{money.currency}兑{currency}的汇率证明",
        )
    return money.amount * Decimal(rate)
