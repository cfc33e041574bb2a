"""MiFID II, annex II: the assessment rests on proof of trades, portfolio, post or size."""

from ledger.rules.eu.mifid2.unnumbered_professional_client import REGIME
from ledger.rules.foreign import proving

RULE = proving.rule("eu/mifid2/unnumbered_proof", REGIME, "eu/mifid2/unnumbered_assessment")
