from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from tests.signers import AT, LEAF, ROOTS, TSA_ROOTS, named, raw, refused
from tests.vector_source import asn1, keys
from tests.vector_source.asn1 import attribute, integer, octets, oid, sequence, set_of, tlv
from verifier import certificates, cms, timestamp
from verifier.errors import VerificationError

CONTENT = b"the very bytes"
TOKEN = asn1.token(keys.TSA, asn1.sha256(CONTENT), AT, 5)


class TestCms:
    def test_a_detached_signature_holds_over_its_content_only(self) -> None:
        signed = cms.parse(asn1.cms(LEAF, CONTENT))
        assert cms.verify(signed, CONTENT) == LEAF.certificate
        refused(lambda: cms.verify(signed, CONTENT + b"!"), "digest_mismatch")

    def test_no_byte_of_it_is_free(self) -> None:
        whole = asn1.cms(LEAF, CONTENT, timestamp=asn1.token(keys.TSA, asn1.sha256(b"x"), AT, 5))
        signature = cms.parse(whole).signature
        whole = asn1.cms(LEAF, CONTENT, timestamp=asn1.token(keys.TSA, asn1.sha256(signature), AT, 5))

        def check(data: bytes) -> None:
            signed = cms.parse(data)
            signer = cms.verify(signed, CONTENT)
            assert signed.timestamp is not None
            stamp = timestamp.verify(signed.timestamp, asn1.sha256(signed.signature), TSA_ROOTS)
            certificates.verify_chain(signer, signed.others, ROOTS, stamp.time)

        check(whole)
        for at in range(len(whole)):
            with pytest.raises(VerificationError):
                check(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])

    def test_rsa_holds_too(self) -> None:
        key = rsa.generate_private_key(65537, 2048)
        certificate = named("RSA", key.public_key(), keys.ROOT).sign(keys.ROOT.key, hashes.SHA256())
        attributes = signed_attributes(certificate)
        signature = key.sign(set_of(*attributes), PKCS1v15(), hashes.SHA256())
        made = message(
            certificate, attributes, signature, algorithm=sequence(oid("1.2.840.113549.1.1.11"), b"\x05\x00")
        )
        assert cms.verify(cms.parse(made), CONTENT) == certificate
        wrong = message(certificate, attributes, signature, algorithm=sequence(oid(asn1.ECDSA_SHA256)))
        refused(lambda: cms.verify(cms.parse(wrong), CONTENT), "unknown_algorithm")

    def test_defects(self) -> None:
        certificate, attributes = LEAF.certificate, signed_attributes(LEAF.certificate)
        signature = asn1.sign(LEAF.key, set_of(*attributes))
        other = [
            *attributes[:2],
            attribute(asn1.SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(octets(b"\0" * 32))))),
        ]
        empty = [*attributes[:2], attribute(asn1.SIGNING_CERTIFICATE_V2, sequence(sequence(sequence())))]
        typed = [attribute(asn1.CONTENT_TYPE, oid(asn1.TST_INFO)), *attributes[1:]]
        none = [*attributes[:2], attribute(asn1.SIGNING_CERTIFICATE_V2, sequence(sequence()))]
        ordered = {"attributes_der": tlv(0xA0, *sorted(attributes, reverse=True))}
        twice = {"attributes_der": tlv(0xA0, *sorted([*attributes, attributes[0]]))}
        two = sequence(oid(asn1.CONTENT_TYPE), set_of(oid(asn1.DATA), oid(asn1.TST_INFO)))
        refused(
            lambda: cms.verify(cms.parse(message(certificate, attributes, signature[:-1] + b"\0")), CONTENT),
            "bad_signature",
        )
        refused(lambda: cms.verify(cms.parse(message(certificate, other, signature)), CONTENT), "bad_attribute")
        refused(lambda: cms.verify(cms.parse(message(certificate, none, signature)), CONTENT), "bad_attribute")
        refused(lambda: cms.verify(cms.parse(message(certificate, empty, signature)), CONTENT), "bad_cms")
        refused(lambda: cms.verify(cms.parse(message(certificate, typed, signature)), CONTENT), "bad_attribute")
        refused(
            lambda: cms.verify(cms.parse(message(certificate, attributes[:2], signature)), CONTENT), "missing_attribute"
        )
        changes: tuple[dict[str, Any], ...] = (
            ordered,
            twice,
            {"attributes_der": tlv(0xA0, two)},
            {"version": 3},
            {"message_version": 3},
            {"kind": asn1.DATA},
            {"digest": sequence(oid("1.3.14.3.2.26"))},
            {"digest": sequence(oid(asn1.SHA256), integer(1))},
            {"certificates": []},
            {"certificates": [raw(LEAF.certificate)] * 2},
            {"attributes_der": octets(b"")},
            {"unsigned": tlv(0xA1, attribute(asn1.CONTENT_TYPE, oid(asn1.DATA)))},
            {"content": sequence()},
            {"content": sequence(oid(asn1.DATA), tlv(0xA0, octets(b"")), octets(b""))},
        )
        for change in changes:
            refused(lambda more=change: cms.parse(message(certificate, attributes, signature, **more)), "bad_cms")  # type: ignore[misc] # bound on purpose
        refused(
            lambda: cms.parse(message(certificate, attributes, signature, certificates=[raw(certificate)] * 7)),
            "too_large",
        )
        refused(lambda: cms.parse(b"\0" * 300_000), "too_large")

    def test_an_unknown_digest_is_refused(self) -> None:
        sha1 = sequence(oid("1.3.14.3.2.26"))
        made = message(LEAF.certificate, signed_attributes(LEAF.certificate), b"", digest=sha1, digests=sha1)
        refused(lambda: cms.verify(cms.parse(made), CONTENT), "unknown_algorithm")


def signed_attributes(certificate: x509.Certificate) -> list[bytes]:
    return [
        attribute(asn1.CONTENT_TYPE, oid(asn1.DATA)),
        attribute(asn1.MESSAGE_DIGEST, octets(asn1.sha256(CONTENT))),
        attribute(asn1.SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(octets(asn1.sha256(raw(certificate))))))),
    ]


def message(certificate: x509.Certificate, attributes: list[bytes], signature: bytes, **change: Any) -> bytes:
    """Write SignedData with one part changed."""
    sha256 = sequence(oid(asn1.SHA256))
    info = sequence(
        integer(change.get("version", 1)),
        sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number)),
        change.get("digest", sha256),
        change.get("attributes_der", tlv(0xA0, *sorted(attributes))),
        change.get("algorithm", sequence(oid(asn1.ECDSA_SHA256))),
        octets(signature),
        change.get("unsigned", b""),
    )
    signed = sequence(
        integer(change.get("message_version", 1)),
        set_of(change.get("digests", sha256)),
        change.get("content", sequence(oid(asn1.DATA))),
        tlv(0xA0, *change.get("certificates", [raw(certificate)])),
        set_of(info),
    )
    return sequence(oid(change.get("kind", asn1.SIGNED_DATA)), tlv(0xA0, signed))
