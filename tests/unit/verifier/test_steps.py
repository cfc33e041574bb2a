"""Defects that no vector needs to carry for others: each is built, sealed, and found at its step."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.retelling import at, changed, problem, retold, step, told
from tests.vector_source import asn1, chain, keys, papers
from tests.vector_source.recipe import SHORT, SIGNING, Body, of
from tests.vector_source.story import ORDER, Story, tell
from tests.vector_source.world import assemble, sealed
from verifier import checkpoint
from verifier.trust import Trust
from verifier.verify import verify


class TestLog:
    def test_a_bundle_holds_records(self) -> None:
        assert changed(at("records", [])) == ("records", "no_records")

    def test_references_point_back(self) -> None:
        def ahead(body: Body) -> None:
            last = told(SHORT)[0].log.kept[-1].leaf
            body["records"][0]["record"]["refs"] = [{"leaf": last, "role": "proof"}]

        assert changed(ahead) == ("streams", "forward_reference")

    def test_sequence_numbers_go_forward(self) -> None:
        found = changed(lambda b: of(b, "disclosure.item_confirmed")["record"].update(seq=1))
        assert found == ("streams", "stream_out_of_order")

    def test_the_operators_own_stream_may_be_an_excerpt(self) -> None:
        story = Story("steps", ("product", "cool_off", "open_sale"), frozenset({"open_sale"})).tell()
        story.log.kept = [k for k in story.log.kept if k.body["type"] != "institution.registered"]
        report = verify(sealed(assemble(story.log, story.sale)))
        assert report.verdict == "holds"
        assert step(report, "streams").evidence["excerpts"] == [story.operator]

    def test_checkpoints_must_be_of_the_same_log(self) -> None:
        def foreign(body: Body) -> None:
            head = told(SHORT)[0].log.heads[0][0]
            other = checkpoint.Checkpoint("other.example/log", head.size, *head.roots)
            body["checkpoints"][0]["note"] = checkpoint.sign(other, other.origin, keys.LOG)

        assert changed(foreign) == ("checkpoints", "unknown_note_key")

    def test_anchors_come_in_the_order_of_their_sizes(self) -> None:
        assert changed(lambda b: b["anchors"].reverse()) == ("anchors", "anchors_out_of_order")

    def test_one_checkpoint_may_be_anchored_twice(self) -> None:
        assert changed(lambda b: b["anchors"].append(b["anchors"][-1])) is None

    def test_any_later_anchor_may_refute_a_date(self) -> None:
        story = told(SHORT)[0]
        (first, _), (last, at_last) = story.log.heads
        body = json.loads(told(SHORT)[1])
        early = chain.anchor(last, first.size, 99, at_last - timedelta(days=2))
        body["anchors"].append(early)
        assert problem(body) == ("anchors", "recorded_after_anchor")

    def test_roots_that_are_no_certificates(self) -> None:
        assert changed(at("certificates.timestamp_roots", ["00"])) == ("timestamps", "bad_der")

    def test_pins_of_every_kind(self) -> None:
        body = json.loads(told(SHORT)[1])
        data = sealed(body)
        held = step(verify(data), "anchors").evidence["blocks"]
        pins = Trust(
            log=frozenset({body["keys"]["log"]}),
            seal=frozenset({body["keys"]["seal"]}),
            roots=frozenset(body["certificates"]["roots"]),
            timestamp_roots=frozenset(body["certificates"]["timestamp_roots"]),
            contracts=frozenset({chain.CONTRACT.hex()}),
            blocks=frozenset(block["hash"] for block in held),
        )
        report = verify(data, trust=pins)
        assert report.verdict == "holds"
        assert step(report, "pins").basis == "pinned"
        assert len(step(report, "pins").evidence["pinned"]) == 6
        assert problem(body, Trust(blocks=frozenset({"00" * 32}))) == ("pins", "not_pinned")


class TestPapers:
    def test_a_document_is_named_and_there_once(self) -> None:
        assert changed(lambda b: b["documents"].append(b["documents"][0])) == ("documents", "unnamed_document")
        content = b"unnamed"
        extra = {"sha256": asn1.sha256(content).hex(), "media_type": "text/plain"}
        extra["content"] = base64.b64encode(content).decode()
        assert changed(lambda b: b["documents"].append(extra)) == ("documents", "unnamed_document")

    def test_a_media_type_is_the_records(self) -> None:
        assert changed(at("documents.0.media_type", "text/html")) == ("documents", "document_differs")

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"statement": lambda b: b.update(purpose="other_purpose")}, "other_purpose"),
            ({"statement": lambda b: b["documents"].append(b["documents"][0] | {"role": "seen"})}, "bad_statement"),
            ({"statement": lambda b: b.update(signed_at="2026-03-03T00:00:00.000000Z")}, "bad_statement"),
            ({"statement": lambda b: b["identity"].update(record="0" * 64)}, "identity_missing"),
            ({"statement": lambda b: b["items"].append(b["items"][0])}, "other_item"),
            ({"statement": lambda b: b.update(nonce="")}, "bad_member"),
            ({"patches": {"disclosure.item_confirmed": lambda b: b["fields"].clear()}}, None),
        ],
    )
    def test_what_a_statement_binds(self, options: dict[str, Any], code: str | None) -> None:
        found = retold(**options)
        assert found == (("statements", code) if code else ("disclosures", "unexpected_disclosure"))

    def test_identity_is_of_the_investor_and_earlier(self) -> None:
        def other(story: Story) -> None:
            story.identity = story.log.kept[0]

        assert redirected(other) == ("statements", "other_identity")

        def later(story: Story) -> None:
            now = story.log.now
            story.log.pass_time(minutes=2)
            story.identity = story._investor("investor.identity_verified", ("0" * 32, "system"), method="one_time_code")
            story.log.now = now

        assert redirected(later) == ("statements", "other_identity")

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("suite", "falcon-1024", ("statements", "unknown_suite")),
            ("suite", "sm2", ("statements", "approval_missing")),
            ("signature", "zz", ("statements", "bad_signature")),
            ("signature", "AB", ("statements", "bad_signature")),
            ("certificate", "one", ("statements", "bad_member")),
            ("certificate", [7], ("statements", "bad_member")),
            ("certificate", [], ("statements", "bad_chain")),
            ("statement", "{}", ("statements", "bad_members")),
            ("purpose", [], ("statements", "bad_member")),
        ],
    )
    def test_fields_of_a_signature(self, name: str, value: Any, expected: tuple[str, str]) -> None:
        assert refielded("document.signed", name, value) == expected

    @pytest.mark.parametrize(
        ("kind", "name", "value"),
        [
            ("disclosure.presented", "items", None),
            ("disclosure.presented", "items", [{"item": 1}]),
            ("disclosure.presented", "items", [{"item": 1, "zh": "a", "text_sha256": "0" * 64}]),
            ("disclosure.item_confirmed", "item", [1]),
            ("disclosure.item_confirmed", "text_sha256", "0" * 64),
        ],
    )
    def test_items_are_confirmed_in_the_words_that_were_presented(self, kind: str, name: str, value: Any) -> None:
        assert refielded(kind, name, value) == ("statements", "other_item")

    def test_the_signed_disclosure_is_the_presented_one(self) -> None:
        def other(story: Story) -> None:
            story.disclosure = papers.pdf("Another risk disclosure")

        assert redirected(other) == ("statements", "other_document")

    def test_without_the_opening_of_the_sale_nothing_is_bound(self) -> None:
        def second(story: Story) -> None:
            story.open_sale()

        assert redirected(second) == ("statements", "sale_missing")

    def test_items_confirmed_after_the_signature_are_not_in_it(self) -> None:
        assert retold((*SIGNING, "confirm")) is None

    def test_a_pdf_signed_by_another_key(self) -> None:
        def by_institution(_content: bytes) -> bytes:
            story, _ = told(SIGNING)
            return papers.signed(story.disclosure, keys.INSTITUTION, story.log.now)

        assert retold(pdf=by_institution) == ("pdfs", "wrong_signer")

    def test_a_pdf_stamped_after_its_record(self) -> None:
        def late(_content: bytes) -> bytes:
            story, _ = told(SIGNING)
            return papers.signed(story.disclosure, story.certificate, story.log.now + timedelta(hours=1))

        assert retold(pdf=late) == ("pdfs", "signed_after_recorded")

    def test_a_contract_completed_by_nobody(self) -> None:
        whole = ORDER[: ORDER.index("complete") + 1]

        def alone(self: Story) -> None:
            record, content = self.signatures["fund_contract"]
            document = self.log.document(content, "completed")
            refs = {"signature": record.leaf}
            self._sale("contract.completed", ("8" * 32, "compliance"), {}, refs=refs, documents=[document])

        story = Story("steps", whole, frozenset({"complete"}))
        story.complete = alone.__get__(story)  # type: ignore[method-assign] # this one step is told otherwise
        story.tell()
        assert problem(assemble(story.log, story.sale)) == ("pdfs", "wrong_signer")

    def test_a_contract_sealed_by_an_investor(self) -> None:
        whole = ORDER[: ORDER.index("complete") + 1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keys, "INSTITUTION", keys.certify("Other", keys.p256("other"), keys.ISSUER, holder="0" * 64))
            assert retold(whole) == ("pdfs", "wrong_signer")

    def test_a_contract_completed_without_naming_the_signature(self) -> None:
        whole = ORDER[: ORDER.index("complete") + 1]
        found = retold(whole, patches={"contract.completed": lambda b: b.update(refs=[])})
        assert found == ("pdfs", "signature_missing")


class TestSale:
    def test_a_sale_begins_with_its_opening(self) -> None:
        assert retold(("product", "investor", "match")) == ("order", "out_of_order")

    def test_without_the_product_cooling_off_is_undecided(self) -> None:
        story, text = told(ORDER)
        body = json.loads(text)
        body["records"] = [e for e in body["records"] if e["record"]["stream"] != story.product_stream]
        found = step(verify(sealed(body)), "order")
        assert (found.outcome, found.code) == ("undecided", "product_missing")

    @pytest.mark.parametrize("hours", ["24", True, -1, 10**9])
    def test_cooling_off_is_a_number_of_hours(self, hours: Any) -> None:
        assert refielded("product.introduced", "cooling_off_hours", hours, ORDER) == ("order", "bad_member")

    def test_a_visit_needs_payment_too(self) -> None:
        assert retold(tuple(step for step in ORDER if step != "pay")) == ("order", "out_of_order")

    def test_a_failed_visit_may_come_early(self) -> None:
        assert refielded("visit.completed", "successful", value=False, order=ORDER) is None

    @pytest.mark.parametrize("left_out", ["confirm", "qualify", "visit"])
    def test_an_exempt_investor_may_skip_what_art_32_names(self, left_out: str) -> None:
        order = tuple(step for step in ORDER if step != left_out)
        assert problem(_assembled(Exempt("steps", order, frozenset({order[-1]})))) is None
        assert problem(_assembled(Plain("steps", order, frozenset({order[-1]})))) == ("order", "out_of_order")

    def test_an_exempt_investor_skips_nothing_else(self) -> None:
        order = tuple(step for step in ORDER if step != "complete")
        assert problem(_assembled(Exempt("steps", order, frozenset({order[-1]})))) == ("order", "out_of_order")

    def test_a_contract_without_return_visit_needs_none(self) -> None:
        order = tuple(step for step in ORDER if step != "visit")
        story = Plain("steps", order, frozenset({order[-1]}))
        assert tell(story, "product.introduced", "return_visit", value=False)
        assert problem(assemble(story.log, story.sale)) is None

    @pytest.mark.parametrize(("begins", "early"), [("signed", "complete"), ("paid", "pay")])
    def test_a_contract_may_say_what_begins_cooling_off(self, begins: str, early: str) -> None:
        late = "pay" if early == "complete" else "complete"
        steps = [step for step in ORDER if step not in {"complete", "pay", "cool_off"}]
        steps[steps.index("visit") : steps.index("visit")] = [early, "cool_off", late]
        order = tuple(steps)
        story = Story("steps", order, frozenset({order[-1]}))
        assert tell(story, "product.introduced", "cooling_off_from", begins)
        assert problem(assemble(story.log, story.sale)) is None
        assert retold(order) == ("order", "visit_in_cooling_off")

    def test_a_decision_names_its_ruleset(self) -> None:
        assert refielded("eligibility.decided", "decision", {"answer": "eligible"}, SHORT) == (
            "rulesets",
            "bad_decision",
        )

    def test_a_simulated_clock_is_declared(self) -> None:
        body = json.loads(told(ORDER)[1])
        body["stand_ins"].remove("clock:simulated")
        found = verify(sealed(body)).first_problem
        assert found is not None
        assert (found.key, found.code) == ("stand_ins", "undeclared_stand_in")
        assert "clock:simulated" in found.detail

    def test_the_embedded_chain_is_declared(self) -> None:
        assert changed(lambda b: b["stand_ins"].remove("chain:embedded")) == ("stand_ins", "undeclared_stand_in")

    def test_real_parts_need_no_declaration(self) -> None:
        body = json.loads(told(SHORT)[1])
        body |= {
            "certificates": {"roots": [], "timestamp_roots": [], "sm2_roots": []},
            "timestamps": [],
            "stand_ins": [],
        }
        body["anchors"] = [a | {"chain_id": 1} for a in body["anchors"]]
        assert problem(body) is None


def redirected(change: Callable[[Story], object]) -> tuple[str, str] | None:
    """Tell the sale, with something happening just before the disclosure is signed."""
    story = Story("steps", SIGNING, frozenset({SIGNING[-1]}))
    sign = story.sign_disclosure
    story.sign_disclosure = lambda: (change(story), sign())[1]  # type: ignore[method-assign] # one step told otherwise
    story.tell()
    return problem(assemble(story.log, story.sale))


def refielded(kind: str, name: str, value: Any, order: tuple[str, ...] = SIGNING) -> tuple[str, str] | None:
    """Tell the sale with another value in one field of the first record of a type, truly committed."""
    story = Story("steps", order, frozenset({order[-1]}))
    assert tell(story, kind, name, value)
    return problem(assemble(story.log, story.sale))


class Plain(Story):
    """A sale that says of its product that there is a return visit, and takes effect without one."""

    def product(self) -> None:
        """Say so in the introduction."""
        self.items = []  # until somebody confirms them
        append, self.log.append = self.log.append, _with_visit(self.log.append)  # type: ignore[method-assign] # told otherwise
        super().product()
        self.log.append = append  # type: ignore[method-assign] # told otherwise

    def effective(self) -> None:
        """Name no visit."""
        self._sale("sale.effective", ("0" * 32, "system"), {"visit": None})


class Exempt(Plain):
    """The same with an exemption on record."""

    def investor(self) -> None:
        """Grant it."""
        super().investor()
        self._investor("exemption.granted", ("2" * 32, "certifier"), basis="pension", valid_until="")


def _with_visit(append: Callable[..., Any]) -> Callable[..., Any]:
    def told_so(kind: str, stream: str, actor: tuple[str, str], fields: dict[str, Any], **more: Any) -> Any:
        return append(
            kind, stream, actor, {"return_visit": True, **fields} if kind == "product.introduced" else fields, **more
        )

    return told_so


def _assembled(story: Story) -> Body:
    story.tell()
    return assemble(story.log, story.sale)
