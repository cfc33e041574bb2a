"""The vectors by name: what is wrong with each, and at which step the verifier must say so with which code."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.vector_source import (
    approval_defects,
    asn1,
    authority_defects,
    chain,
    forks,
    keys,
    map_defects,
    papers,
    reading_defects,
    sight_defects,
)
from tests.vector_source.recipe import STEPS, Body, Recipe, Vector, edit, flip, flipped, of
from tests.vector_source.story import ORDER, SELLER, Story
from tests.vector_source.world import cosigned, stamp
from verifier import checkpoint, cosignature, digests, disclosure


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


def _note_by_known_name(body: Body, story: Story) -> None:
    held, _ = story.log.heads[-1]
    body["head"] = _last_line_changed(checkpoint.sign(held, held.origin, keys.LOG), _flip_last)


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


def _cosigned(signature: Callable[[bytearray], None] = lambda _: None, **later: int) -> Callable[[Body, Story], None]:
    """Let one witness cosign the head, so much later than it was sealed; then change its line."""

    def change(body: Body, story: Story) -> None:
        held, at = story.log.heads[-1]
        body["head"] = _last_line_changed(cosigned(held, at + timedelta(**later), CUSTODIAN), signature)

    return change


def _last_line_changed(note: str, change: Callable[[bytearray], None]) -> str:
    text, _, line = note.rpartition(" ")
    raw = bytearray(base64.b64decode(line))
    change(raw)
    return f"{text} {base64.b64encode(raw).decode()}\n"


def _cut_last(raw: bytearray) -> None:
    raw.pop()


def _flip_last(raw: bytearray) -> None:
    raw[-1] ^= 1


CUSTODIAN = "custodian.example/witness"
WITNESSES = [cosignature.vkey(name, key.public_key()) for name, key in keys.WITNESSES.items()]
KEYS = {"log": [checkpoint.vkey("vectors.example/log", keys.LOG.public_key())]}
STRANGE = {"log": [checkpoint.vkey("vectors.example/log", keys.STRANGER.public_key())]}

GOOD: dict[str, Recipe] = {
    "good/whole_sale": Recipe(full=True),
    "good/begun_sale": Recipe(),
    "good/one_record": Recipe({"order": ("open_sale",), "checkpoints_after": frozenset({"open_sale"})}),
    "good/withheld": Recipe(signing=True, body=_withhold("investor.registered", "name", "mobile")),
    "good/no_timestamps": Recipe(body=edit("timestamps", [])),
    "good/pinned": Recipe(trust=KEYS | {"contracts": [chain.CONTRACT.hex()]}),
    "good/no_witnesses": Recipe(body=edit("keys.witnesses", [])),
    "good/pinned_witnesses": Recipe(trust={"witnesses": WITNESSES, "quorum": 2}),
    "good/report": Recipe(report=lambda data: data),
}
UNDECIDED: dict[str, tuple[Recipe, str, str]] = {
    "undecided_no_anchor": (Recipe(body=edit("anchors", [])), "anchors", "not_anchored"),
    "undecided_witnesses": (
        Recipe(trust={"witnesses": WITNESSES, "quorum": 3}),
        "witnesses",
        "too_few_witnesses",
    ),
    "undecided_withheld": (
        Recipe(signing=True, body=_withhold("document.signed", "statement")),
        "statements",
        "withheld",
    ),
    "undecided_no_pdf": (Recipe(full=True, body=_no_pdf), "pdfs", "document_missing"),
    "undecided_no_roots": (Recipe(signing=True, body=edit("certificates.roots", [])), "statements", "no_roots"),
    "undecided_no_ruleset": (Recipe(body=edit("rulesets", [])), "rulesets", "ruleset_missing"),
}
BAD: dict[str, tuple[Recipe, str, str]] = {
    "bad_flipped_byte": (Recipe(data=lambda d: d.replace(b"R3", b"R4", 1)), "seal", "bad_seal"),
    "bad_truncated": (Recipe(data=lambda d: d[:-100]), "file", "not_json"),
    "bad_not_canonical": (Recipe(data=lambda d: d.replace(b',"', b', "', 1)), "file", "not_canonical"),
    "bad_duplicate_member": (Recipe(data=lambda d: d[:-1] + b',"v":1}'), "file", "not_canonical"),
    "bad_float": (Recipe(data=lambda d: d.replace(b'"v":1}', b'"v":1.5}')), "file", "not_json"),
    "bad_unknown_member": (Recipe(body=edit("remark", "all is well")), "file", "bad_members"),
    "bad_version": (Recipe(body=edit("v", 2)), "file", "unknown_version"),
    "bad_nesting": (Recipe(data=lambda _: b"[" * 5000 + b"]" * 5000), "file", "too_deep"),
    "bad_seal": (
        Recipe(body=edit("keys.seal", keys.STRANGER.public_key().public_bytes_raw().hex())),
        "seal",
        "bad_seal",
    ),
    "bad_record_member": (Recipe(body=edit("records.0.record.note", "")), "records", "bad_members"),
    "bad_record_instant": (
        Recipe(body=edit("records.0.record.recorded_at", "2026-02-30T00:00:00.000000Z")),
        "records",
        "bad_instant",
    ),
    "bad_record_order": (Recipe(body=_swapped), "records", "records_out_of_order"),
    "bad_record_left_out": (Recipe(body=_left_out), "streams", "record_missing"),
    "bad_record_chain": (Recipe({"patches": {"match.completed": _set("prev", "1" * 64)}}), "streams", "broken_chain"),
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
        "streams",
        "stream_out_of_order",
    ),
    "bad_record_foretold": (
        Recipe({"patches": {"match.completed": _set("occurred_at", "2027-01-01T00:00:00.000000Z")}}),
        "streams",
        "occurs_after_recorded",
    ),
    "bad_subject": (Recipe(body=edit("subject.stream", "7" * 64)), "streams", "subject_missing"),
    "bad_disclosure_value": (Recipe(body=_other_value), "disclosures", "commitment_mismatch"),
    "bad_disclosure_unknown": (Recipe(body=_unknown_field), "disclosures", "unexpected_disclosure"),
    "bad_disclosure_twice": (Recipe(body=_twice), "disclosures", "unexpected_disclosure"),
    "bad_head_key": (Recipe(body=_note), "head", "unknown_note_key"),
    "bad_head_signature": (Recipe(body=_note_by_known_name), "head", "bad_note_signature"),
    "bad_head_origin": (Recipe(body=edit("origin", "other.example/log")), "head", "other_origin"),
    "bad_record_rewritten": (Recipe(body=_rewritten), "inclusion", "root_mismatch"),
    "bad_inclusion_sha256": (Recipe(body=flipped("records.0.inclusion.sha256.0")), "inclusion", "root_mismatch"),
    "bad_inclusion_sm3": (Recipe(body=flipped("records.0.inclusion.sm3.0")), "inclusion", "root_mismatch"),
    "bad_inclusion_other_leaf": (Recipe(body=_other_leaf), "inclusion", "root_mismatch"),
    "bad_inclusion_index": (Recipe(body=_other_index), "inclusion", "root_mismatch"),
    "bad_checkpoint_forked": (Recipe(body=_forked), "checkpoints", "root_mismatch"),
    "bad_checkpoint_order": (Recipe(body=_reversed), "checkpoints", "checkpoints_out_of_order"),
    "bad_anchor_root": (Recipe(body=_anchor(checkpoint=_other_root)), "anchors", "event_missing"),
    "bad_anchor_contract": (Recipe(body=_anchor(named={"contract": "0" * 40})), "anchors", "event_missing"),
    "bad_anchor_reverted": (Recipe(body=_anchor(status=b"")), "anchors", "transaction_failed"),
    "bad_anchor_backdated": (Recipe(body=_anchor(backdate=timedelta(days=1))), "anchors", "recorded_after_anchor"),
    "bad_anchor_header": (Recipe(body=edit("anchors.0.block_number", 7)), "anchors", "block_differs"),
    "bad_anchor_transaction": (Recipe(body=edit("anchors.0.transaction_index", 0)), "anchors", "trie_node_differs"),
    "bad_anchor_proof": (Recipe(body=_cut_proof), "anchors", "trie_proof_short"),
    "bad_anchor_size": (Recipe(body=edit("anchors.0.size", 3)), "anchors", "checkpoint_missing"),
    "bad_witness_signature": (Recipe(body=_cosigned(_flip_last)), "witnesses", "bad_cosignature"),
    "bad_witness_short": (Recipe(body=_cosigned(_cut_last)), "witnesses", "bad_cosignature"),
    "bad_witness_early": (Recipe(body=_cosigned(minutes=-3)), "witnesses", "cosigned_before_recorded"),
    "bad_witness_late": (Recipe(body=_cosigned(minutes=3)), "witnesses", "cosigned_after_bundle"),
    "bad_witness_twice": (
        Recipe(
            body=edit("keys.witnesses", [WITNESSES[0], cosignature.vkey("x", keys.WITNESSES[CUSTODIAN].public_key())])
        ),
        "witnesses",
        "same_key",
    ),
    "bad_timestamp_imprint": (Recipe(body=_stamped(0, keys.TSA)), "timestamps", "imprint_mismatch"),
    "bad_timestamp_root": (Recipe(body=_stamped(-1, keys.OTHER_TSA)), "timestamps", "unknown_root"),
    "bad_timestamp_purpose": (
        Recipe(body=_stamped(-1, keys.certify("Not a TSA", keys.p256("x"), keys.TSA_ROOT))),
        "timestamps",
        "not_a_timestamper",
    ),
    "bad_document_changed": (Recipe(body=_document), "documents", "document_differs"),
    "bad_document_sm3": (Recipe({"digest": _set("sm3", "0" * 64)}, signing=True), "documents", "document_differs"),
    "bad_statement_high_s": (Recipe({"high_s": True}, signing=True), "statements", "high_s"),
    "bad_statement_items": (Recipe({"statement": _confirm_less}, signing=True), "statements", "other_item"),
    "bad_statement_sale": (Recipe({"statement": _set("sale", "1" * 64)}, signing=True), "statements", "other_sale"),
    "bad_statement_document": (
        Recipe({"statement": lambda b: b["documents"][0].update(sha256="2" * 64)}, signing=True),
        "statements",
        "other_document",
    ),
    "bad_statement_key": (Recipe({"key": flip}, signing=True), "statements", "wrong_key"),
    "bad_statement_holder": (Recipe({"signer": _other_holder()}, signing=True), "statements", "wrong_key"),
    "bad_statement_expired": (Recipe({"signer": _expired()}, signing=True), "statements", "certificate_not_valid"),
    "bad_statement_root": (Recipe({"signer": _foreign()}, signing=True), "statements", "unknown_root"),
    "bad_pdf_changed": (Recipe({"pdf": lambda c: _byte(c, 400)}, signing=True), "pdfs", "digest_mismatch"),
    "bad_pdf_appended": (Recipe({"pdf": lambda c: c + b"\n% more\n"}, signing=True), "pdfs", "pdf_not_covered"),
    "bad_pdf_padding": (Recipe({"pdf": lambda c: c.replace(b"0> >>", b"1> >>")}, signing=True), "pdfs", "bad_contents"),
    "bad_pdf_unsigned": (
        Recipe({"pdf": lambda _: papers.pdf("Risk disclosure statement")}, signing=True),
        "pdfs",
        "pdf_unsigned",
    ),
    "bad_pdf_not_shown": (
        Recipe({"shown": lambda _: papers.pdf("Something else")}, signing=True),
        "pdfs",
        "other_document",
    ),
    "bad_order_payment": (Recipe({"order": _moved("pay", "sign_contract")}, full=True), "order", "out_of_order"),
    "bad_order_cooling_off": (Recipe({"cooling_off": timedelta(hours=23)}, full=True), "order", "visit_in_cooling_off"),
    "bad_order_seller_visits": (Recipe({"visitor": (SELLER[0], "visitor")}, full=True), "order", "duties_not_separate"),
    "bad_ruleset": (Recipe(body=edit("rulesets.0.files", {"units.toml": ""})), "rulesets", "ruleset_differs"),
    "bad_stand_in_hidden": (Recipe(signing=True, body=edit("stand_ins", [])), "stand_ins", "undeclared_stand_in"),
    "bad_pin": (Recipe(trust=STRANGE), "pins", "not_pinned"),
    "bad_report_signer": (Recipe(report=lambda c: c, sealer=_other_holder()), "report", "wrong_signer"),
    "bad_report_changed": (Recipe(report=lambda c: _byte(c, 60)), "report", "digest_mismatch"),
}


def vectors() -> list[Vector]:
    """Make them all."""
    made = [
        Vector(name, recipe.make(), "holds")
        for name, recipe in (
            GOOD | approval_defects.GOOD | authority_defects.GOOD | reading_defects.GOOD | sight_defects.GOOD
        ).items()
    ]
    for table, verdict in (
        (UNDECIDED | approval_defects.UNDECIDED, "undecided"),
        (BAD | map_defects.BAD | approval_defects.BAD | authority_defects.BAD, "fails"),
        (reading_defects.BAD | sight_defects.BAD, "fails"),
    ):
        made += [Vector(name, recipe.make(), verdict, STEPS[key], code) for name, (recipe, key, code) in table.items()]
    return made + [Vector(f"fork/{name}", *rest) for name, rest in forks.made().items()]
