"""Opt-in (since 2019-04-08): without notice and consent an eligible investor stays retail; consent may be withdrawn."""

from ledger.rules.foreign import stating
from ledger.rules.sg.sfa.art4a_accredited_investor import REGIME

STATEMENTS = "sg/sfa_opt_in/unnumbered_statements"
RULE = stating.rule("sg/sfa_opt_in/unnumbered_opt_in", REGIME, STATEMENTS, of_all=True)
