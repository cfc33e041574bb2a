"""Writes too many for one block."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.chain import EvmAnchor, open_embedded, splitting
from ledger.chain.errors import ContractRefusedError
from ledger.errors import ChainError
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, ChainWrites, EndingWrite, SignatureWrite
from tests.contracts.world import digest
from verifier.checkpoint import Checkpoint

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
HEAD = Checkpoint("x", 9, *(bytes.fromhex(digest(mark)) for mark in "abc"))
REGIME = "cn_private_fund"


def many(count: int) -> ChainWrites:
    grants = tuple(
        CertificationWrite(digest(f"investor {n}"), REGIME, digest(f"grant {n}"), NOW, NOW + YEAR) for n in range(count)
    )
    return ChainWrites(
        certifications=(*grants, replace(grants[0], leaf=digest("revocation"), revokes=grants[0].leaf)),
        assessments=tuple(
            AssessmentWrite(w.investor, w.leaf, 2, lowest=False, completed_at=NOW, valid_until=NOW + YEAR)
            for w in grants
        ),
        signatures=tuple(SignatureWrite(w.leaf, digest("key"), "x509-p256", w.leaf, NOW) for w in grants),
        endings=(EndingWrite(grants[0].investor, digest("changed"), grants[0].leaf, NOW),),
    )


@pytest.fixture
def anchor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EvmAnchor]:
    monkeypatch.setattr("ledger.chain.anchor._ALWAYS_FITS", 3)
    monkeypatch.setattr(splitting, "room", lambda _gas_limit: 3)
    made = open_embedded(tmp_path / "chain.sqlite", operator_key=b"\1" * 32, now=NOW)
    yield made
    made.close()


def kept(anchor: EvmAnchor, count: int) -> list[tuple[int, int, bool]]:
    """How often each investor's facts are on the chain."""
    return [
        (
            len(anchor.investors.certifications(digest(f"investor {n}"), REGIME)),
            len(anchor.investors.assessments(digest(f"investor {n}"), REGIME)),
            anchor.signatures.signature(digest(f"grant {n}"), digest("key")) is not None,
        )
        for n in range(count)
    ]


def test_half_a_block_is_the_most() -> None:
    assert splitting.room(30_000_000) == 375
    assert splitting.room(1) == 1


def test_parts_keep_order_and_lose_nothing() -> None:
    cut = list(splitting.parts(many(4), 3))
    assert [(part.kind, [index for index, _ in part.items]) for part in cut] == [
        ("grants", [0, 1, 2]),
        ("grants", [3]),
        ("revocations", [0]),
        ("assessments", [0, 1, 2]),
        ("assessments", [3]),
        ("endings", [0]),
        ("signatures", [0, 1, 2]),
        ("signatures", [3]),
    ]


def test_all_parts_are_there_before_the_head(anchor: EvmAnchor) -> None:
    anchor.submit(HEAD, many(4), NOW)
    assert kept(anchor, 4) == [(1, 1, True)] * 4
    assert anchor.investors.certifications(digest("investor 0"), REGIME)[0].revoked_at == NOW
    assert [a.ended_at for a in anchor.investors.assessments(digest("investor 0"), REGIME)] == [NOW]
    assert anchor.anchored_size() == 9


@pytest.mark.parametrize("sent", range(9))
def test_a_crash_after_any_part_repeats_nothing(anchor: EvmAnchor, monkeypatch: pytest.MonkeyPatch, sent: int) -> None:
    with monkeypatch.context() as patched:
        _break_after(patched, anchor, sent)
        with pytest.raises(ChainError, match="power cut"):
            anchor.submit(HEAD, many(4), NOW)
    assert anchor.anchored_size() == 0
    anchor.submit(HEAD, many(4), NOW)
    assert kept(anchor, 4) == [(1, 1, True)] * 4
    assert anchor.anchored_size() == 9


def test_a_refused_item_keeps_the_index_it_had_before_the_cut(anchor: EvmAnchor) -> None:
    writes = many(5)
    bad = replace(writes.certifications[4], valid_until=NOW)
    certifications = (*writes.certifications[:4], bad, writes.certifications[5])
    with pytest.raises(ContractRefusedError) as refused:
        anchor.submit(HEAD, replace(writes, certifications=certifications), NOW)
    assert (refused.value.name, refused.value.evidence["index"]) == ("EmptyValidity", 4)
    anchor.submit(HEAD, replace(writes, certifications=(*writes.certifications[:4], writes.certifications[5])), NOW)
    assert [each[0] for each in kept(anchor, 5)] == [1, 1, 1, 1, 0]


def _break_after(patched: pytest.MonkeyPatch, anchor: EvmAnchor, sent: int) -> None:
    original, count = anchor.log._write, [0]

    def failing(function: str, *arguments: object) -> object:
        if count[0] == sent:
            raise ChainError("power cut")
        count[0] += 1
        return original(function, *arguments)

    patched.setattr(anchor.log, "_write", failing)
