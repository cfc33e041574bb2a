"""Questionnaires are versioned policy data; here they are only shown."""

from ledger.domain.events import Value
from ledger.services.ledger import Ledger


def show(ledger: Ledger, *, key: str) -> dict[str, Value]:
    """Return one questionnaire in its wire form; `NotFoundError` when there is none of that name."""
    return ledger.rules.questionnaire(key)
