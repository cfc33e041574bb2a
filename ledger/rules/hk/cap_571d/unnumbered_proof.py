"""Cap. 571D: the assessment rests on proof of the portfolio or the assets."""

from ledger.rules.foreign import proving
from ledger.rules.hk.cap_571d.unnumbered_professional_investor import REGIME

RULE = proving.rule("hk/cap_571d/unnumbered_proof", REGIME, "hk/cap_571d/unnumbered_assessment")
