"""What health says of witnesses."""

from datetime import datetime
from typing import Final

from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.services.witnessing import Witnessed

LATE_SECONDS: Final = 60


def read(ledger: Witnessed, now: datetime) -> tuple[dict[str, Value], bool, bool]:
    """Tell how many cosigned the newest checkpoint, which one last on chain, and what stands in whose way.

    And whether it has lacked its quorum for too long, and whether a witness contradicts this log.
    """
    witnessing, newest = ledger.witnessing, ledger.log.latest()
    asked = {} if witnessing is None else {witness.vkey: witness.name for witness in witnessing.ask.all}
    if witnessing is None or not asked:
        none: dict[str, Value] = {
            "configured": 0,
            "quorum": 0,
            "cosigned": 0,
            "size": 0,
            "on_chain": None,
            "problems": [],
        }
        return none, False, False
    size = 0 if newest is None else newest.checkpoint.size
    cosigned = len(witnessing.lines(size))
    troubles = [trouble for trouble in witnessing.book.troubles() if trouble.vkey in asked]
    problems: list[Value] = [
        {
            "name": asked[trouble.vkey],
            "problem": trouble.problem,
            "since": to_text(trouble.since),
            "contradiction": trouble.contradiction,
        }
        for trouble in troubles
    ]
    problems += [
        {
            "name": asked[relay.vkey],
            "problem": f"its cosignature of checkpoint {relay.size} is not on the chain: {relay.problem}",
            "since": to_text(relay.changed_at),
            "contradiction": False,
        }
        for relay in witnessing.book.relayed()
        if relay.vkey in asked and relay.state == "refused"
    ]
    there = [relay.size for relay in witnessing.book.relayed() if relay.vkey in asked and relay.state == "done"]
    quorum = witnessing.ask.quorum
    told: dict[str, Value] = {
        "configured": len(asked),
        "quorum": quorum,
        "cosigned": cosigned,
        "size": size,
        "on_chain": {"size": max(there), "cosigned": there.count(max(there))} if there else None,
        "problems": problems,
    }
    late = newest is not None and cosigned < quorum and (now - newest.sealed_at).total_seconds() > LATE_SECONDS
    return told, late, any(trouble.contradiction for trouble in troubles)
