"""SFA s. 4A: the assessment rests on proof of assets or income."""

from ledger.rules.foreign import proving
from ledger.rules.sg.sfa.art4a_accredited_investor import REGIME

RULE = proving.rule("sg/sfa/art4a_proof", REGIME, "sg/sfa/art4a_assessment")
