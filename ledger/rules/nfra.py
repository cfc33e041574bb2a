"""Whether the NFRA order binds the channel of a sale; where it does, it is applied on top of the CSRC rules."""

from ledger.domain.decision import Facts
from ledger.rules.law import Parameters

BOUND = "cn/nfra_suitability/unnumbered_institutions"


def bound(facts: Facts, parameters: Parameters) -> bool:
    """Tell whether the channel of the sale, or before one of the investor, is such an institution."""
    sale = facts.sale
    channel = facts.investor.channel if sale is None or not sale.channel else sale.channel
    return (channel,) in parameters.lists[BOUND].by_key
