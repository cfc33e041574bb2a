"""The vectors by name: what is wrong with each, and at which step the verifier must say so with which code."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.vector_source import asn1, chain, keys, papers
from tests.vector_source.story import ORDER, SELLER, Story
from tests.vector_source.world import assemble, sealed, stamp
from verifier import checkpoint, digests, disclosure

Body = dict[str, Any]
SIGNING = (*ORDER[: ORDER.index("sign_disclosure")], "sign_disclosure")
SHORT = ("product", "investor", "open_sale", "match", "present", "confirm")


@dataclass(frozen=True)
class Vector:
    """A name, the files, and what must be said of them; ``code`` is that of the step that does not hold first."""

    name: str
    files: dict[str, bytes]
    verdict: str
    step: int | None = None
    code: str = ""


@dataclass
class Recipe:
    """How to make one vector: a story, a change of its bundle before sealing, a change of its bytes after."""

    story: dict[str, Any] = field(default_factory=dict)
    full: bool = False
    signing: bool = False
    body: Callable[[Body, Story], None] = lambda _body, _story: None
    data: Callable[[bytes], bytes] = lambda data: data
    trust: dict[str, Any] | None = None
    report: Callable[[bytes], bytes] | None = None
    sealer: asn1.Identity = keys.INSTITUTION

    def make(self) -> dict[str, bytes]:
        options: dict[str, Any] = {
            "order": ORDER if self.full else SHORT,
            "checkpoints_after": frozenset({"investor", "present", "confirm"}),
        }
        if self.full or self.signing:
            options = {"order": ORDER if self.full else SIGNING}
        story = Story("pfl", **(options | self.story)).tell()
        body = assemble(story.log, story.sale)
        self.body(body, story)
        data = self.data(sealed(body))
        files = {} if self.trust is None else {"trust.json": json.dumps(self.trust, indent=1).encode() + b"\n"}
        if self.report is None:
            return files | {"evidence.json": data}
        report = papers.signed(papers.pdf("Report", data), self.sealer, story.log.now)
        return files | {"report.pdf": self.report(report)}


def of(body: Body, kind: str) -> Body:
    """Return the first entry of a record type."""
    return next(entry for entry in body["records"] if entry["record"]["type"] == kind)


def edit(path: str, value: Any) -> Callable[[Body, Story], None]:
    """Set one member, named by a dotted path."""

    def change(body: Body, _story: Story) -> None:
        place: Any = body
        *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in way:
            place = place[part]
        place[last] = value

    return change


def flip(text: str, at: int = 0) -> str:
    """Change one hex digit."""
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def flipped(path: str) -> Callable[[Body, Story], None]:
    """Change one hex digit of the text at a dotted path."""

    def change(body: Body, story: Story) -> None:
        value: Any = body
        for part in path.split("."):
            value = value[int(part)] if part.isdigit() else value[part]
        edit(path, flip(value))(body, story)

    return change


def _withhold(kind: str, *names: str) -> Callable[[Body, Story], None]:
    def change(body: Body, _story: Story) -> None:
        for entry in body["records"]:
            if entry["record"]["type"] == kind:
                entry["disclosures"] = [d for d in entry["disclosures"] if d[1] not in names]

    return change


def _other_value(body: Body, _story: Story) -> None:
    of(body, "match.completed")["disclosures"][0][2] = "C5"


def _unknown_field(body: Body, _story: Story) -> None:
    of(body, "match.completed")["disclosures"].append(["0" * 32, "discount", "none"])


def _twice(body: Body, _story: Story) -> None:
    entry = of(body, "match.completed")
    entry["disclosures"].append(entry["disclosures"][0])


def _rewritten(body: Body, _story: Story) -> None:
    """Change a value with its commitment and disclosure, as an operator who has the database could."""
    entry = body["records"][-1]
    salt, name, _ = entry["disclosures"][0]
    entry["disclosures"][0][2] = 2
    entry["record"]["fields"][name] = disclosure.commitment(salt, name, 2)


def _left_out(body: Body, _story: Story) -> None:
    body["records"].remove(of(body, "match.completed"))


def _swapped(body: Body, _story: Story) -> None:
    body["records"][-1], body["records"][-2] = body["records"][-2], body["records"][-1]


def _other_leaf(body: Body, _story: Story) -> None:
    body["records"][-1]["inclusion"] = body["records"][-2]["inclusion"]


def _other_index(body: Body, _story: Story) -> None:
    body["records"][-1]["index"] += 1


def _note(body: Body, story: Story) -> None:
    body["head"] = checkpoint.sign(story.log.heads[-1][0], "vectors.example/log", keys.STRANGER)


def _note_by_known_name(body: Body, _story: Story) -> None:
    text, _, line = body["head"].rpartition(" ")
    raw = bytearray(base64.b64decode(line))
    raw[-1] ^= 1
    body["head"] = f"{text} {base64.b64encode(raw).decode()}\n"


def _forked(body: Body, story: Story) -> None:
    """Sign another history of the same size: the proof of what was anchored must fail."""
    old = story.log.heads[0][0]
    fork = checkpoint.Checkpoint(old.origin, old.size, asn1.sha256(b"fork"), old.sm3_root, old.map_root)
    body["checkpoints"][0]["note"] = checkpoint.sign(fork, fork.origin, keys.LOG)


def _reversed(body: Body, _story: Story) -> None:
    body["checkpoints"].reverse()


def _anchor(**changes: Any) -> Callable[[Body, Story], None]:
    def change(body: Body, story: Story) -> None:
        held, at = story.log.heads[-1]
        backdate = changes.pop("backdate", timedelta(0))
        forged = changes.pop("checkpoint", lambda c: c)
        named = changes.pop("named", None)
        made = chain.anchor(forged(held), 1, 100, at - backdate, **changes)
        body["anchors"][-1] = made if named is None else made | named

    return change


def _other_root(held: checkpoint.Checkpoint) -> checkpoint.Checkpoint:
    return checkpoint.Checkpoint(held.origin, held.size, asn1.sha256(b"other"), held.sm3_root, held.map_root)


def _cut_proof(body: Body, _story: Story) -> None:
    body["anchors"][0]["receipt_proof"].pop()


def _stamped(digest_of: int, by: asn1.Identity) -> Callable[[Body, Story], None]:
    def change(body: Body, story: Story) -> None:
        held, at = story.log.heads[digest_of]
        body["timestamps"][-1]["token"] = stamp(held, at, by).hex()

    return change


def _document(body: Body, _story: Story) -> None:
    content = bytearray(base64.b64decode(body["documents"][0]["content"]))
    content[200] ^= 1
    body["documents"][0]["content"] = base64.b64encode(content).decode()


def _no_pdf(body: Body, story: Story) -> None:
    digest = digests.sha256(story.signatures["fund_contract"][1]).hex()
    body["documents"] = [d for d in body["documents"] if d["sha256"] != digest]


def _set(name: str, value: Any) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        body[name] = value

    return change


def _confirm_less(body: Body) -> None:
    body["items"] = body["items"][1:]


def _by(actor: tuple[str, str]) -> Callable[[Body], None]:
    return _set("actor", {"id": actor[0], "role": actor[1]})


def _expired() -> asn1.Identity:
    holder = Story("pfl", order=()).tell().investor_stream
    return keys.certify("投资者", keys.p256("investor"), keys.ISSUER, holder=holder, lasts=timedelta(days=1))


def _foreign(root: asn1.Identity = keys.OTHER_ROOT) -> asn1.Identity:
    holder = Story("pfl", order=()).tell().investor_stream
    return keys.certify("投资者", keys.p256("investor"), root, holder=holder)


def _other_holder() -> asn1.Identity:
    return keys.certify("投资者", keys.p256("investor"), keys.ISSUER, holder="0" * 64)


def _byte(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 1
    return bytes(changed)


def _moved(step: str, before: str) -> tuple[str, ...]:
    rest = [name for name in ORDER if name != step]
    rest.insert(rest.index(before), step)
    return tuple(rest)


KEYS = {"log": [checkpoint.vkey("vectors.example/log", keys.LOG.public_key())]}
STRANGE = {"log": [checkpoint.vkey("vectors.example/log", keys.STRANGER.public_key())]}

GOOD: dict[str, Recipe] = {
    "good/whole_sale": Recipe(full=True),
    "good/begun_sale": Recipe(),
    "good/one_record": Recipe({"order": ("open_sale",), "checkpoints_after": frozenset({"open_sale"})}),
    "good/withheld": Recipe(signing=True, body=_withhold("investor.registered", "name", "mobile")),
    "good/no_timestamps": Recipe(body=edit("timestamps", [])),
    "good/pinned": Recipe(trust=KEYS | {"contracts": [chain.CONTRACT.hex()]}),
    "good/report": Recipe(report=lambda data: data),
}
UNDECIDED: dict[str, tuple[Recipe, int, str]] = {
    "undecided_no_anchor": (Recipe(body=edit("anchors", [])), 9, "not_anchored"),
    "undecided_withheld": (Recipe(signing=True, body=_withhold("document.signed", "statement")), 12, "withheld"),
    "undecided_no_pdf": (Recipe(full=True, body=_no_pdf), 13, "document_missing"),
    "undecided_no_roots": (Recipe(signing=True, body=edit("certificates.roots", [])), 12, "no_roots"),
    "undecided_no_ruleset": (Recipe(body=edit("rulesets", [])), 15, "ruleset_missing"),
}
BAD: dict[str, tuple[Recipe, int, str]] = {
    "bad_flipped_byte": (Recipe(data=lambda d: d.replace(b"R3", b"R4", 1)), 2, "bad_seal"),
    "bad_truncated": (Recipe(data=lambda d: d[:-100]), 1, "not_json"),
    "bad_not_canonical": (Recipe(data=lambda d: d.replace(b',"', b', "', 1)), 1, "not_canonical"),
    "bad_duplicate_member": (Recipe(data=lambda d: d[:-1] + b',"v":1}'), 1, "not_canonical"),
    "bad_float": (Recipe(data=lambda d: d.replace(b'"v":1}', b'"v":1.5}')), 1, "not_json"),
    "bad_unknown_member": (Recipe(body=edit("remark", "all is well")), 1, "bad_members"),
    "bad_version": (Recipe(body=edit("v", 2)), 1, "unknown_version"),
    "bad_nesting": (Recipe(data=lambda _: b"[" * 5000 + b"]" * 5000), 1, "too_deep"),
    "bad_seal": (Recipe(body=edit("keys.seal", keys.STRANGER.public_key().public_bytes_raw().hex())), 2, "bad_seal"),
    "bad_record_member": (Recipe(body=edit("records.0.record.note", "")), 3, "bad_members"),
    "bad_record_instant": (
        Recipe(body=edit("records.0.record.recorded_at", "2026-02-30T00:00:00.000000Z")),
        3,
        "bad_instant",
    ),
    "bad_record_order": (Recipe(body=_swapped), 3, "records_out_of_order"),
    "bad_record_left_out": (Recipe(body=_left_out), 4, "record_missing"),
    "bad_record_chain": (Recipe({"patches": {"match.completed": _set("prev", "1" * 64)}}), 4, "broken_chain"),
    "bad_record_backdated": (
        Recipe(
            {
                "patches": {
                    "match.completed": lambda b: b.update(
                        recorded_at="2026-03-01T00:00:00.000000Z", occurred_at="2026-03-01T00:00:00.000000Z"
                    )
                }
            }
        ),
        4,
        "stream_out_of_order",
    ),
    "bad_record_foretold": (
        Recipe({"patches": {"match.completed": _set("occurred_at", "2027-01-01T00:00:00.000000Z")}}),
        4,
        "occurs_after_recorded",
    ),
    "bad_subject": (Recipe(body=edit("subject.stream", "7" * 64)), 4, "subject_missing"),
    "bad_disclosure_value": (Recipe(body=_other_value), 5, "commitment_mismatch"),
    "bad_disclosure_unknown": (Recipe(body=_unknown_field), 5, "unexpected_disclosure"),
    "bad_disclosure_twice": (Recipe(body=_twice), 5, "unexpected_disclosure"),
    "bad_head_key": (Recipe(body=_note), 6, "unknown_note_key"),
    "bad_head_signature": (Recipe(body=_note_by_known_name), 6, "bad_note_signature"),
    "bad_head_origin": (Recipe(body=edit("origin", "other.example/log")), 6, "other_origin"),
    "bad_record_rewritten": (Recipe(body=_rewritten), 7, "root_mismatch"),
    "bad_inclusion_sha256": (Recipe(body=flipped("records.0.inclusion.sha256.0")), 7, "root_mismatch"),
    "bad_inclusion_sm3": (Recipe(body=flipped("records.0.inclusion.sm3.0")), 7, "root_mismatch"),
    "bad_inclusion_other_leaf": (Recipe(body=_other_leaf), 7, "root_mismatch"),
    "bad_inclusion_index": (Recipe(body=_other_index), 7, "root_mismatch"),
    "bad_checkpoint_forked": (Recipe(body=_forked), 8, "root_mismatch"),
    "bad_checkpoint_order": (Recipe(body=_reversed), 8, "checkpoints_out_of_order"),
    "bad_anchor_root": (Recipe(body=_anchor(checkpoint=_other_root)), 9, "event_missing"),
    "bad_anchor_contract": (Recipe(body=_anchor(named={"contract": "0" * 40})), 9, "event_missing"),
    "bad_anchor_reverted": (Recipe(body=_anchor(status=b"")), 9, "transaction_failed"),
    "bad_anchor_backdated": (Recipe(body=_anchor(backdate=timedelta(days=1))), 9, "recorded_after_anchor"),
    "bad_anchor_header": (Recipe(body=edit("anchors.0.block_number", 7)), 9, "block_differs"),
    "bad_anchor_transaction": (Recipe(body=edit("anchors.0.transaction_index", 0)), 9, "trie_node_differs"),
    "bad_anchor_proof": (Recipe(body=_cut_proof), 9, "trie_proof_short"),
    "bad_anchor_size": (Recipe(body=edit("anchors.0.size", 3)), 9, "checkpoint_missing"),
    "bad_timestamp_imprint": (Recipe(body=_stamped(0, keys.TSA)), 10, "imprint_mismatch"),
    "bad_timestamp_root": (Recipe(body=_stamped(-1, keys.OTHER_TSA)), 10, "unknown_root"),
    "bad_timestamp_purpose": (
        Recipe(body=_stamped(-1, keys.certify("Not a TSA", keys.p256("x"), keys.TSA_ROOT))),
        10,
        "not_a_timestamper",
    ),
    "bad_document_changed": (Recipe(body=_document), 11, "document_differs"),
    "bad_document_sm3": (Recipe({"digest": _set("sm3", "0" * 64)}, signing=True), 11, "document_differs"),
    "bad_statement_high_s": (Recipe({"high_s": True}, signing=True), 12, "high_s"),
    "bad_statement_items": (Recipe({"statement": _confirm_less}, signing=True), 12, "other_item"),
    "bad_statement_sale": (Recipe({"statement": _set("sale", "1" * 64)}, signing=True), 12, "other_sale"),
    "bad_statement_document": (
        Recipe({"statement": lambda b: b["documents"][0].update(sha256="2" * 64)}, signing=True),
        12,
        "other_document",
    ),
    "bad_statement_key": (Recipe({"key": flip}, signing=True), 12, "wrong_key"),
    "bad_statement_holder": (Recipe({"signer": _other_holder()}, signing=True), 12, "wrong_key"),
    "bad_statement_expired": (Recipe({"signer": _expired()}, signing=True), 12, "certificate_not_valid"),
    "bad_statement_root": (Recipe({"signer": _foreign()}, signing=True), 12, "unknown_root"),
    "bad_pdf_changed": (Recipe({"pdf": lambda c: _byte(c, 400)}, signing=True), 13, "digest_mismatch"),
    "bad_pdf_appended": (Recipe({"pdf": lambda c: c + b"\n% more\n"}, signing=True), 13, "pdf_not_covered"),
    "bad_pdf_padding": (Recipe({"pdf": lambda c: c.replace(b"0> >>", b"1> >>")}, signing=True), 13, "bad_contents"),
    "bad_pdf_unsigned": (
        Recipe({"pdf": lambda _: papers.pdf("Risk disclosure statement")}, signing=True),
        13,
        "pdf_unsigned",
    ),
    "bad_pdf_not_shown": (
        Recipe({"shown": lambda _: papers.pdf("Something else")}, signing=True),
        13,
        "other_document",
    ),
    "bad_order_payment": (Recipe({"order": _moved("pay", "sign_contract")}, full=True), 14, "out_of_order"),
    "bad_order_cooling_off": (Recipe({"cooling_off": timedelta(hours=23)}, full=True), 14, "visit_in_cooling_off"),
    "bad_order_seller_visits": (Recipe({"visitor": (SELLER[0], "visitor")}, full=True), 14, "duties_not_separate"),
    "bad_ruleset": (Recipe(body=edit("rulesets.0.files", {"units.toml": ""})), 15, "ruleset_differs"),
    "bad_stand_in_hidden": (Recipe(signing=True, body=edit("stand_ins", [])), 16, "undeclared_stand_in"),
    "bad_pin": (Recipe(trust=STRANGE), 17, "not_pinned"),
    "bad_report_signer": (Recipe(report=lambda c: c, sealer=_other_holder()), 18, "wrong_signer"),
    "bad_report_changed": (Recipe(report=lambda c: _byte(c, 60)), 18, "digest_mismatch"),
}


def vectors() -> list[Vector]:
    """Make them all."""
    made = [Vector(name, recipe.make(), "holds") for name, recipe in GOOD.items()]
    for table, verdict in ((UNDECIDED, "undecided"), (BAD, "fails")):
        made += [Vector(name, recipe.make(), verdict, step, code) for name, (recipe, step, code) in table.items()]
    return made
