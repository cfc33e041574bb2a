"""fsck: silent when all is well, and for every kind of damage a sentence that says where."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.domain.events import Draft, Value
from ledger.services.anchoring import SealPolicy, anchor_once
from ledger.services.fsck import fsck
from ledger.storage import map_pages
from tests.fakes import STAFF, START
from tests.ledgers import Parts, flip, open_parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """Six hundred records of two investors, one document, three checkpoints on the chain."""
    opened = open_parts(tmp_path)
    stream = opened.investor(299)
    ref = opened.documents.put(b"asset proof", subject=stream, media_type="application/pdf", role="proof")
    money: dict[str, Value] = {"amount": "3000000.00", "currency": "CNY"}
    fields: dict[str, Value] = {"kind": "assets", "as_of": "2026-02-28", "amount": money}
    with opened.store.transaction() as tx:
        tx.append([Draft("proof.uploaded", stream, stream, STAFF, START, fields, documents=(ref,))], START)
    opened.append(opened.investor(), 299)
    anchor_once(opened, START, policy=SealPolicy(records=200))
    yield opened
    opened.store.close()


def test_a_sound_log_agrees(parts: Parts) -> None:
    stages: list[tuple[str, int, int]] = []
    report = fsck(parts, lambda stage, done, total: stages.append((stage, done, total)))
    assert report.problems == []
    assert report.as_json() == {
        "records": 600,
        "streams": 2,
        "withheld": 0,
        "documents": 1,
        "tiles": 78,
        "checkpoints": 3,
        "anchored": 3,
        "problems": [],
    }
    assert stages[0] == ("records", 500, 600)
    assert ("map", 2, 2) in stages
    assert stages[-3:] == [("chain", 3, 3), ("contracts", 1, 2), ("contracts", 2, 2)]
    assert report.summary().endswith("all agree")


def test_an_empty_log_agrees(tmp_path: Path) -> None:
    empty = open_parts(tmp_path / "empty")
    assert fsck(empty).problems == []
    empty.store.close()


def test_records_that_wait_for_a_checkpoint_agree(parts: Parts) -> None:
    parts.investor(300)
    parts.anchor.away = False
    assert fsck(parts).problems == []


def test_a_forgotten_subject_is_no_difference(parts: Parts) -> None:
    with parts.store.snapshot() as reader:
        (first, *_) = reader.range(0, 1)
    parts.store.destroy_subject_key(first.subject)
    report = fsck(parts)
    assert report.problems == []
    assert report.withheld == 300


def damage(table: str, column: str, where: str, byte: int = 9) -> Callable[[Parts], None]:
    return lambda parts: flip(parts.store, table, column, where, byte)


def sql(*statements: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        with parts.store.writing() as connection:
            for table in ("records", "disclosures", "tiles", "checkpoints", "outbox"):
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            for statement in statements:
                connection.execute(text(statement))

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (damage("records", "record", "idx = 17", 60), "record 17: its bytes no longer have the sha256 leaf hash"),
        (damage("records", "record", "idx = 17", 60), "tile sha256/0/1: hash 1 is not that of the records"),
        (
            damage("records", "record", "idx = 17", 60),
            "checkpoint 200: its sha256 root is not that of the records, nor",
        ),
        (damage("records", "record", "idx = 599", 60), "checkpoint 600: its sm3 root is not that of the records"),
        (damage("records", "leaf_sha256", "idx = 5"), "record 5: its bytes no longer have the sha256 leaf hash"),
        (damage("records", "leaf_sm3", "idx = 5"), "record 5: its bytes no longer have the sm3 leaf hash"),
        (damage("disclosures", "sealed", "idx = 33"), "record 33: encrypted bytes do not open"),
        (sql("DELETE FROM disclosures WHERE idx = 33"), "record 33: the disclosures are gone"),
        (damage("subject_keys", "wrapped", "stream = 2"), "record 300: encrypted bytes do not open"),
        (sql("UPDATE records SET stream = 2, seq = 999 WHERE idx = 8"), "record 8: it is kept as"),
        (
            sql("DELETE FROM disclosures WHERE idx = 40", "DELETE FROM records WHERE idx = 40"),
            "record 40: missing",
        ),
        (
            sql("DELETE FROM disclosures WHERE idx = 599", "DELETE FROM records WHERE idx = 599"),
            "checkpoint 600: only 599 records are there",
        ),
        (
            damage("records", "record", "idx = 299", 60),
            "checkpoint 400: its stream map is not that of the records, nor",
        ),
        (damage("records", "record", "idx = 599", 60), "checkpoint 600: its stream map is not that of the records"),
        (sql("UPDATE map_pages SET slots = zeroblob(16) WHERE since = 600"), "(and 1 more streams)"),
        (sql("DELETE FROM map_pages"), "a page of the stream map is gone"),
        (
            sql("UPDATE map_pages SET slots = (SELECT slots FROM map_pages WHERE since = 200) WHERE since = 600"),
            "the stored tree does not prove the end of stream",
        ),
        (damage("tiles", "hashes", "suite = 'sm3' AND number = 5", 64), "tile sm3/0/5: hash 2 is not"),
        (damage("tiles", "root", "suite = 'sm3' AND number = 36"), "tile sm3/0/36: its root is not"),
        (sql("DELETE FROM tiles WHERE suite = 'sha256' AND number = 0"), "tile sha256/0/0: missing"),
        (sql("UPDATE tiles SET number = 37 WHERE suite = 'sha256' AND number = 36"), "tile sha256/0/37: beyond"),
        (damage("checkpoints", "note", "size = 400", 150), "checkpoint 400:"),
        (damage("checkpoints", "note", "size = 600", 2), "checkpoint 600: the signature of ledger.test/log"),
        (damage("checkpoints", "note", "size = 600", 16), "checkpoint 600: its note speaks of"),
        (sql("UPDATE checkpoints SET note = 'x' WHERE size = 600"), "checkpoint 600:"),
    ],
)
def test_damage_is_named_with_its_place(parts: Parts, change: Callable[[Parts], None], named: str) -> None:
    change(parts)
    report = fsck(parts)
    assert any(named in problem for problem in report.problems), report.problems
    assert "differences" in report.summary()


def test_a_map_that_never_was_the_records_is_named_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who seals a false map is consistent with himself and with the chain, but not with the records."""
    parts = open_parts(tmp_path)
    parts.investor(3)
    with monkeypatch.context() as patch:
        patch.setattr(map_pages, "extend", lambda *_: b"\7" * 32)
        anchor_once(parts, START, seal_now=True)
        parts.investor(2)
        anchor_once(parts, START, seal_now=True)
    assert fsck(parts).problems == [
        "checkpoint 3: its stream map is not that of the records, nor in 1 later checkpoints"
    ]
    parts.store.close()


