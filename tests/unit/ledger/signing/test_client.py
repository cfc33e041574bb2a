from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from ledger.signing import ecdsa
from ledger.signing.client import Device
from verifier import statement


def test_a_device_signs_in_the_one_canonical_form() -> None:
    device = Device()
    for number in range(40):
        content = b"statement %d" % number
        signature = device.sign(content)
        statement.verify_p256(device.key.public_key(), content, signature)
        assert decode_dss_signature(signature)[1] <= statement.P256_ORDER // 2


def test_low_s_turns_the_second_form_into_the_first() -> None:
    signature = Device().sign(b"x")
    r, s = decode_dss_signature(signature)
    assert ecdsa.low_s(encode_dss_signature(r, statement.P256_ORDER - s)) == signature
    with pytest.raises(ValueError, match=r".*"):
        ecdsa.low_s(b"not DER")


def test_a_request_is_signed_by_the_key_it_asks_for() -> None:
    device = Device()
    request = x509.load_pem_x509_csr(device.csr_pem().encode())
    assert request.is_signature_valid
    der = request.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert device.thumbprint() == sha256(der).hexdigest()


def test_the_key_does_not_show() -> None:
    assert "key" not in repr(Device())
