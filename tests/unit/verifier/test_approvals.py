"""Suites of approval below the vectors: public vectors, other libraries' signatures, malformed members."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_account.messages import encode_typed_data
from hypothesis import given, settings
from hypothesis import strategies as st
from tongsuopy.crypto import hashes as tongsuo_hashes
from tongsuopy.crypto.asymciphers import ec as tongsuo

from tests.signers import AT, HOLDER, raw, refused
from tests.unit.verifier.test_statement import STATEMENT, text
from tests.vector_source import asn1, chain, keys
from tests.vector_source import sm2 as sm2_source
from tests.vector_source.approvals import SM2_ROOT, ContractWallet, NationalCertificate, Passkey, Wallet
from verifier import certificates, statement
from verifier.approvals import eip712, eip1271, on_chain, sm2, sm2_certificates, webauthn
from verifier.errors import VerificationError
from verifier.keccak import keccak256

WYCHEPROOF = Path(__file__).parents[4] / "shared" / "vectors" / "wycheproof" / "ecdsa_secp256k1_sha256_p1363_test.json"
DATA = text(STATEMENT)
SAID = statement.parse(DATA)
ON_CHAIN = ContractWallet()
HELD = ON_CHAIN.credential(HOLDER)[0]


def changed(value: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {name: text for name, text in {**value, **members}.items() if text is not None}


def _other(name: str) -> bytes:
    """Return the statement with one thing changed that an approval has to commit to."""
    body = json.loads(DATA)
    match name:
        case "sha256" | "sm3":
            body["documents"][0][name] = "9" * 64
        case "items":
            body["items"] = [{"item": 99, "text_sha256": "9" * 64, "confirmed_at": body["signed_at"]}]
        case _:
            body[name] = {"nonce": "9" * 32, "signed_at": "2026-03-02T00:00:00.000001Z"}.get(name, "本人不同意。")
    return text(body)


@pytest.mark.parametrize("name", ["sha256", "sm3", "items", "intent", "nonce", "signed_at"])
def test_every_suite_commits_to_documents_items_and_intent(name: str) -> None:
    """One approval is of one statement: nothing of what was shown, confirmed or meant can be another."""
    other = _other(name)
    said = statement.parse(other)
    assert webauthn.challenge(other) != webauthn.challenge(DATA)
    asked = [eip1271.read(data, statement.parse(data), ON_CHAIN.approve(data), HELD) for data in (DATA, other)]
    assert asked[0].digest() != asked[1].digest()
    refused(lambda: webauthn.verify(other, Passkey().approve(DATA), Passkey().credential(HOLDER)[0]), "other_statement")
    refused(lambda: eip712.verify(other, said, Wallet().approve(DATA), Wallet().credential(HOLDER)[0]), "bad_signature")
    national = NationalCertificate()
    held, approval = national.credential(HOLDER)[0], national.approve(DATA)
    refused(lambda: sm2_certificates.verify(other, said, approval, held, [SM2_ROOT], AT), "bad_signature")


@pytest.mark.parametrize(
    "again",
    [
        lambda der: der + b"\0",
        lambda der: b"\x30\x81" + der[1:],  # the length in two bytes
        lambda der: b"\x30\x80" + der[2:] + b"\0\0",  # of no length, BER
        lambda der: b"\x30" + bytes([der[1] + 1]) + b"\x02" + bytes([der[3] + 1]) + b"\0" + der[4:],  # a zero before r
        lambda der: b"\x31" + der[1:],
    ],
)
def test_a_signature_encoded_again_is_refused(again: Callable[[bytes], bytes]) -> None:
    """The numbers are the same and the bytes are not: there is one form."""

    def encoded(approval: dict[str, Any]) -> dict[str, Any]:
        return {**approval, "signature": again(bytes.fromhex(approval["signature"])).hex()}

    with pytest.raises(VerificationError):
        webauthn.verify(DATA, encoded(Passkey().approve(DATA)), Passkey().credential(HOLDER)[0])
    national = NationalCertificate()
    held, approval = national.credential(HOLDER)[0], encoded(national.approve(DATA))
    with pytest.raises(VerificationError):
        sm2_certificates.verify(DATA, SAID, approval, held, [SM2_ROOT], AT)


class TestPasskeys:
    HELD, KEY = Passkey().credential(HOLDER)
    GOOD = Passkey().approve(DATA)

    def test_an_assertion_over_the_statement(self) -> None:
        assert webauthn.verify(DATA, self.GOOD, self.HELD) == self.KEY

    @pytest.mark.parametrize(
        ("members", "code"),
        [
            ({"client_data": None}, "bad_members"),
            ({"client_data": 1}, "bad_member"),
            ({"client_data": ""}, "bad_member"),
            ({"client_data": "x" * 8193}, "bad_member"),
            ({"client_data": "[" * 8000}, "bad_client_data"),
            ({"client_data": "[]"}, "bad_client_data"),
            ({"authenticator_data": "AB"}, "bad_member"),
            ({"authenticator_data": "00" * 36}, "bad_assertion"),
            ({"signature": "00"}, "bad_der"),
            ({"signature": asn1.sign(keys.p256("other"), b"").hex()}, "bad_signature"),
        ],
    )
    def test_malformed_approvals(self, members: dict[str, Any], code: str) -> None:
        refused(lambda: webauthn.verify(DATA, changed(self.GOOD, **members), self.HELD), code)

    @pytest.mark.parametrize(
        ("members", "code"),
        [
            ({"rp_id": None}, "bad_members"),
            ({"public_key": "00"}, "bad_key"),
            ({"public_key": "00" * 300}, "too_large"),
            (
                {
                    "public_key": ec.derive_private_key(5, ec.SECP384R1())
                    .public_key()
                    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
                    .hex()
                },
                "bad_key",
            ),
            ({"origin": "https://fund.example/path"}, "other_origin"),
            ({"origin": "https://user@fund.example"}, "other_origin"),
            ({"origin": "fund.example"}, "other_origin"),
        ],
    )
    def test_malformed_credentials(self, members: dict[str, Any], code: str) -> None:
        refused(lambda: webauthn.verify(DATA, self.GOOD, changed(self.HELD, **members)), code)

    def test_this_machine_needs_no_https(self) -> None:
        local = Passkey(
            origin="http://localhost:8000", used_on="http://localhost:8000", rp_id="localhost", answered="localhost"
        )
        assert webauthn.verify(DATA, local.approve(DATA), local.credential(HOLDER)[0]) == self.KEY


class TestWallets:
    HELD, ADDRESS = Wallet().credential(HOLDER)
    GOOD = Wallet().approve(DATA)

    def test_typed_data_over_the_statement(self) -> None:
        """The fixture's digest is made by eth-account, ours by the verifier: the same, or nothing verifies."""
        assert eip712.verify(DATA, SAID, self.GOOD, self.HELD) == self.ADDRESS

    @pytest.mark.parametrize(
        ("held", "approval", "code"),
        [
            ({"chain_id": 0}, {}, "bad_member"),
            ({"chain_id": True}, {}, "bad_member"),
            ({"chain_id": 2**53}, {}, "bad_member"),
            ({"public_key": "00" * 64}, {}, "bad_key"),
            ({"public_key": "00" * 63}, {}, "bad_key"),
            ({"address": "0" * 40}, {}, "wrong_key"),
            ({}, {"signature": "00" * 63}, "bad_signature"),
            ({}, {"signature": "00" * 64}, "bad_signature"),
            ({}, {"signature": "00" * 31 + "01" + "00" * 31 + "01"}, "bad_signature"),
            ({}, {"signature": "0x00"}, "bad_member"),
            ({}, {"signature": None}, "bad_members"),
        ],
    )
    def test_malformed(self, held: dict[str, Any], approval: dict[str, Any], code: str) -> None:
        refused(lambda: eip712.verify(DATA, SAID, changed(self.GOOD, **approval), changed(self.HELD, **held)), code)

    def test_a_statement_over_two_documents(self) -> None:
        two = text({**STATEMENT, "documents": STATEMENT["documents"] * 2})
        refused(lambda: eip712.verify(two, statement.parse(two), self.GOOD, self.HELD), "bad_statement")

    @pytest.mark.skipif(
        not WYCHEPROOF.is_file(),
        reason="LOUD: the public wycheproof vectors are not beside this checkout (../shared/vectors)",
    )
    def test_wycheproof_secp256k1(self) -> None:
        """Every valid signature is taken in its low form only; every invalid one is refused in both."""
        seen = {"valid": 0, "invalid": 0}
        for group in json.loads(WYCHEPROOF.read_bytes())["testGroups"]:
            key, _ = eip712.public_key(group["publicKey"]["uncompressed"][2:])
            for case in group["tests"]:
                sig, digest = bytes.fromhex(case["sig"]), asn1.sha256(bytes.fromhex(case["msg"]))
                seen[case["result"]] += 1
                s = int.from_bytes(sig[32:], "big")
                low = sig[:32] + (min(s, eip712.ORDER - s) if 0 < s < eip712.ORDER else s).to_bytes(
                    len(sig[32:]), "big"
                )
                if case["result"] == "valid":
                    eip712.verify_digest(key, digest, low)
                    high = sig[:32] + max(s, eip712.ORDER - s).to_bytes(32, "big")
                    refused(partial(eip712.verify_digest, key, digest, high), "high_s")
                else:
                    with pytest.raises(VerificationError):
                        eip712.verify_digest(key, digest, low)
        assert min(seen.values()) > 80


