"""A process to be killed: appends and stores for ever, and says on standard output what was acknowledged.

Lines: ``stream <hex>``, ``record <leaf> <index>``, ``document <sha256> <subject>``, each after its commit.
"""

import sys
from pathlib import Path

from ledger.domain.events import Draft
from tests.fakes import FakeClock, notified
from tests.ledgers import open_parts


def main(root: Path) -> None:
    """Run until killed."""
    parts = open_parts(root, clock=FakeClock())
    stream = parts.investor()
    say("stream", stream)
    number = 0
    while True:
        number += 1
        with parts.store.transaction() as tx:
            content = f"{stream}:{number}".encode() * 50
            ref = parts.documents.put(content, subject=stream, media_type="application/pdf", role="proof")
            plain = notified(stream)
            named = Draft(plain.type, stream, stream, plain.actor, plain.occurred_at, plain.fields, documents=(ref,))
            events = tx.append([named, *(notified(stream) for _ in range(number % 4))], parts.clock.now())
            tx.remember(f"{stream}:{number}", "a" * 32, "digest", events[0].leaf.encode(), parts.clock.now())
        for event in events:
            say("record", event.leaf, str(event.index))
        say("document", ref.sha256, stream)
        if number % 3 == 0:
            parts.log.seal(parts.clock.now())


def say(*words: str) -> None:
    """Acknowledge: one whole line, at once."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
