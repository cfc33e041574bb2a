"""The bundle of a sale from real store, log and documents, checked by the verifier itself."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from ledger.cli import app
from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import DocumentRef, Draft, Event, Value
from ledger.errors import ConflictError, IntegrityError, NotFoundError
from ledger.services import evidence
from ledger.services.anchoring import anchor_once, drain
from ledger.services.ledger import Ledger
from ledger.services.witnessing import gather
from ledger.signing.http_tsa import HttpTSA
from ledger.witness.on_chain import ChainLog
from tests.authority import authority, openssl
from tests.fakes import STAFF, SYSTEM, FakeTimestampAuthority, registered
from tests.ledgers import Parts, open_parts
from tests.proving import Authorities, ProvingAnchor
from tests.vector_source import asn1, chain, keys
from tests.witnessed import witnessed
from verifier.trust import Trust
from verifier.verify import verify

ADMIN = Actor("9" * 32, Role.ADMIN)
COMPLIANCE = Actor("8" * 32, Role.COMPLIANCE)
MONEY: Value = {"amount": "1000000.00", "currency": "CNY"}


class NoRules:
    """A ruleset that nobody asks."""

    digest = asn1.sha256(b'{"units.toml":""}').hex()

    def files(self) -> dict[str, str]:
        return {"units.toml": ""}


@dataclass
class Setting:
    """A sale that has begun, and what `Ledger` needs to prove it."""

    parts: Parts
    operator: str = ""
    investor: str = ""
    product: str = ""
    sale: str = ""
    other: str = ""

    def append(
        self, kind: str, stream: str, fields: dict[str, Value], *documents: DocumentRef, by: Actor = SYSTEM
    ) -> Event:
        subject = self.investor if stream == self.sale else stream
        now = self.parts.clock.now()
        with self.parts.store.transaction() as tx:
            (event,) = tx.append([Draft(kind, stream, subject, by, now, fields, documents=documents)], now)
        return event

    def anchor(self) -> None:
        self.parts.clock.advance(seconds=2)
        drain(self.parts)

    def ledger(self) -> Ledger:
        unused = cast(Any, None)
        parts = self.parts
        return Ledger(
            store=parts.store,
            log=parts.log,
            anchor=parts.anchor,
            documents=parts.documents,
            clock=parts.clock,
            ca=cast(Any, Authorities(keys.ROOT)),
            tsa=Authorities(keys.TSA_ROOT),
            authorities=parts.authorities,
            pdf=unused,
            codes=unused,
            proofs=unused,
            papers=unused,
            rules=cast(Any, NoRules()),
            keys=unused,
            secrets=parts.secrets,
            operator=self.operator,
            institution="示范基金销售",
            stand_ins=("ca:development", "chain:embedded", "clock:simulated", "tsa:development"),
            witnessing=parts.witnessing,
        )

    def build(self) -> bytes:
        with self.parts.store.snapshot() as reader:
            return evidence.build(self.ledger(), reader, self.sale, at=self.parts.clock.now())

    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.build()))


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    parts = open_parts(tmp_path, ProvingAnchor())
    parts.tsa = cast(Any, Authorities(keys.TSA_ROOT))
    found = Setting(parts)
    with parts.store.transaction() as tx:
        found.operator, found.investor = tx.create(Stream.INSTITUTION), tx.create(Stream.INVESTOR)
        found.product, found.sale, found.other = (
            tx.create(Stream.PRODUCT),
            tx.create(Stream.SALE),
            tx.create(Stream.SALE),
        )
        now = parts.clock.now()
        tx.append([registered(found.investor, now)], now)
    found.append("institution.registered", found.operator, {"name": "x", "kind": "distributor", "licence": "1"})
    found.append("access.logged", found.operator, {"reader": "5" * 32, "subject": found.investor, "purpose": "x"})
    found.append("product.listed", found.product, {"from_day": "2026-03-02"}, by=COMPLIANCE)
    found.append("product.seats_reserved", found.product, {"sale": found.other, "seats": 1})
    fields: dict[str, Value] = {"investor": found.investor, "product": found.product, "channel": "web"}
    found.append("sale.opened", found.sale, fields | {"amount": MONEY, "fee": MONEY}, by=STAFF)
    found.append("product.seats_reserved", found.product, {"sale": found.sale, "seats": 1})
    yield found
    parts.store.close()


def of(body: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry for entry in body["records"] if entry["record"]["type"] == kind]


def test_the_verifier_holds_it_true(setting: Setting) -> None:
    setting.anchor()
    report = verify(setting.build())
    assert [(s.number, s.detail) for s in report.steps if s.outcome != "holds"] == []


def test_cosignatures_on_chain_are_in_the_bundle_once_they_are_final(setting: Setting, tmp_path: Path) -> None:
    parts = setting.parts
    where = ChainLog(chain.CHAIN_ID, "0x" + chain.CONTRACT.hex())
    near = witnessed(parts, tmp_path / "witnesses", "custodian.example/w", "regulator.example/w", chain=where)
    custodian, regulator = (str(one.directory.account) for one in near.witnesses.values())
    parts.anchor.admitted = {custodian}
    setting.anchor()
    gather(parts)
    before = len(setting.body()["anchors"])
    for _ in range(2):
        anchor_once(parts, parts.clock.now())
    (told,) = setting.body()["anchors"][before:]
    assert told["witness"] == custodian.removeprefix("0x").lower()
    step = {s.key: s for s in verify(setting.build()).steps}
    assert (step["anchors"].outcome, step["witnesses"].outcome) == ("holds", "holds")
    assert "; on chain 1 accounts that its governance admitted" in step["witnesses"].detail
    assert [each["witness"] for each in step["witnesses"].evidence["on_chain"]] == [told["witness"]]
    assert [each["size"] for each in step["anchors"].evidence["cosignatures"]] == [told["size"]]
    (transaction,) = (tx for _, account, tx in parts.anchor.cosigned if account == custodian)
    parts.anchor.states[transaction] = "mined"  # a reorganisation: not final any more
    assert len(setting.body()["anchors"]) == before
    assert regulator not in json.dumps(setting.body())


def test_witnesses_are_in_the_bundle_and_count_when_pinned(setting: Setting, tmp_path: Path) -> None:
    parts = setting.parts
    near = witnessed(parts, tmp_path / "witnesses", "custodian.example/w", "regulator.example/w")
    setting.anchor()
    gather(parts)
    body = setting.body()
    assert body["keys"]["witnesses"] == sorted(near.witnesses)
    step = {s.key: s for s in verify(setting.build(), trust=Trust(witnesses=frozenset(near.witnesses))).steps}
    assert (step["witnesses"].outcome, step["witnesses"].basis) == ("holds", "pinned")
    assert step["witnesses"].detail.startswith("2 of 2 witnesses that you pinned cosigned the head")

    # one goes away: within ten minutes the bundle keeps the head that the quorum cosigned, then it says one of two
    near.away = {"custodian.example/w"}
    quorum = body["head"]
    setting.append("clock.advanced", setting.operator, {"from": "", "to": "", "seconds": 1, "notice": ""}, by=ADMIN)
    setting.anchor()
    gather(parts)
    assert setting.body()["head"] == quorum
    parts.clock.advance(minutes=10)
    setting.append("clock.advanced", setting.operator, {"from": "", "to": "", "seconds": 1, "notice": ""}, by=ADMIN)
    setting.anchor()
    gather(parts)
    assert setting.body()["head"] != quorum
    found = verify(setting.build(), trust=Trust(witnesses=frozenset(near.witnesses))).first_problem
    assert found is not None
    assert (found.key, found.code) == ("witnesses", "too_few_witnesses")


def test_the_same_moment_gives_the_same_bytes(setting: Setting) -> None:
    setting.anchor()
    assert setting.build() == setting.build()


def test_every_stream_is_whole_and_of_the_operators_only_what_concerns_the_sale(setting: Setting) -> None:
    setting.append("clock.advanced", setting.operator, {"from": "", "to": "", "seconds": 1, "notice": ""}, by=ADMIN)
    setting.append("sale.rescinded", setting.sale, {"reason": "x"}, by=Actor(setting.investor, Role.INVESTOR))
    setting.append("clock.advanced", setting.operator, {"from": "", "to": "", "seconds": 2, "notice": ""}, by=ADMIN)
    setting.anchor()
    body = setting.body()
    assert (len(of(body, "clock.advanced")), len(of(body, "access.logged"))) == (1, 0)
    assert len(of(body, "institution.registered")) == 1
    assert verify(setting.build()).verdict == "holds"


def test_identifiers_and_other_peoples_sales_are_withheld(setting: Setting) -> None:
    setting.anchor()
    data = setting.build()
    assert b"110101199003070011" not in data
    assert b"13800000000" not in data
    assert setting.other.encode() not in data
    theirs, ours = of(json.loads(data), "product.seats_reserved")
    assert [name for _, name, _ in theirs["disclosures"]] == ["seats"]
    assert sorted(name for _, name, _ in ours["disclosures"]) == ["sale", "seats"]


def test_papers_travel_along_and_proofs_do_not(setting: Setting) -> None:
    def put(role: str) -> DocumentRef:
        return setting.parts.documents.put(
            role.encode(), subject=setting.investor, media_type="application/pdf", role=role
        )

    fields: dict[str, Value] = {"items": []}
    setting.append("disclosure.presented", setting.sale, fields, put("shown"))
    made: dict[str, Value] = {"evidence_sha256": "0" * 64, "verdict": "holds"}
    setting.append("report.made", setting.sale, made, put("report"), put("evidence"), by=COMPLIANCE)
    setting.anchor()
    assert [d["content"] for d in setting.body()["documents"]] == ["c2hvd24="]


def test_each_record_has_its_first_anchor_and_no_more_are_told(setting: Setting) -> None:
    setting.anchor()
    for _ in range(3):
        with setting.parts.store.transaction() as tx:
            somebody = tx.create(Stream.INVESTOR)
            tx.append([registered(somebody, setting.parts.clock.now())], setting.parts.clock.now())
        setting.anchor()
    setting.append("sale.rescinded", setting.sale, {"reason": "x"}, by=Actor(setting.investor, Role.INVESTOR))
    setting.anchor()
    body = setting.body()
    assert [a["size"] for a in body["anchors"]] == [7, 11] == [t["size"] for t in body["timestamps"]]
    assert len(body["checkpoints"]) == 1
    assert verify(setting.build()).verdict == "holds"


def test_records_that_are_not_anchored_yet_have_to_wait(setting: Setting) -> None:
    with pytest.raises(ConflictError, match="not anchored yet"):
        setting.build()
    setting.anchor()
    setting.append("sale.rescinded", setting.sale, {"reason": "x"}, by=Actor(setting.investor, Role.INVESTOR))
    with pytest.raises(ConflictError, match="not anchored yet"):
        setting.build()


def test_what_is_recorded_and_anchored_meanwhile_is_not_in_the_bundle(setting: Setting) -> None:
    """Somebody else buys the same product, and the investor is noticed, while the bundle is being made."""
    setting.anchor()
    with setting.parts.store.snapshot() as reader:
        before = evidence.build(setting.ledger(), reader, setting.sale, at=setting.parts.clock.now())
        setting.append("product.seats_reserved", setting.product, {"sale": setting.other, "seats": 1})
        setting.parts.append(setting.investor)
        setting.anchor()
        meanwhile = evidence.build(setting.ledger(), reader, setting.sale, at=setting.parts.clock.now())
    held = [json.loads(bundle)["records"] for bundle in (before, meanwhile)]
    assert held[0] == held[1]
    assert verify(meanwhile).verdict == "holds"
    setting.append("product.seats_reserved", setting.product, {"sale": setting.other, "seats": 1})
    later = setting.build()  # of the sale itself nothing waits
    assert verify(later).verdict == "holds"
    assert len(json.loads(later)["records"]) == len(held[0]) + 2


def test_a_sale_that_was_never_opened(setting: Setting) -> None:
    setting.sale = setting.product
    with pytest.raises(NotFoundError):
        setting.build()


def test_a_forgotten_investor_has_no_bundle(setting: Setting) -> None:
    setting.anchor()
    setting.parts.store.destroy_subject_key(setting.investor)
    with pytest.raises(ConflictError, match="destroyed"):
        setting.build()


def test_a_missing_document_is_told(setting: Setting) -> None:
    gone = DocumentRef("1" * 64, "2" * 64, 1, "application/pdf", "shown")
    setting.append("disclosure.presented", setting.sale, {"items": []}, gone)
    setting.anchor()
    with pytest.raises(NotFoundError):
        setting.build()


def test_an_anchor_dated_before_its_records_is_passed_over_once_there_is_a_better_one(setting: Setting) -> None:
    """The chain's clock was three minutes behind: no verifier takes that block, but the next holds the same records."""
    chain = cast(ProvingAnchor, setting.parts.anchor)
    setting.parts.clock.advance(minutes=3)
    setting.append("sale.rescinded", setting.sale, {"reason": "x"}, by=Actor(setting.investor, Role.INVESTOR))
    chain.behind = timedelta(minutes=3)
    setting.anchor()
    with pytest.raises(ConflictError, match="dated before the records"):
        setting.build()
    chain.behind = timedelta()
    setting.append("clock.advanced", setting.operator, {"from": "", "to": "", "seconds": 1, "notice": ""}, by=ADMIN)
    setting.anchor()
    body = setting.body()
    assert len(body["anchors"]) == 1
    report = verify(setting.build())
    assert [(s.number, s.detail) for s in report.steps if s.outcome == "fails"] == []