class TestContractWallets:
    HELD, ADDRESS = ContractWallet().credential(HOLDER)
    GOOD = ContractWallet().approve(DATA)

    def test_what_is_asked_is_what_another_library_makes_of_it(self) -> None:
        asked = eip1271.read(DATA, SAID, self.GOOD, self.HELD)
        shown = encode_typed_data(full_message=asked.typed_data())
        digest = keccak256(b"\x19" + shown.version + shown.header + shown.body)
        assert asked.digest() == digest == ContractWallet().digest(DATA)
        assert asked.signature == b"\xab" * 130

    @pytest.mark.parametrize(
        ("held", "approval", "code"),
        [
            ({"chain_id": 0}, {}, "bad_member"),
            ({"address": "00" * 19}, {}, "bad_member"),
            ({"address": "AB" * 20}, {}, "bad_member"),
            ({"public_key": "00"}, {}, "bad_members"),
            ({}, {"contract": "0x" + "00" * 20}, "bad_member"),
            ({}, {"contract": "00" * 32}, "bad_member"),
            ({}, {"deadline": "2026-04-01T00:00:00.000001Z"}, "bad_member"),
            ({}, {"deadline": 1775000000}, "bad_instant"),
            ({}, {"signature": ""}, "bad_member"),
            ({}, {"signature": "0xab"}, "bad_member"),
            ({}, {"signature": "AB" * 65}, "bad_member"),
            ({}, {"signature": "ab" * 4097}, "too_large"),
            ({}, {"signature": None}, "bad_members"),
        ],
    )
    def test_malformed(self, held: dict[str, Any], approval: dict[str, Any], code: str) -> None:
        refused(lambda: eip1271.read(DATA, SAID, changed(self.GOOD, **approval), changed(self.HELD, **held)), code)

    def test_a_statement_over_two_documents(self) -> None:
        two = text({**STATEMENT, "documents": STATEMENT["documents"] * 2})
        refused(lambda: eip1271.read(two, statement.parse(two), self.GOOD, self.HELD), "bad_statement")

    def test_a_statement_from_before_there_was_time(self) -> None:
        """EIP-712 has no negative numbers; the times are compared before anything is hashed."""
        old = text({**STATEMENT, "signed_at": "1969-07-20T20:17:40.000000Z"})
        asked = eip1271.read(old, statement.parse(old), self.GOOD, self.HELD)
        claim = chain.signed(bytes(32), bytes(20), bytes(32), 7, AT)
        refused(partial(eip1271.require, asked, _taken(claim)), "approval_out_of_time")

    def test_the_topic_is_that_of_the_event(self) -> None:
        assert keccak256(on_chain.EVENT.encode()) == on_chain.TOPIC

    @pytest.mark.parametrize(
        ("members", "code"),
        [
            ({"document": "00" * 31}, "bad_hex"),
            ({"wallet": "00" * 32}, "bad_hex"),
            ({"size": 1}, "bad_members"),
            ({"kind": "svm"}, "unknown_anchor"),
            ({"document": "01" * 32}, "event_missing"),
            ({"contract": "00" * 20}, "event_missing"),
        ],
    )
    def test_other_anchors_of_a_wallet(self, members: dict[str, Any], code: str) -> None:
        good = chain.signed(bytes(32), bytes(20), bytes(32), 7, AT)
        assert _taken(good).digest == "00" * 32
        refused(partial(_taken, good | members), code)


