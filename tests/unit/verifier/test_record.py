import copy
import hashlib
from typing import Any

import pytest

from verifier import canonical, disclosure, record
from verifier.errors import MalformedError, VerificationError

GOOD: dict[str, Any] = {
    "v": 1,
    "type": "visit.completed",
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "stream": "a" * 64,
    "seq": 1,
    "prev": "b" * 64,
    "occurred_at": "2026-03-02T01:00:00.000000Z",
    "recorded_at": "2026-03-02T01:00:00.000001Z",
    "actor": {"id": "5" * 32, "role": "visitor"},
    "refs": [{"leaf": "c" * 64, "role": "visit"}],
    "fields": {"answers": "d" * 64},
    "documents": [{"bytes": 3, "media_type": "application/pdf", "role": "shown", "sha256": "e" * 64, "sm3": "f" * 64}],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    body = copy.deepcopy(GOOD)
    place: Any = body
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        place = place[part]
    place[last] = value
    return body


def test_a_record_is_read_as_it_was_written() -> None:
    data = record.encode(GOOD)
    found = record.parse(data)
    assert found == record.of(GOOD)
    assert found.bytes == data == canonical.encode(GOOD)
    assert (found.type, found.seq, found.actor_role) == ("visit.completed", 1, "visitor")
    assert found.refs == (record.Ref("c" * 64, "visit"),)
    assert found.documents[0].bytes == 3
    assert found.leaf_sha256 != found.leaf_sm3


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("v", 2, "unknown_version"),
        ("v", True, "unknown_version"),
        ("type", "Visit.completed", "bad_member"),
        ("type", "visit", "bad_member"),
        ("id", "01890a5d-ac96-474b-bcce-b302099a8057", "bad_member"),
        ("stream", "A" * 64, "bad_member"),
        ("seq", -1, "bad_member"),
        ("seq", True, "bad_member"),
        ("seq", 0, "bad_prev"),
        ("prev", "0" * 64, "bad_prev"),
        ("prev", 0, "bad_member"),
        ("occurred_at", "2026-03-02T01:00:00Z", "bad_instant"),
        ("occurred_at", "2026-02-29T01:00:00.000000Z", "bad_instant"),
        ("recorded_at", None, "bad_instant"),
        ("actor", {"id": "5" * 32}, "bad_members"),
        ("actor.id", "张三", "bad_member"),
        ("actor.role", "", "bad_member"),
        ("refs", {}, "bad_member"),
        ("refs", [{"leaf": "c" * 64, "role": "a"}] * 257, "bad_member"),
        ("refs.0", {"leaf": "c" * 64, "role": "visit", "note": ""}, "bad_members"),
        ("fields", [], "bad_members"),
        ("fields", {f"f{n}": "d" * 64 for n in range(257)}, "bad_members"),
        ("fields", {"Name": "d" * 64}, "bad_member"),
        ("fields", {"name": "plain text"}, "bad_member"),
        ("documents.0.bytes", 1.5, "not_canonical"),
        ("documents.0.media_type", "pdf", "bad_member"),
        ("documents.0.sm3", "f" * 63, "bad_member"),
        ("extra", 1, "bad_members"),
    ],
)
def test_a_member_of_another_form_is_refused(path: str, value: Any, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        record.encode(changed(path, value))
    assert caught.value.code == code


def test_the_first_record_of_a_stream_has_no_predecessor() -> None:
    first = GOOD | {"seq": 0, "prev": record.ZERO}
    assert record.parse(record.encode(first)).prev == record.ZERO


def test_a_record_is_an_object() -> None:
    with pytest.raises(MalformedError, match="must have exactly"):
        record.parse(b"[]")


def test_a_record_is_bounded() -> None:
    huge = GOOD | {
        "refs": [{"leaf": "c" * 64, "role": "r" * 64}] * 256,
        "fields": {f"f{n:063}": "d" * 64 for n in range(256)},
    }
    with pytest.raises(MalformedError) as caught:
        record.encode(huge | {"documents": [*GOOD["documents"]] * 256})
    assert caught.value.code == "too_large"


def test_errors_do_not_carry_values() -> None:
    with pytest.raises(MalformedError) as caught:
        record.encode(changed("actor.id", "张三"))
    assert "张三" not in caught.value.message + str(caught.value.evidence)


class TestDisclosures:
    SALT = "0123456789abcdef0123456789abcdef"

    def test_the_commitment_is_sha256_of_the_canonical_array(self) -> None:
        expected = hashlib.sha256(f'["{self.SALT}","amount",{{"amount":"1.00","currency":"CNY"}}]'.encode()).hexdigest()
        assert disclosure.commitment(self.SALT, "amount", {"currency": "CNY", "amount": "1.00"}) == expected

    def test_values_open_their_commitments(self) -> None:
        fields = {"a": disclosure.commitment(self.SALT, "a", 1), "b": "0" * 64}
        assert disclosure.open_fields(fields, [[self.SALT, "a", 1]]) == {"a": 1}

    @pytest.mark.parametrize(
        ("disclosures", "code"),
        [
            ([[SALT, "a", 2]], "commitment_mismatch"),
            ([["1" * 32, "a", 1]], "commitment_mismatch"),
            ([[SALT, "a", True]], "commitment_mismatch"),
            ([[SALT, "c", 1]], "unexpected_disclosure"),
            ([[SALT, "a", 1], [SALT, "a", 1]], "unexpected_disclosure"),
            ([[SALT, "a"]], "bad_disclosure"),
            ([["salt", "a", 1]], "bad_salt"),
            ([7], "bad_disclosure"),
        ],
    )
    def test_anything_else_is_refused(self, disclosures: list[Any], code: str) -> None:
        with pytest.raises(VerificationError) as caught:
            disclosure.open_fields({"a": disclosure.commitment(self.SALT, "a", 1)}, disclosures)
        assert caught.value.code == code

    def test_a_field_name_is_a_word(self) -> None:
        with pytest.raises(MalformedError) as caught:
            disclosure.commitment(self.SALT, "Field Name", 1)
        assert caught.value.code == "bad_field_name"
