"""What the investor's pages let one choose from: tests, kinds of proof, purposes, questions; all the law's data."""

from datetime import datetime

from ledger.domain.events import Value
from ledger.domain.investor import InvestorState
from ledger.rules.cn.order_105 import art12_qualified_investor
from ledger.rules.cn.pipl import art29_separate_consent
from ledger.rules.policy import retakes
from ledger.rules.values import text
from ledger.services.ledger import Ledger

PROOF_KINDS = "policy/proof_kinds"
PERSON, INSTITUTION = "natural_person", "institution"


def of(ledger: Ledger, investor: InvestorState, now: datetime) -> dict[str, Value]:
    """Return them as of now, with the consents that stand."""
    law = ledger.rules.law(now)
    kind = investor.kind if investor.kind in {PERSON, INSTITUTION} else PERSON
    branches = art12_qualified_investor.branches(law, kind)
    words = art12_qualified_investor.words(law, kind)
    forms = {text(row, "kind"): text(row, "questionnaire") for row in law.lists[retakes.FORM].items}
    required = required_purposes(ledger, now)
    return {
        "tests": [
            {
                "branch": branch,
                "text": {"zh": words[limit][1], "en": words[limit][0]},
                "amount": {**law.limits[limit].money.as_json()},
            }
            for branch, limit in branches.items()
        ],
        "questionnaire": forms[investor.kind],
        "proof_kinds": [
            {"kind": text(row, "kind"), "branch": text(row, "branch"), "zh": text(row, "zh")}
            for row in law.lists[PROOF_KINDS].items
            if text(row, "branch") in branches
        ],
        "consents": [
            {
                "purpose": text(row, "purpose"),
                "given": text(row, "purpose") in investor.consents,
                "required": text(row, "purpose") in required,
            }
            for row in art29_separate_consent.purposes(law)
        ],
        "declared": investor.declared_branch,
        "visit": [{"item": n, "zh": zh, "en": en} for n, zh, en in ledger.rules.visit_items(now)],
    }


def required_purposes(ledger: Ledger, now: datetime) -> frozenset[str]:
    """Return the purposes without which no proof may be used (PIPL art. 29); the others may be declined."""
    listed = ledger.rules.law(now).lists[art29_separate_consent.KEY].items
    return frozenset(text(row, "purpose") for row in listed)
