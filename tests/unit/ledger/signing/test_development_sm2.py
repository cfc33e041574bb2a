"""The development authority of the national suite, read by our verifier and by OpenSSL."""

import shutil
import stat
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledger.errors import CallerError, ConfigurationError
from ledger.signing.development_sm2 import DevelopmentSm2CA, open_sm2_ca
from tests.vector_source.sm2 import Key
from verifier import certificates, statement
from verifier.approvals import sm2_certificates
from verifier.errors import VerificationError

HOLDER = "cd" * 32
POINT = b"\x04" + b"".join(number.to_bytes(32, "big") for number in Key("holder").point)


@pytest.fixture
def authority(tmp_path: Path, at: datetime) -> DevelopmentSm2CA:
    return open_sm2_ca(tmp_path / "sm2", "passphrase", at)


def test_a_certificate_for_a_day(authority: DevelopmentSm2CA, at: datetime) -> None:
    (pem,) = authority.issue(POINT, subject=HOLDER, common_name="张三", at=at)
    leaf, root = sm2_certificates.load_pem(pem), sm2_certificates.load_pem(authority.root_pem)
    assert statement.holder(leaf) == HOLDER
    assert sm2_certificates.key(leaf) == Key("holder").point
    for good in (at, at + timedelta(hours=23)):
        certificates.verify_chain(leaf, [], [root], good, issued=sm2_certificates.issued)
    for bad in (at - timedelta(seconds=2), at + timedelta(hours=25)):
        with pytest.raises(VerificationError):
            certificates.verify_chain(leaf, [], [root], bad, issued=sm2_certificates.issued)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="LOUD: no openssl here to read our SM2 certificates with")
def test_openssl_takes_the_chain(authority: DevelopmentSm2CA, at: datetime, tmp_path: Path) -> None:
    (pem,) = authority.issue(POINT, subject=HOLDER, common_name="张三", at=at)
    for name, text in (("leaf.pem", pem), ("root.pem", authority.root_pem)):
        (tmp_path / name).write_text(text)
    seconds = str(int((at + timedelta(hours=1)).timestamp()))
    command = ["openssl", "verify", "-attime", seconds, "-vfyopt", "distid:1234567812345678", "-CAfile", "root.pem"]
    done = subprocess.run([*command, "leaf.pem"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "leaf.pem: OK\n", done.stderr


def test_it_is_kept_and_opened_again(tmp_path: Path, authority: DevelopmentSm2CA, at: datetime) -> None:
    assert open_sm2_ca(tmp_path / "sm2", "passphrase", at).root_pem == authority.root_pem
    assert stat.S_IMODE((tmp_path / "sm2" / "root.key").stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    with pytest.raises(ConfigurationError, match="passphrase"):
        open_sm2_ca(tmp_path / "sm2", "another", at)


def test_what_is_no_key(authority: DevelopmentSm2CA, at: datetime) -> None:
    with pytest.raises(CallerError, match="SM2 curve"):
        authority.issue(POINT[:-1], subject=HOLDER, common_name="张三", at=at)