def test_an_anchor_in_another_block_than_was_final_is_not_handed_out(setting: Setting) -> None:
    setting.anchor()
    cast(ProvingAnchor, setting.parts.anchor).dated[0] += timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="another block"):
        setting.build()


def test_tokens_of_several_authorities_travel_and_openssl_checks_each(setting: Setting, tmp_path: Path) -> None:
    """One authority is openssl's own, stamps seldom, and left the configuration before the bundle was made."""
    with authority(tmp_path / "authority") as answering:
        seldom = HttpTSA("national-time", answering.url, answering.roots, interval=timedelta(hours=1))
        setting.parts.authorities = (seldom,)
        setting.anchor()
        setting.append("sale.rescinded", setting.sale, {"reason": "x"}, by=Actor(setting.investor, Role.INVESTOR))
        setting.anchor()
    root = x509.load_pem_x509_certificate(answering.roots[0].encode())
    setting.parts.log.keep_roots([root.public_bytes(Encoding.DER)])
    setting.parts.authorities = ()
    data = setting.build()
    pinned = Trust(timestamp_roots=frozenset({root.public_bytes(Encoding.DER).hex()}))
    step = next(s for s in verify(data, trust=pinned).steps if s.key == "timestamps")
    assert step.outcome == "holds", step.detail
    assert Counter(step.evidence["trust"]) == {
        "public authority": 1,
        "development stand-in": 2,
    }
    (tmp_path / "evidence.json").write_bytes(data)
    done = CliRunner().invoke(app, ["timestamps", str(tmp_path / "evidence.json"), "--output", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    commands = [line for line in done.stdout.splitlines() if line]
    assert len(commands) == 3
    for command in commands:
        checked = openssl(tmp_path / "out", *command.split()[1:])
        assert b"Verification: OK" in checked.stdout, checked.stderr
    text = next((tmp_path / "out").glob("checkpoint-*.txt"))
    text.write_bytes(text.read_bytes() + b"!")
    assert any(openssl(tmp_path / "out", *command.split()[1:]).returncode for command in commands)


def test_an_authority_that_stamps_seldom_adds_its_next_checkpoint(setting: Setting) -> None:
    seldom = FakeTimestampAuthority("seldom", timedelta(hours=1))
    setting.parts.authorities = (seldom,)
    setting.anchor()
    setting.append("sale.rescinded", setting.sale, {"reason": "x"}, by=Actor(setting.investor, Role.INVESTOR))
    setting.anchor()
    other = setting.parts.investor()
    setting.parts.clock.advance(hours=1)
    setting.anchor()
    setting.parts.append(other)
    setting.anchor()
    sizes = sorted({token["size"] for token in setting.body()["timestamps"]})
    stamped = [size for size in sizes if any(s.authority == "seldom" for s in setting.parts.log.stamps(size))]
    assert len(stamped) == 2
    assert len(sizes) == 4