def _taken(claim: dict[str, Any]) -> on_chain.Taken:
    return on_chain.check(on_chain.parse(claim))


class TestNationalSuite:
    HELD, KEY = NationalCertificate().credential(HOLDER)
    GOOD = NationalCertificate().approve(DATA)

    def test_the_example_of_the_standard(self) -> None:
        """GB/T 32918.5 annex A.2."""
        point = (
            0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020,
            0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13,
        )
        r = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
        s = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
        sm2.verify(point, b"message digest", encode_dss_signature(r, s))
        refused(lambda: sm2.verify(point, b"message digest.", encode_dss_signature(r, s)), "bad_signature")

    @given(content=st.binary(max_size=200))
    @settings(max_examples=20, deadline=None)
    def test_signatures_of_another_library(self, content: bytes) -> None:
        key = tongsuo.generate_private_key(tongsuo.SM2())
        signature = key.sign(content, tongsuo.ECDSA(tongsuo_hashes.SM3()))
        numbers = key.public_key().public_numbers()
        sm2.verify((numbers.x, numbers.y), content, signature)
        refused(lambda: sm2.verify((numbers.x, numbers.y), content + b"\0", signature), "bad_signature")

    @pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (sm2.ORDER, 1), (1, sm2.ORDER), (1, sm2.ORDER - 1)])
    def test_numbers_outside_the_group(self, r: int, s: int) -> None:
        refused(lambda: sm2.verify(sm2.G, b"", encode_dss_signature(r, s)), "bad_signature")

    def test_sums_that_meet(self) -> None:
        """The same point twice, and a point and its opposite, take ways of their own through the addition."""
        base = (*sm2.G, 1)
        opposite = (sm2.G[0], sm2.P - sm2.G[1], 1)
        assert sm2.plus(base, opposite)[2] == 0
        assert sm2.plus(sm2.plus(base, base), opposite)[2] != 0
        assert sm2.affine(sm2.plus(base, base)) == sm2_source.times(2, sm2_source.G)
        assert sm2.doubled(sm2.plus(base, opposite))[2] == 0

    def test_points_off_the_curve(self) -> None:
        good = b"\x04" + b"".join(n.to_bytes(32, "big") for n in sm2.G)
        assert sm2.point(good) == sm2.G
        for bad in (good[:-1], b"\x02" + good[1:], good[:-1] + b"\0", b"\x04" + b"\xff" * 64):
            refused(partial(sm2.point, bad), "bad_key")

    def _verify(self, approval: Any = None, held: Any = None) -> str:
        return sm2_certificates.verify(DATA, SAID, approval or self.GOOD, held or self.HELD, [SM2_ROOT], AT)

    def test_a_statement_under_a_certificate(self) -> None:
        assert self._verify() == self.KEY
        refused(lambda: self._verify(approval={"signature": "zz"}), "bad_member")
        refused(lambda: self._verify(held={"certificate": []}), "bad_chain")
        refused(lambda: self._verify(held={"certificate": "PEM"}), "bad_chain")
        refused(lambda: self._verify(held={"certificate": [1]}), "bad_chain")
        p256 = certificates.to_pem(raw(keys.ROOT.certificate))
        refused(lambda: self._verify(held={"certificate": [p256]}), "bad_key")

    def test_issuers(self) -> None:
        leaf = sm2_certificates.load_pem(self.HELD["certificate"][0])
        assert sm2_certificates.issued(leaf, SM2_ROOT)
        assert not sm2_certificates.issued(SM2_ROOT, leaf)
        assert not sm2_certificates.issued(keys.ISSUER.certificate, keys.ROOT.certificate)
        same_name = sm2_source.certify("Vector SM2 Root", sm2_source.Key("another"), start=keys.BORN, end=AT)
        assert not sm2_certificates.issued(leaf, same_name)

    def test_a_certificate_of_version_1(self) -> None:
        old = sm2_source.certify("Old", sm2_source.Key("old"), start=keys.BORN, end=AT, version_1=True)
        refused(lambda: sm2_certificates.load(raw(old)), "bad_certificate")
