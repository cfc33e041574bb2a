import shutil
import subprocess
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509

from ledger.errors import OperatorError
from ledger.signing import DevelopmentTSA
from verifier import timestamp
from verifier.errors import VerificationError

CONTENT = b"a checkpoint"
DIGEST = sha256(CONTENT).digest()


def anchors(tsa: DevelopmentTSA) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(pem.encode()) for pem in tsa.roots_pem()]


def openssl_verify(directory: Path, content: bytes, token: bytes, roots: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: install it to check tokens with a second implementation")
    (directory / "content").write_bytes(content)
    (directory / "token.der").write_bytes(token)
    command = ["openssl", "ts", "-verify", "-token_in", "-in", "token.der", "-data", "content", "-CAfile", str(roots)]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def test_openssl_accepts_a_token(tmp_path: Path, tsa: DevelopmentTSA, at: datetime, roots: tuple[Path, Path]) -> None:
    done = openssl_verify(tmp_path, CONTENT, tsa.stamp(DIGEST, at), roots[1])
    assert "Verification: OK" in done.stdout, done.stderr
    assert done.returncode == 0


def test_openssl_refuses_it_for_other_bytes_and_under_another_root(
    tmp_path: Path, tsa: DevelopmentTSA, at: datetime, roots: tuple[Path, Path]
) -> None:
    token = tsa.stamp(DIGEST, at)
    assert openssl_verify(tmp_path, CONTENT + b"!", token, roots[1]).returncode != 0
    assert openssl_verify(tmp_path, CONTENT, token, roots[0]).returncode != 0


@pytest.mark.parametrize("microsecond", [0, 1, 500_000, 678_900, 999_999])
def test_the_time_is_the_instant_given(tsa: DevelopmentTSA, at: datetime, microsecond: int) -> None:
    when = at.replace(microsecond=microsecond) + timedelta(hours=1)
    stamp = timestamp.verify(tsa.stamp(DIGEST, when), DIGEST, anchors(tsa))
    assert stamp.time == when
    assert "DEVELOPMENT" in stamp.authority


def test_serial_numbers_differ(tsa: DevelopmentTSA, at: datetime) -> None:
    tokens = [timestamp.verify(tsa.stamp(DIGEST, at), DIGEST, anchors(tsa)).serial for _ in range(20)]
    assert len(set(tokens)) == 20


def test_our_verifier_refuses_another_digest(tsa: DevelopmentTSA, at: datetime) -> None:
    with pytest.raises(VerificationError):
        timestamp.verify(tsa.stamp(DIGEST, at), sha256(b"other").digest(), anchors(tsa))


def test_only_sha256_digests_are_stamped(tsa: DevelopmentTSA, at: datetime) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        tsa.stamp(DIGEST[:31], at)


def test_an_authority_past_its_time_stamps_nothing(tsa: DevelopmentTSA, at: datetime) -> None:
    for when in (at - timedelta(seconds=2), at + timedelta(days=11 * 365)):
        with pytest.raises(OperatorError, match="clock"):
            tsa.stamp(DIGEST, when)


def test_it_says_that_it_is_a_stand_in(tsa: DevelopmentTSA) -> None:
    assert tsa.stand_in
    assert "DEVELOPMENT" in tsa.name
