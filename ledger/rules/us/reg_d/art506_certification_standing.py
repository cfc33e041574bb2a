"""Rule 506(c): the verification of this investor for this sale stands."""

from ledger.rules.foreign import standing
from ledger.rules.us.reg_d.art501_accredited_investor import REGIME

RULE = standing.rule("us/reg_d/art506_certification_standing", REGIME, "us/reg_d/art506_verification")
