"""What the investor's pages let one choose from: tests, kinds of proof, purposes, questions; all the law's data."""

from datetime import datetime

from ledger.domain.events import Value
from ledger.domain.investor import InvestorState
from ledger.rules.cn.order_105 import art12_qualified_investor
from ledger.rules.cn.pipl import art29_separate_consent
from ledger.rules.values import text
from ledger.services.ledger import Ledger

PROOF_KINDS = "policy/proof_kinds"


def of(ledger: Ledger, investor: InvestorState, now: datetime) -> dict[str, Value]:
    """Return them as of now, with the consents that stand."""
    law = ledger.rules.law(now)
    tests = law.lists[art12_qualified_investor.TESTS].items
    branches = {text(row, "branch") for row in tests}
    required = required_purposes(ledger, now)
    return {
        "tests": [
            {
                "branch": text(row, "branch"),
                "text": {"zh": text(row, "zh"), "en": text(row, "en")},
                "amount": {**law.limits[text(row, "limit")].money.as_json()},
            }
            for row in tests
        ],
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
