"""Rulesets outlive the program that decided by them: each one that comes into use is kept, recorded and anchored."""

import json
from collections.abc import Iterable, Mapping

from ledger.domain.events import Draft, Value
from ledger.errors import NotFoundError
from ledger.ports.store import StoredRecord
from ledger.rules.canonical import text_files
from ledger.services.ledger import SYSTEM, Ledger

ROLE = "ruleset"
_NAMED_BY = {"decision.made": "decision", "eligibility.decided": "decision", "document.signed": "reading"}
"""Record type: the field of it that names a ruleset."""


def adopt(ledger: Ledger) -> bool:
    """Keep the ruleset in use, named by its digest, and record that it is; tell whether that was news."""
    digest = ledger.rules.digest
    try:
        ledger.documents.get(digest, subject=ledger.operator)
    except NotFoundError:
        pass
    else:
        return False
    now = ledger.clock.now()
    files = ledger.rules.files()
    fields: dict[str, Value] = {"digest": digest, "files": len(files)}
    with ledger.store.transaction() as tx:
        kept = ledger.documents.put(
            text_files(files), subject=ledger.operator, media_type="application/json", role=ROLE
        )
        draft = Draft("ruleset.adopted", ledger.operator, ledger.operator, SYSTEM, now, fields, documents=(kept,))
        tx.append([draft], now)
    return True


def used(ledger: Ledger, stored: Iterable[StoredRecord]) -> dict[str, Mapping[str, str]]:
    """Return the files of the ruleset in use and of every one that a decision or signature here names, by digest.

    One that was never adopted here is left out; whoever checks the bundle will name it.
    """
    found: dict[str, Mapping[str, str]] = {ledger.rules.digest: ledger.rules.files()}
    for digest in sorted(_named(stored) - found.keys()):
        try:
            found[digest] = json.loads(ledger.documents.get(digest, subject=ledger.operator))
        except NotFoundError:
            continue
    return found


def _named(stored: Iterable[StoredRecord]) -> set[str]:
    values = [
        value
        for record in stored
        if (field := _NAMED_BY.get(json.loads(record.bytes)["type"])) is not None
        for _, name, value in record.disclosures
        if name == field
    ]
    return {str(value["ruleset"]) for value in values if isinstance(value, dict)}
