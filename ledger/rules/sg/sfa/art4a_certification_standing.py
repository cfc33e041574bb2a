"""SFA s. 4A: retail first; the assessment as accredited investor stands for this sale."""

from ledger.rules.foreign import standing
from ledger.rules.sg.sfa.art4a_accredited_investor import REGIME

RULE = standing.rule("sg/sfa/art4a_certification_standing", REGIME, "sg/sfa/art4a_assessment")
