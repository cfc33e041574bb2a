"""One file per use case: ``name(ledger, tx, actor, *, …) -> dict``. Services know ports, rules and domain only."""