def test_one_damaged_disclosure_is_one_difference(parts: Parts) -> None:
    flip(parts.store, "disclosures", "sealed", "idx = 33")
    assert len(fsck(parts).problems) == 1


def test_a_changed_or_missing_document_is_named(parts: Parts, tmp_path: Path) -> None:
    (file,) = [p for p in (tmp_path / "documents").rglob("*") if p.is_file()]
    good = file.read_bytes()
    file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    (problem,) = fsck(parts).problems
    assert problem.startswith("record 299: document")
    assert "no longer matches its digest" in problem
    file.unlink()
    (problem,) = fsck(parts).problems
    assert "no such document" in problem


def test_the_chain_is_compared(parts: Parts) -> None:
    transaction, head, writes = parts.anchor.held[400]
    parts.anchor.held[400] = (transaction, parts.anchor.held[600][1], writes)
    (problem,) = fsck(parts).problems
    assert problem == "checkpoint 400: the chain holds other roots"
    del parts.anchor.held[400]
    (problem,) = fsck(parts).problems
    assert problem == "checkpoint 400: final by our books, but the chain does not hold it"
    parts.anchor.held[400] = (transaction, head, writes)
    parts.anchor.held[700] = parts.anchor.held[600]
    (problem,) = fsck(parts).problems
    assert problem == "chain: it holds a checkpoint of 700 records, our newest is 600"
    parts.anchor.away = True
    (problem,) = fsck(parts).problems
    assert problem.startswith("chain: cannot be compared")


def test_a_final_block_that_is_off_the_chain_is_named(parts: Parts) -> None:
    before = fsck(parts).problems
    parts.anchor.forks += 1
    found = [problem for problem in fsck(parts).problems if problem not in before]
    assert found
    assert all(problem.endswith("in which it was final, is off the chain") for problem in found)


def test_a_history_rewritten_with_our_own_keys_differs_from_the_chain(parts: Parts, tmp_path: Path) -> None:
    """An insider who holds every key of ours can make a consistent log, but not another chain."""
    forged = open_parts(tmp_path / "forged", parts.anchor)
    forged.investor(600)
    while forged.log.seal(START, limit=200):
        pass
    report = fsck(forged)
    assert report.problems == [f"checkpoint {size}: the chain holds other roots" for size in (200, 400, 600)]
    forged.store.close()
