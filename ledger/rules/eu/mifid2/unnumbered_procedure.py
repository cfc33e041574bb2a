"""MiFID II, annex II: written request, then the firm's written warning, then a separate statement."""

from ledger.rules.eu.mifid2.unnumbered_professional_client import REGIME
from ledger.rules.foreign import stating

STATEMENTS = "eu/mifid2/unnumbered_statements"
RULE = stating.rule("eu/mifid2/unnumbered_procedure", REGIME, STATEMENTS)
