"""Rule 506(c): reasonable steps to verify rest on tax forms, statements or a professional's written confirmation."""

from ledger.rules.foreign import proving
from ledger.rules.us.reg_d.art501_accredited_investor import REGIME

RULE = proving.rule("us/reg_d/art506_proof", REGIME, "us/reg_d/art506_verification")
