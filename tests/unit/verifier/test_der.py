import pytest

from tests.signers import AT
from tests.vector_source.asn1 import integer, octets, oid, sequence, tlv
from verifier import der
from verifier.errors import MalformedError


class TestDer:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x30",
            b"\x1f\x81\x01\x00",
            b"\x04\x80\x00\x00",
            b"\x04\x81\x01a",
            b"\x04\x82\x00\x80" + b"a" * 128,
            b"\x04\x02a",
            b"\x04\x01aa",
            b"\x04\x85",
        ],
    )
    def test_any_other_form_is_refused(self, data: bytes) -> None:
        with pytest.raises(MalformedError):
            der.decode(data)

    @pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, 2**159])
    def test_integers(self, value: int) -> None:
        assert der.decode(integer(value)).integer() == value

    @pytest.mark.parametrize("data", [b"\x02\x00", b"\x02\x02\x00\x01", b"\x02\x02\xff\xff", b"\x04\x01\x01"])
    def test_integers_have_one_form(self, data: bytes) -> None:
        with pytest.raises(MalformedError):
            der.decode(data).integer()

    def test_negative_integers_are_read_as_such(self) -> None:
        assert der.decode(b"\x02\x01\xff").integer() == -1

    @pytest.mark.parametrize("name", ["1.2.840.113549.1.7.2", "2.25.1", "2.999.3", "0.9", "2.16.840.1.101.3.4.2.1"])
    def test_object_identifiers(self, name: str) -> None:
        assert der.decode(oid(name)).oid() == name

    @pytest.mark.parametrize("body", [b"", b"\x80\x01", b"\x2a\x80\x01", b"\x2a\x86", b"\x2a" * 65])
    def test_object_identifiers_have_one_form(self, body: bytes) -> None:
        with pytest.raises(MalformedError):
            der.decode(tlv(0x06, body)).oid()

    @pytest.mark.parametrize(
        ("text", "microsecond"), [("20260302010000Z", 0), ("20260302010000.5Z", 500_000), ("20260302010000.000001Z", 1)]
    )
    def test_times(self, text: str, microsecond: int) -> None:
        assert der.decode(tlv(0x18, text.encode())).time() == AT.replace(microsecond=microsecond)

    @pytest.mark.parametrize(
        "text", ["20260302010000", "202603020100Z", "20260302010000.50Z", "20260302010000.0Z", "20260230010000Z", "é"]
    )
    def test_times_have_one_form(self, text: str) -> None:
        with pytest.raises(MalformedError):
            der.decode(tlv(0x18, text.encode())).time()

    def test_only_constructed_elements_hold_others(self) -> None:
        with pytest.raises(MalformedError):
            der.decode(octets(b"\x04\x00")).children()
        with pytest.raises(MalformedError):
            der.decode(sequence(octets(b""), octets(b""))).only(der.OCTET_STRING)
