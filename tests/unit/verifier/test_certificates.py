from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.signers import AT, LEAF, ROOTS, TSA_ROOTS, named, plain, raw, refused
from tests.vector_source import keys
from tests.vector_source.asn1 import Identity
from verifier import certificates
from verifier.errors import UndecidedError, VerificationError


class TestCertificates:
    def test_a_chain_holds_from_leaf_to_root(self) -> None:
        chain = certificates.verify_chain(LEAF.certificate, LEAF.above, ROOTS, AT)
        assert chain == (LEAF.certificate, keys.ISSUER.certificate, keys.ROOT.certificate)

    def test_the_root_may_ride_along(self) -> None:
        others = [keys.ROOT.certificate, keys.ISSUER.certificate]
        assert len(certificates.verify_chain(LEAF.certificate, others, ROOTS, AT)) == 3

    def test_a_root_may_be_the_issuing_one(self) -> None:
        assert len(certificates.verify_chain(LEAF.certificate, (), [keys.ISSUER.certificate], AT)) == 2

    def test_without_roots_nothing_is_decided(self) -> None:
        with pytest.raises(UndecidedError):
            certificates.verify_chain(LEAF.certificate, LEAF.above, [], AT)

    def test_defects_of_a_chain(self) -> None:
        stranger = keys.certify("Vector Issuer", keys.p256("stranger"), keys.ROOT, authority=True)
        leaf, above = LEAF.certificate, LEAF.above

        def chain(
            certificate: x509.Certificate = leaf,
            others: Sequence[x509.Certificate] = above,
            roots: Sequence[x509.Certificate] = ROOTS,
            at: datetime = AT,
        ) -> Callable[[], object]:
            return lambda: certificates.verify_chain(certificate, others, roots, at)

        refused(chain(roots=TSA_ROOTS), "unknown_root")
        refused(chain(others=()), "unknown_root")
        refused(chain(others=(*above, keys.TSA.certificate)), "unused_certificate")
        refused(chain(others=[stranger.certificate]), "bad_certificate_signature")
        refused(chain(others=[keys.ISSUER.certificate] * 7), "too_large")
        refused(chain(at=AT + timedelta(days=5000)), "certificate_not_valid")
        refused(chain(at=keys.BORN - timedelta(seconds=1)), "certificate_not_valid")
        refused(chain(keys.ISSUER.certificate, ()), "not_a_signer")
        below = keys.certify("Below", keys.p256("below"), LEAF)
        refused(chain(below.certificate, below.above), "not_an_authority")
        refused(lambda: certificates.verify_chain(leaf, above, ROOTS, AT, timestamping=True), "not_a_timestamper")

    @pytest.mark.parametrize(
        ("extensions", "code"),
        [
            ([], "not_a_signer"),
            ([(x509.NameConstraints([x509.DNSName("x")], None), True)], "unknown_critical_extension"),
        ],
    )
    def test_what_a_leaf_must_say(self, extensions: list[tuple[x509.ExtensionType, bool]], code: str) -> None:
        leaf = plain(keys.p256("plain"), keys.ROOT, extensions)
        refused(lambda: certificates.verify_chain(leaf, (), ROOTS, AT), code)

    def test_what_an_issuer_must_say(self) -> None:
        bare = Identity(keys.p256("bare"), plain(keys.p256("bare"), keys.ROOT, []))
        leaf = plain(keys.p256("plain"), bare, [])
        refused(lambda: certificates.verify_chain(leaf, [bare.certificate], ROOTS, AT), "not_an_authority")

    def test_a_path_may_not_be_longer_than_its_issuer_allows(self) -> None:
        usage = keys.ISSUER.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        short = plain(keys.p256("short"), None, [(x509.BasicConstraints(ca=True, path_length=0), True), (usage, True)])
        middle = plain(
            keys.p256("middle"),
            Identity(keys.p256("short"), short),
            [(x509.BasicConstraints(ca=True, path_length=None), True), (usage, True)],
            "Middle",
        )
        leaf = plain(keys.p256("plain"), Identity(keys.p256("middle"), middle), [], "Leaf")
        refused(lambda: certificates.verify_chain(leaf, [middle], [short], AT), "not_an_authority")

    def test_defects_of_a_certificate(self) -> None:
        data = raw(LEAF.certificate)
        small = rsa.generate_private_key(65537, 1024)
        builder = named("Weak", small.public_key(), LEAF)
        weak = builder.sign(LEAF.key, hashes.SHA256())
        refused(lambda: certificates.load(raw(weak)), "weak_certificate")
        foreign = named("Weak", ed25519.Ed25519PrivateKey.generate().public_key(), LEAF).sign(LEAF.key, hashes.SHA256())
        refused(lambda: certificates.load(raw(foreign)), "weak_certificate")
        refused(lambda: certificates.load(data + b"\0"), "bad_der")
        refused(lambda: certificates.load(b"\0" * 20_000), "too_large")
        version = data.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1)
        refused(lambda: certificates.load(version), "bad_certificate")

    def test_no_byte_of_a_certificate_is_free(self) -> None:
        data = raw(keys.ISSUER.certificate)
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
            with pytest.raises(VerificationError):
                certificates.verify_chain(LEAF.certificate, [certificates.load(changed)], ROOTS, AT)

    def test_pem_is_strict(self) -> None:
        pem = certificates.to_pem(raw(LEAF.certificate))
        assert pem == LEAF.certificate.public_bytes(Encoding.PEM).decode()
        assert certificates.load_pem(pem) == LEAF.certificate
        for changed in (
            pem + "\n",
            pem[:-1],
            pem.replace("\n", "\r\n"),
            "",
            "-----BEGIN CERTIFICATE-----\n",
            pem.replace("M", "é"),
        ):
            refused(lambda pem=changed: certificates.load_pem(pem), "bad_certificate")  # type: ignore[misc] # bound on purpose
        refused(lambda: certificates.load_pem("x" * 40_000), "too_large")
