import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.signers import AT, HOLDER, LEAF, named, raw, refused
from tests.vector_source import asn1, keys
from verifier import certificates, statement
from verifier.errors import VerificationError

WYCHEPROOF = Path(__file__).parents[4] / "shared" / "vectors" / "wycheproof" / "ecdsa_secp256r1_sha256_p1363_test.json"

STATEMENT: dict[str, Any] = {
    "v": 1,
    "purpose": "risk_disclosure",
    "sale": "1" * 64,
    "investor": HOLDER,
    "product": "3" * 64,
    "documents": [{"role": "shown", "sha256": "4" * 64, "sm3": "5" * 64}],
    "items": [{"item": 1, "text_sha256": "6" * 64, "confirmed_at": "2026-03-02T01:00:00.000000Z"}],
    "intent": "本人自愿签署。",
    "identity": {"method": "one_time_code", "record": "7" * 64},
    "signed_at": "2026-03-02T01:00:00.000000Z",
    "nonce": "8" * 32,
}


def text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class TestStatements:
    CHAIN = tuple(certificates.to_pem(raw(c)) for c in (LEAF.certificate, *LEAF.above))
    ROOT_PEM = (certificates.to_pem(raw(keys.ROOT.certificate)),)

    def test_a_statement_signed_by_a_certified_key(self) -> None:
        data = text(STATEMENT)
        key = statement.verify_x509_p256(data, asn1.sign(LEAF.key, data), self.CHAIN, self.ROOT_PEM, AT)
        assert key == certificates.key_digest(LEAF.certificate)
        assert statement.holder(LEAF.certificate) == statement.parse(data).investor == HOLDER

    def test_defects(self) -> None:
        data = text(STATEMENT)
        good = asn1.sign(LEAF.key, data)

        def check(
            content: bytes = data, signature: bytes = good, chain: Sequence[str] = self.CHAIN
        ) -> Callable[[], object]:
            return lambda: statement.verify_x509_p256(content, signature, chain, self.ROOT_PEM, AT)

        refused(check(content=data + b" "), "bad_signature")
        refused(check(signature=asn1.sign(LEAF.key, data, high_s=True)), "high_s")
        refused(check(signature=asn1.sign(keys.p256("other"), data)), "bad_signature")
        refused(check(signature=encode_dss_signature(0, 1)), "bad_signature")
        refused(check(signature=encode_dss_signature(1, asn1.ORDER)), "bad_signature")
        refused(check(signature=b"\x30\x81" + good[1:]), "bad_der")
        refused(check(signature=good + b"\0"), "bad_der")
        refused(check(signature=b"\0" * 64), "bad_der")
        refused(check(chain=()), "bad_chain")
        refused(check(chain=self.CHAIN * 4), "bad_chain")
        curve = ec.derive_private_key(5, ec.SECP384R1())
        other = named("P-384", curve.public_key(), keys.ROOT).sign(keys.ROOT.key, hashes.SHA256())
        refused(lambda: statement.verify_signature(other, data, good), "wrong_key")
        long = rsa.generate_private_key(65537, 2048)
        other = named("RSA", long.public_key(), keys.ROOT).sign(keys.ROOT.key, hashes.SHA256())
        refused(lambda: statement.verify_signature(other, data, good), "wrong_key")
        refused(lambda: statement.holder(other), "unnamed_holder")

    @pytest.mark.skipif(
        not WYCHEPROOF.is_file(),
        reason="LOUD: the public wycheproof vectors are not beside this checkout (../shared/vectors)",
    )
    def test_wycheproof_p256(self) -> None:
        """Every valid signature is taken in its low form only; every invalid one is refused in both."""
        groups = json.loads(WYCHEPROOF.read_bytes())["testGroups"]
        seen = {"valid": 0, "invalid": 0}
        for group in groups:
            key = load_der_public_key(bytes.fromhex(group["publicKeyDer"]))
            assert isinstance(key, ec.EllipticCurvePublicKey)
            for case in group["tests"]:
                sig, content = bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"])
                r, s = int.from_bytes(sig[: len(sig) // 2], "big"), int.from_bytes(sig[len(sig) // 2 :], "big")
                low = encode_dss_signature(r, min(s, asn1.ORDER - s) if 0 < s < asn1.ORDER else s)
                seen[case["result"]] += 1
                if case["result"] == "valid":
                    statement.verify_p256(key, content, low)
                    high = encode_dss_signature(r, max(s, asn1.ORDER - s))
                    refused(partial(statement.verify_p256, key, content, high), "high_s")
                elif len(sig) == 64:
                    with pytest.raises(VerificationError):
                        statement.verify_p256(key, content, low)
        assert min(seen.values()) > 80

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"v": 2}, "unknown_version"),
            ({"v": True}, "unknown_version"),
            ({"purpose": "Risk"}, "bad_member"),
            ({"intent": ""}, "bad_member"),
            ({"intent": 1}, "bad_member"),
            ({"intent": "x" * 1025}, "bad_member"),
            ({"signed_at": "yesterday"}, "bad_instant"),
            ({"nonce": "8"}, "bad_member"),
            ({"sale": 1}, "bad_member"),
            ({"documents": {}}, "bad_member"),
            ({"documents": [{"role": "shown"}]}, "bad_members"),
            (
                {"items": [{"item": 0, "text_sha256": "6" * 64, "confirmed_at": "2026-03-02T01:00:00.000000Z"}]},
                "bad_member",
            ),
            (
                {"items": [{"item": True, "text_sha256": "6" * 64, "confirmed_at": "2026-03-02T01:00:00.000000Z"}]},
                "bad_member",
            ),
            ({"items": [{"item": 1, "text_sha256": "6" * 64, "confirmed_at": ""}]}, "bad_instant"),
            ({"items": [{}] * 257}, "bad_member"),
            ({"identity": {"method": "one_time_code"}}, "bad_members"),
            ({"note": ""}, "bad_members"),
        ],
    )
    def test_a_statement_has_exactly_one_form(self, change: dict[str, Any], code: str) -> None:
        refused(lambda: statement.parse(text(STATEMENT | change)), code)
