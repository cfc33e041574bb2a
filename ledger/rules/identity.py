"""Which code decides: a digest over the sources of rules and domain, so that a receipt names what it was made by."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from ledger.rules.canonical import text_files

PACKAGE = Path(__file__).parent.parent
PARTS = ("domain", "rules")


@cache
def engine() -> str:
    """Return the SHA-256 (hex) over the canonical JSON of path → text of every source file, read once."""
    files = {
        file.relative_to(PACKAGE).as_posix(): file.read_text(encoding="utf-8")
        for part in PARTS
        for file in sorted((PACKAGE / part).rglob("*.py"))
    }
    return sha256(text_files(files)).hexdigest()
