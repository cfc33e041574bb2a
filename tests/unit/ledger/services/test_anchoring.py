"""Anchoring: what is sealed when, what travels, and what every interruption leaves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import DocumentRef, Draft, Value
from ledger.errors import ChainError, ConflictError, IntegrityError
from ledger.services.anchoring import SealPolicy, anchor_once, drain
from ledger.services.fsck import fsck
from tests.fakes import START, SYSTEM, FakeAnchor, PowerCut, registered
from tests.ledgers import Parts, open_parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    opened = open_parts(tmp_path)
    yield opened
    opened.store.close()


def states(parts: Parts) -> list[tuple[int, str]]:
    return [(c.checkpoint.size, c.state) for c in parts.log.checkpoints()]


def test_a_checkpoint_is_due_after_the_interval(parts: Parts) -> None:
    parts.investor()
    assert anchor_once(parts, START + timedelta(seconds=1, microseconds=-1)).sealed == ()
    done = anchor_once(parts, START + timedelta(seconds=1))
    assert (done.sealed, done.submitted, done.final, done.stamped) == ((1,), (1,), (1,), (1,))
    assert states(parts) == [(1, "final")]


def test_full_checkpoints_are_due_at_once_and_never_larger(parts: Parts) -> None:
    parts.investor(7)
    assert anchor_once(parts, START, policy=SealPolicy(records=3)).sealed == (3, 6)
    assert anchor_once(parts, START, policy=SealPolicy(records=3)).sealed == ()
    assert anchor_once(parts, START, seal_now=True).sealed == (7,)
    assert anchor_once(parts, START, seal_now=True).sealed == ()
    assert [size for size, _ in states(parts)] == [3, 6, 7]
    assert parts.anchor.sent == [3, 6, 7]


def test_neither_block_nor_token_is_dated_before_a_record_that_it_holds(parts: Parts) -> None:
    """The clock is moved, and a record made, after the worker read the clock and before it seals."""
    parts.anchor.away = True
    parts.investor()
    anchor_once(parts, START, seal_now=True)
    parts.anchor.away = False
    tomorrow = parts.clock.advance(days=1)
    parts.investor()
    assert anchor_once(parts, START, seal_now=True).final == (1, 2)
    assert parts.anchor.dated == [tomorrow, tomorrow]
    assert [stamp.stamped_at for size in (1, 2) for stamp in parts.log.stamps(size)] == [tomorrow, tomorrow]
    assert anchor_once(parts, START + timedelta(hours=1), seal_now=True).final == ()


def test_an_idle_pass_writes_nothing(parts: Parts, tmp_path: Path) -> None:
    parts.investor()
    anchor_once(parts, START, seal_now=True)
    wal = tmp_path / "ledger.sqlite-wal"
    before = wal.read_bytes()
    anchor_once(parts, START + timedelta(hours=1))
    assert wal.read_bytes() == before


def test_while_the_chain_is_away_records_go_on_and_checkpoints_get_fuller(parts: Parts) -> None:
    stream = parts.investor()
    parts.anchor.away = True
    done = anchor_once(parts, parts.clock.advance(seconds=1))
    assert isinstance(done.problem, ChainError)
    for _ in range(5):
        parts.append(stream)
        anchor_once(parts, parts.clock.advance(seconds=1))
    assert states(parts) == [(1, "sealed")]
    parts.anchor.away = False
    assert anchor_once(parts, parts.clock.now()).final == (1,)
    assert anchor_once(parts, parts.clock.now()).final == (6,)
    assert parts.anchor.sent == [1, 6]


def test_a_checkpoint_never_overtakes_the_one_before_it(parts: Parts) -> None:
    parts.anchor.automatic = False
    parts.investor(4)
    anchor_once(parts, START, policy=SealPolicy(records=2))
    assert states(parts) == [(2, "submitted"), (4, "sealed")]
    parts.anchor.mine("mined")
    anchor_once(parts, START)
    assert states(parts) == [(2, "mined"), (4, "submitted")]
    parts.anchor.mine("final")
    assert anchor_once(parts, START).final == (2, 4)
    assert parts.anchor.sent == [2, 4]


@pytest.mark.parametrize("where", ["before submit", "after submit", "before tend", "after tend"])
def test_power_cut_at_every_arrow_sends_once(parts: Parts, tmp_path: Path, where: str) -> None:
    parts.investor(3)
    when, step = where.split()
    setattr(parts.anchor, f"cut_{when}", step)
    with pytest.raises(PowerCut):
        anchor_once(parts, START, seal_now=True)
    parts.store.close()
    setattr(parts.anchor, f"cut_{when}", "")
    again = open_parts(tmp_path, parts.anchor)
    later = START + timedelta(minutes=2)
    anchor_once(again, later)
    assert states(again) == [(3, "final")]
    assert again.anchor.sent == [3]
    again.store.close()


def test_a_crashed_workers_lease_runs_out(parts: Parts) -> None:
    parts.investor()
    with parts.log.lease("other", START, START + timedelta(seconds=60)) as mine:
        assert mine
        done = anchor_once(parts, START + timedelta(seconds=59), seal_now=True, holder="me")
        assert done.busy
        assert parts.anchor.sent == []
        assert not anchor_once(parts, START + timedelta(seconds=60), holder="me").busy
    assert parts.anchor.sent == [1]


def test_a_reorganisation_sends_again(parts: Parts) -> None:
    parts.anchor.automatic = False
    parts.investor(2)
    anchor_once(parts, START, seal_now=True)
    parts.anchor.mine("mined")
    anchor_once(parts, START)
    parts.anchor.forget(2)
    assert anchor_once(parts, START).lost == (2,)
    assert states(parts) == [(2, "sealed")]
    anchor_once(parts, START)
    parts.anchor.mine("final")
    assert anchor_once(parts, START).final == (2,)
    assert parts.anchor.sent == [2, 2]


def test_away_in_the_middle_loses_nothing(parts: Parts) -> None:
    parts.anchor.automatic = False
    parts.investor(2)
    anchor_once(parts, START, seal_now=True)
    parts.anchor.away = True
    assert isinstance(anchor_once(parts, START).problem, ChainError)
    assert states(parts) == [(2, "submitted")]


def test_a_chain_that_is_ahead_is_never_written_to(tmp_path: Path) -> None:
    parts = open_parts(tmp_path / "one")
    parts.investor(5)
    anchor_once(parts, START, seal_now=True)
    restored = open_parts(tmp_path / "two", parts.anchor)
    restored.investor(3)
    with pytest.raises(IntegrityError, match="old backup"):
        anchor_once(restored, START, seal_now=True)
    restored.append(restored.investor(), 4)
    with pytest.raises(IntegrityError, match="another log"):
        anchor_once(restored, START, seal_now=True)
    assert parts.anchor.sent == [5]


def test_a_fork_is_noticed(tmp_path: Path) -> None:
    parts = open_parts(tmp_path / "one")
    parts.investor(5)
    anchor_once(parts, START, seal_now=True)
    other = open_parts(tmp_path / "two", parts.anchor)
    other.investor(5)
    with pytest.raises(IntegrityError, match="forked"):
        anchor_once(other, START, seal_now=True)


def test_a_timestamp_authority_that_is_away_delays_only_the_stamp(parts: Parts) -> None:
    parts.investor()

    assert parts.tsa is not None
    parts.tsa.away = True
    done = anchor_once(parts, START, seal_now=True)
    assert (done.final, done.stamped, done.problem) == ((1,), (), None)
    parts.tsa.away = False
    assert anchor_once(parts, START).stamped == (1,)
    (stamp,) = parts.log.stamps(1)
    assert stamp.authority == "fake-tsa"
    assert stamp.token.startswith(b"token:")
    assert parts.log.stamps(2) == ()


def test_without_an_authority_nothing_is_stamped(parts: Parts) -> None:
    parts.tsa = None
    parts.investor()
    assert anchor_once(parts, START, seal_now=True).stamped == ()


def test_drain_leaves_nothing_waiting(parts: Parts) -> None:
    parts.investor(3)
    drain(parts)
    assert states(parts) == [(3, "final")]
    parts.append(parts.investor())
    parts.anchor.away = True
    with pytest.raises(ChainError, match="does not answer"):
        drain(parts, seconds=0)


def test_typed_writes_travel_with_their_checkpoint_and_no_other(parts: Parts) -> None:
    stream = parts.investor()
    certifier = Actor("c" * 32, Role.CERTIFIER)
    until = "2027-03-02T01:30:00.000000Z"
    money: dict[str, Value] = {"amount": "3000000.00", "currency": "CNY"}
    granted = Draft(
        "certification.granted",
        stream,
        stream,
        certifier,
        START,
        {"regime": "cn_private_fund", "branch": "assets", "amount": money, "valid_until": until, "sale": "0" * 64},
    )
    assessed = Draft(
        "assessment.completed",
        stream,
        stream,
        SYSTEM,
        START,
        {
            "tolerance": "C4",
            "lowest": False,
            "score": 70,
            "questionnaire": "reference",
            "version": "1",
            "valid_until": until,
            "reasons": [],
        },
    )
    with parts.store.transaction() as tx:
        grant, assessment = tx.append([granted, assessed], START)
        sale = tx.create(Stream.SALE)
        signed = Draft(
            "document.signed",
            sale,
            stream,
            Actor(stream, Role.INVESTOR),
            START,
            {
                "purpose": "fund_contract",
                "suite": "x509-p256",
                "statement": "{}",
                "signature": "00",
                "certificate": [],
                "key": "d" * 64,
            },
            documents=(
                DocumentRef("1" * 64, "2" * 64, 10, "application/pdf", "shown"),
                DocumentRef("3" * 64, "4" * 64, 12, "application/pdf", "signed"),
            ),
        )
        (signature,) = tx.append([signed], START)
    anchor_once(parts, START, seal_now=True)
    revoked = Draft(
        "certification.revoked",
        stream,
        stream,
        certifier,
        START + timedelta(days=1),
        {"regime": "cn_private_fund", "reason": "on request", "certification": grant.leaf},
    )
    lost: dict[str, Value] = {"what": ["income"], "told_by": "investor"}
    changed = Draft("investor.changed", stream, stream, Actor(stream, Role.INVESTOR), START + timedelta(days=1), lost)
    with parts.store.transaction() as tx:
        revocation, change, _ = tx.append([revoked, changed, changed], START + timedelta(days=1))
    anchor_once(parts, START + timedelta(days=1), seal_now=True)
    (_, _, first), (_, _, second) = parts.anchor.held.values()
    (certification,) = first.certifications
    assert (certification.investor, certification.leaf, certification.revokes) == (stream, grant.leaf, None)
    assert certification.valid_until == START.replace(year=2027)
    (assessed_write,) = first.assessments
    assert (assessed_write.tolerance, assessed_write.lowest, assessed_write.leaf) == (4, False, assessment.leaf)
    (signature_write,) = first.signatures
    assert (signature_write.document_sha256, signature_write.key) == ("3" * 64, "d" * 64)
    assert signature_write.leaf == signature.leaf
    (taken_back,) = second.certifications
    assert (taken_back.revokes, taken_back.leaf) == (grant.leaf, revocation.leaf)
    assert (second.assessments, second.signatures) == ((), ())
    (end,) = second.endings  # the second change found nothing to end
    assert (end.investor, end.assessment, end.leaf) == (stream, assessment.leaf, change.leaf)
    assert (end.ended_at, first.endings) == (START + timedelta(days=1), ())
    assert [problem for problem in fsck(parts).problems if problem.startswith("contracts")] == []


def test_a_forgotten_subject_travels_by_leaf_only(parts: Parts) -> None:
    stream = parts.investor()
    with parts.store.transaction() as tx:
        tx.append([registered(stream)], START)
    parts.store.destroy_subject_key(stream)
    assert anchor_once(parts, START, seal_now=True).final == (2,)


def test_the_fake_chain_says_what_a_real_one_says() -> None:
    assert FakeAnchor().tend("aa").state == "lost"


def test_a_pass_that_outlives_its_lease_ends_before_it_sends_more(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending the first took so long that somebody else took over: the second is theirs."""
    parts.investor(4)
    submit = parts.anchor.submit

    def slowly(*arguments: Any) -> str:
        sent: str = submit(*arguments)
        now = parts.clock.advance(minutes=2)
        assert parts.log.extend("other", now, now + timedelta(minutes=1))
        return sent

    monkeypatch.setattr(parts.anchor, "submit", slowly)
    with pytest.raises(ConflictError, match="took over"):
        anchor_once(parts, START, policy=SealPolicy(records=2), holder="me")
    assert parts.anchor.sent == [2]


def test_a_pass_that_takes_long_keeps_its_lease(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    parts.investor(4)
    submit = parts.anchor.submit

    def slowly(*arguments: Any) -> str:
        sent: str = submit(*arguments)
        parts.clock.advance(seconds=40)
        return sent

    monkeypatch.setattr(parts.anchor, "submit", slowly)
    assert anchor_once(parts, START, policy=SealPolicy(records=2), holder="me").final == (2, 4)
    assert anchor_once(parts, parts.clock.now(), holder="me").busy is False
