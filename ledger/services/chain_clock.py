"""Two clocks: ours dates records, the chain's dates blocks. A block must not be dated before the records it holds."""

from datetime import datetime, timedelta

from ledger.domain.instants import from_text
from ledger.ports.log import SealedCheckpoint
from ledger.ports.store import Reader
from verifier import record
from verifier.steps.log import CLOCK_TOLERANCE


def recorded_at(reader: Reader, sealed: SealedCheckpoint) -> datetime:
    """Return when the newest record under a checkpoint was recorded."""
    (newest,) = reader.range(sealed.checkpoint.size - 1, 1)
    return from_text(record.parse(newest.bytes).recorded_at)


def behind(reader: Reader, sealed: SealedCheckpoint) -> timedelta:
    """Return by how much the chain's clock was behind ours at this anchor; zero within the tolerance."""
    if sealed.block is None:
        return timedelta()
    late = recorded_at(reader, sealed) - sealed.block.time
    return late if late > CLOCK_TOLERANCE else timedelta()
