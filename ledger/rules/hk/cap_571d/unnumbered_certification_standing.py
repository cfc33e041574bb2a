"""Cap. 571D: the recorded assessment as professional investor stands for this sale."""

from ledger.rules.foreign import standing
from ledger.rules.hk.cap_571d.unnumbered_professional_investor import REGIME

RULE = standing.rule("hk/cap_571d/unnumbered_certification_standing", REGIME, "hk/cap_571d/unnumbered_assessment")
