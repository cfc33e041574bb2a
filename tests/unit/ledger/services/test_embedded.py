"""Store, log, anchoring and fsck on the real embedded chain: restart in the middle, then compare."""

from datetime import timedelta
from pathlib import Path

import pytest

from ledger.chain import open_embedded
from ledger.services.anchoring import drain
from ledger.services.fsck import fsck
from tests.fakes import START
from tests.ledgers import Parts, open_parts

OPERATOR_KEY = bytes(range(1, 33))


def opened(root: Path) -> Parts:
    parts = open_parts(root)
    parts.anchor = open_embedded(root / "chain.sqlite", operator_key=OPERATOR_KEY, now=START)
    parts.clock.at = START + timedelta(minutes=1)
    return parts


def closed(parts: Parts) -> None:
    parts.anchor.close()
    parts.store.close()


@pytest.mark.slow
def test_chain_log_and_proofs_survive_a_restart_and_fsck_agrees(tmp_path: Path) -> None:
    parts = opened(tmp_path)
    stream = parts.investor(3)
    drain(parts)
    parts.append(stream, 5)
    parts.log.seal(parts.clock.now())  # stopped between sealing and sending
    closed(parts)
    again = opened(tmp_path)
    drain(again)
    assert [(c.checkpoint.size, c.state) for c in again.log.checkpoints()] == [(3, "final"), (8, "final")]
    assert again.anchor.anchored_size() == 8
    assert again.anchor.evidence(8)["transaction"] == again.log.checkpoints()[1].transaction
    report = fsck(again)
    assert (report.problems, report.anchored) == ([], 2)
    closed(again)
