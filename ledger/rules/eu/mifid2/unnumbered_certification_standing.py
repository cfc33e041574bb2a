"""MiFID II, annex II: the assessment of expertise, experience and knowledge stands for this sale."""

from ledger.rules.eu.mifid2.unnumbered_professional_client import REGIME
from ledger.rules.foreign import standing

RULE = standing.rule("eu/mifid2/unnumbered_certification_standing", REGIME, "eu/mifid2/unnumbered_assessment")
