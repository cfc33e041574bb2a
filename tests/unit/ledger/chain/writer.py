"""A process to be killed: anchors one checkpoint after another and prints each size once `submit` has returned."""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from ledger.chain import open_embedded
from ledger.ports.anchor import ChainWrites
from verifier.checkpoint import Checkpoint

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEY = b"\1" * 32


def checkpoint(size: int) -> Checkpoint:
    """Return the checkpoint that the test expects for a size."""
    roots = (hashlib.sha256(b"%s %d" % (name, size)).digest() for name in (b"sha256", b"sm3", b"map"))
    return Checkpoint("x", size, *roots)


def main() -> None:
    """Anchor until killed."""
    anchor = open_embedded(Path(sys.argv[1]), operator_key=KEY, now=NOW)
    size = anchor.anchored_size()
    print("open", flush=True)  # noqa: T201 - the test reads it
    while True:
        size += 1
        anchor.submit(checkpoint(size), ChainWrites(), NOW)
        print(size, flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
