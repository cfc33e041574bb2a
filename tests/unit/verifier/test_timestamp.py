from datetime import timedelta

import pytest

from tests.signers import AT, TSA_ROOTS, refused
from tests.vector_source import asn1, keys
from tests.vector_source.asn1 import integer, octets, oid, sequence, tlv
from verifier import timestamp
from verifier.errors import VerificationError

CONTENT = b"the very bytes"
TOKEN = asn1.token(keys.TSA, asn1.sha256(CONTENT), AT, 5)


class TestTimestamps:
    def test_a_token_says_when_by_whom(self) -> None:
        stamp = timestamp.verify(TOKEN, asn1.sha256(CONTENT), TSA_ROOTS)
        assert (stamp.time, stamp.serial, stamp.policy) == (AT, 5, "2.25.1")
        assert "Vector Timestamps" in stamp.authority

    def test_no_byte_of_it_is_free(self) -> None:
        for at in range(len(TOKEN)):
            changed = TOKEN[:at] + bytes([TOKEN[at] ^ 1 << at % 8]) + TOKEN[at + 1 :]
            with pytest.raises(VerificationError):
                timestamp.verify(changed, asn1.sha256(CONTENT), TSA_ROOTS)

    def test_the_certificate_must_have_been_valid_then(self) -> None:
        late = asn1.token(keys.TSA, asn1.sha256(CONTENT), AT + timedelta(days=5000), 5)
        refused(lambda: timestamp.verify(late, asn1.sha256(CONTENT), TSA_ROOTS), "certificate_not_valid")

    @pytest.mark.parametrize(
        ("version", "more", "code"),
        [
            (2, [], "bad_timestamp"),
            (1, [tlv(0xA1)], "bad_timestamp"),
            (1, [integer(3), sequence(integer(1))], "bad_timestamp"),
            (1, [integer(3), integer(3)], "bad_timestamp"),
        ],
    )
    def test_other_forms_are_refused(self, version: int, more: list[bytes], code: str) -> None:
        refused(lambda: timestamp.verify(custom(version, more), asn1.sha256(CONTENT), TSA_ROOTS), code)

    def test_accuracy_ordering_nonce_and_name_may_be_there(self) -> None:
        token = custom(1, [sequence(integer(1)), b"\x01\x01\xff", integer(9), tlv(0xA0)])
        assert timestamp.verify(token, asn1.sha256(CONTENT), TSA_ROOTS).serial == 5

    def test_it_must_hold_a_tst_info(self) -> None:
        refused(lambda: timestamp.verify(asn1.cms(keys.TSA, CONTENT), asn1.sha256(CONTENT), TSA_ROOTS), "bad_timestamp")
        short = asn1.cms(keys.TSA, sequence(integer(1)), kind=asn1.TST_INFO)
        refused(lambda: timestamp.verify(short, asn1.sha256(CONTENT), TSA_ROOTS), "bad_timestamp")


def custom(version: int, more: list[bytes]) -> bytes:
    info = sequence(
        integer(version),
        oid("2.25.1"),
        sequence(sequence(oid(asn1.SHA256)), octets(asn1.sha256(CONTENT))),
        integer(5),
        tlv(0x18, b"20260302010000Z"),
        *more,
    )
    return asn1.cms(keys.TSA, info, kind=asn1.TST_INFO)
