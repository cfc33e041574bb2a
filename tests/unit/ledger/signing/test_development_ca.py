import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ledger.errors import CallerError, ConfigurationError, OperatorError
from ledger.signing import DevelopmentCA, open_ca
from ledger.signing.client import Device
from verifier import certificates, statement
from verifier.errors import VerificationError

STREAM = "cd" * 32


def csr(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def leaf_of(chain: tuple[str, ...]) -> x509.Certificate:
    return x509.load_pem_x509_certificate(chain[0].encode())


def name_of(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)


def test_a_certificate_names_the_holder_and_is_marked_as_for_development(ca: DevelopmentCA, at: datetime) -> None:
    device = Device()
    leaf = leaf_of(ca.issue(device.csr_pem("somebody else"), subject=STREAM, common_name="李四", at=at))
    assert name_of(leaf) == "李四"
    assert statement.holder(leaf) == STREAM
    assert certificates.key_digest(leaf) == device.thumbprint()
    for name in (leaf.subject.rfc4514_string(), leaf.issuer.rfc4514_string()):
        assert "DEVELOPMENT" in name
        assert "开发" in name
    assert ca.stand_in
    assert "DEVELOPMENT" in ca.name


def test_the_chain_ends_in_the_root_for_a_day_and_no_longer(ca: DevelopmentCA, at: datetime) -> None:
    chain = ca.issue(Device().csr_pem(), subject=STREAM, common_name="李四", at=at)
    roots = [x509.load_pem_x509_certificate(pem.encode()) for pem in ca.roots_pem()]
    leaf = leaf_of(chain)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(hours=24)
    for good in (at, leaf.not_valid_after_utc):
        statement.verify_chain(chain, roots, good)
    for bad in (leaf.not_valid_before_utc - timedelta(seconds=1), leaf.not_valid_after_utc + timedelta(seconds=1)):
        with pytest.raises(VerificationError):
            statement.verify_chain(chain, roots, bad)


def test_two_certificates_for_one_key_have_different_serial_numbers(ca: DevelopmentCA, at: datetime) -> None:
    request = Device().csr_pem()
    first, second = (leaf_of(ca.issue(request, subject=STREAM, common_name="李四", at=at)) for _ in range(2))
    assert first.serial_number != second.serial_number


def test_a_long_name_is_cut_visibly(ca: DevelopmentCA, at: datetime) -> None:
    exact, long = "基" * 21 + "A", "基" * 22
    names = [
        name_of(leaf_of(ca.issue(Device().csr_pem(), subject=STREAM, common_name=name, at=at)))
        for name in (exact, long)
    ]
    assert names == [exact, "基" * 20 + "…"]


@pytest.mark.parametrize(
    ("request_pem", "says"),
    [
        (csr(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        (csr(ec.generate_private_key(ec.SECP256K1())), "P-256"),
        (csr(rsa.generate_private_key(65537, 2048)), "P-256"),
        ("", "PKCS #10"),
        ("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "PKCS #10"),
        ("证书", "PKCS #10"),
        ("A" * 20_000, "longer"),
    ],
    ids=["P-384", "secp256k1", "RSA", "empty", "not DER", "not ASCII", "too long"],
)
def test_a_request_that_is_not_for_a_p256_key_is_refused(
    ca: DevelopmentCA, at: datetime, request_pem: str, says: str
) -> None:
    with pytest.raises(CallerError, match=says):
        ca.issue(request_pem, subject=STREAM, common_name="李四", at=at)


def test_a_request_for_somebody_elses_key_is_refused(ca: DevelopmentCA, at: datetime) -> None:
    mine, theirs = Device(), Device()
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = x509.load_pem_x509_csr(mine.csr_pem().encode()).public_bytes(serialization.Encoding.DER)
    forged = der.replace(mine.key.public_key().public_bytes(*form), theirs.key.public_key().public_bytes(*form))
    assert forged != der
    pem = x509.load_der_x509_csr(forged).public_bytes(serialization.Encoding.PEM).decode()
    with pytest.raises(CallerError, match="not signed by its own key"):
        ca.issue(pem, subject=STREAM, common_name="李四", at=at)


def test_a_certificate_without_a_name_is_refused(ca: DevelopmentCA, at: datetime) -> None:
    with pytest.raises(CallerError, match="name"):
        ca.issue(Device().csr_pem(), subject=STREAM, common_name=" ", at=at)


def test_the_same_directory_gives_the_same_authority(tmp_path: Path, at: datetime) -> None:
    first = open_ca(tmp_path / "ca", "secret", at)
    again = open_ca(tmp_path / "ca", "secret", at + timedelta(days=9))
    assert again.roots_pem() == first.roots_pem()
    assert again.seal(at)[1] == first.seal(at)[1]


def test_keys_are_encrypted_and_for_the_owner_only(tmp_path: Path, at: datetime) -> None:
    open_ca(tmp_path / "ca", "secret", at)
    files = sorted((tmp_path / "ca").iterdir())
    assert [f.name for f in files] == sorted(
        f"{n}.{kind}.pem" for n in ("root", "issuing", "seal") for kind in ("key", "cert")
    )
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "ca").stat().st_mode) == 0o700
    for file in files:
        if file.name.endswith(".key.pem"):
            assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ca", "ca-sm2"]
    assert stat.S_IMODE((tmp_path / "ca-sm2").stat().st_mode) == 0o700


@pytest.mark.parametrize(("passphrase", "says"), [("wrong", "passphrase"), ("", "empty")])
def test_a_wrong_passphrase_is_told(tmp_path: Path, at: datetime, passphrase: str, says: str) -> None:
    open_ca(tmp_path / "ca", "secret", at)
    with pytest.raises(ConfigurationError, match=says):
        open_ca(tmp_path / "ca", passphrase, at)


def test_a_damaged_directory_is_told(tmp_path: Path, at: datetime) -> None:
    open_ca(tmp_path / "ca", "secret", at)
    open_ca(tmp_path / "other", "secret", at)
    certificate = tmp_path / "ca" / "root.cert.pem"
    certificate.write_bytes((tmp_path / "other" / "root.cert.pem").read_bytes())
    with pytest.raises(ConfigurationError, match="do not belong together"):
        open_ca(tmp_path / "ca", "secret", at)
    certificate.write_bytes(b"nothing")
    with pytest.raises(ConfigurationError, match=r"root\.cert\.pem"):
        open_ca(tmp_path / "ca", "secret", at)
    certificate.unlink()
    with pytest.raises(ConfigurationError, match="restore"):
        open_ca(tmp_path / "ca", "secret", at)


def test_when_two_processes_begin_at_once_the_first_ones_keys_are_the_keys(
    tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def other_process_first(beside: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        open_ca(tmp_path / "ca", "secret", at)
        return rename(beside, target)

    monkeypatch.setattr(Path, "rename", other_process_first)
    second = open_ca(tmp_path / "ca", "secret", at)
    assert second.roots_pem() == open_ca(tmp_path / "ca", "secret", at).roots_pem()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ca", "ca-sm2"]
    assert stat.S_IMODE((tmp_path / "ca-sm2").stat().st_mode) == 0o700


def test_a_place_that_cannot_be_made_is_told(tmp_path: Path, at: datetime) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match="writable"):
        open_ca(tmp_path / "file" / "ca", "secret", at)


def test_a_seal_out_of_date_is_renewed_and_stays_renewed(tmp_path: Path, at: datetime) -> None:
    later = at + timedelta(days=4 * 365)
    ca = open_ca(tmp_path / "ca", "secret", at)
    _, before = ca.seal(at)
    key, after = ca.seal(later)
    assert before[0] != after[0]
    assert key.public_key() == leaf_of(after).public_key()
    roots = [x509.load_pem_x509_certificate(pem.encode()) for pem in ca.roots_pem()]
    statement.verify_chain(after, roots, later)
    assert open_ca(tmp_path / "ca", "secret", later).seal(later)[1] == after


def test_an_authority_past_its_time_issues_nothing(tmp_path: Path, at: datetime) -> None:
    ca = open_ca(tmp_path / "ca", "secret", at)
    for when in (at - timedelta(seconds=2), at + timedelta(days=11 * 365)):
        with pytest.raises(OperatorError, match="clock"):
            ca.issue(Device().csr_pem(), subject=STREAM, common_name="李四", at=when)


def test_an_instant_must_be_utc(ca: DevelopmentCA, at: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        ca.issue(Device().csr_pem(), subject=STREAM, common_name="李四", at=at.replace(tzinfo=None))
