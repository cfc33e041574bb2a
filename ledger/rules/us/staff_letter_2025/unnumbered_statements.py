"""SEC staff letter of 12 March 2025: stated in writing, accredited and not financed by a third party for this."""

from ledger.rules.foreign import stating
from ledger.rules.us.reg_d.art501_accredited_investor import REGIME

KEY = "us/staff_letter_2025/unnumbered_statements"
RULE = stating.rule(KEY, REGIME, KEY)
