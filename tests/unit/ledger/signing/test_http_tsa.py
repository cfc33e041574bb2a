"""RFC 3161 over HTTP, with `openssl ts` as the authority; what it answers wrongly is refused, and says so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509

from ledger.errors import ConfigurationError, OperatorError
from ledger.signing.authorities import open_authorities
from ledger.signing.development_tsa import DevelopmentTSA
from ledger.signing.http_tsa import HttpTSA
from tests.authority import Answering, authority
from tests.fakes import START
from verifier import timestamp
from verifier.cms import MAX_CMS

DIGEST = sha256(b"a checkpoint").digest()


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answering]:
    with authority(tmp_path_factory.mktemp("authority")) as found:
        yield found


@pytest.fixture
def tsa(answering: Answering) -> Iterator[HttpTSA]:
    yield HttpTSA("national-time", answering.url, answering.roots)
    answering.meddle = lambda reply: (200, reply)


def test_a_token_of_openssl_verifies(tsa: HttpTSA) -> None:
    token = tsa.stamp(DIGEST, START)
    roots = [x509.load_pem_x509_certificate(pem.encode()) for pem in tsa.roots_pem()]
    stamp = timestamp.verify(token, DIGEST, roots)
    assert (stamp.policy, stamp.root) == ("1.2.3.4.1", roots[0])
    assert "National Time TSA" in stamp.authority


def test_a_policy_is_asked_for_and_no_other_taken(tsa: HttpTSA) -> None:
    roots = [x509.load_pem_x509_certificate(pem.encode()) for pem in tsa.roots_pem()]
    token = replace(tsa, policy="1.2.3.4.5").stamp(DIGEST, START)
    assert timestamp.verify(token, DIGEST, roots).policy == "1.2.3.4.5"
    with pytest.raises(OperatorError, match="refuses: rejection"):
        replace(tsa, policy="1.2.3.4.9").stamp(DIGEST, START)


def test_the_answer_to_another_request_is_refused(tsa: HttpTSA, answering: Answering) -> None:
    tsa.stamp(DIGEST, START)
    earlier = (answering.folder / "reply.tsr").read_bytes()
    answering.meddle = lambda _: (200, earlier)
    with pytest.raises(OperatorError, match="answer to another request"):
        tsa.stamp(DIGEST, START)
    with pytest.raises(OperatorError, match="does not verify"):
        tsa.stamp(sha256(b"another").digest(), START)


@pytest.mark.parametrize(
    ("status", "reply", "said"),
    [
        (503, b"", "HTTP status 503"),
        (200, b"", "not a TimeStampResp"),
        (200, b"<html>", "not a TimeStampResp"),
        (200, bytes.fromhex("30053003020102"), "refuses: rejection"),
        (200, b"\x30" * (MAX_CMS + 1), "longer than"),
    ],
)
def test_a_wrong_answer_is_told(tsa: HttpTSA, answering: Answering, status: int, reply: bytes, said: str) -> None:
    answering.meddle = lambda _: (status, reply)
    with pytest.raises(OperatorError, match=said) as told:
        tsa.stamp(DIGEST, START)
    assert "national-time" in told.value.message
    assert told.value.zh


def test_a_byte_changed_on_the_way_is_noticed(tsa: HttpTSA, answering: Answering) -> None:
    answering.meddle = lambda reply: (200, reply[:-1] + bytes([reply[-1] ^ 1]))
    with pytest.raises(OperatorError, match="does not verify"):
        tsa.stamp(DIGEST, START)


def test_a_token_under_a_root_that_was_not_named_is_refused(tsa: HttpTSA, tsa_root: str) -> None:
    with pytest.raises(OperatorError, match="is its root in the authorities file"):
        replace(tsa, roots=(tsa_root,)).stamp(DIGEST, START)


def test_an_authority_that_is_away_is_told() -> None:
    with pytest.raises(OperatorError, match="does not answer"):
        HttpTSA("away", "http://127.0.0.1:9/tsr", (), timeout=1).stamp(DIGEST, START)


@pytest.fixture
def tsa_root(tmp_path: Path) -> str:
    with authority(tmp_path / "other", "Other Time") as other:
        return other.roots[0]


class TestFile:
    """The file of authorities."""

    def test_it_names_them_in_order(self, answering: Answering, tmp_path: Path) -> None:
        (tmp_path / "root.pem").write_text(answering.roots[0])
        (tmp_path / "authorities.toml").write_text(
            '[[authority]]\nname = "a"\nurl = "https://a.example/tsr"\nroots = "root.pem"\npolicy = "1.2.3"\n'
            "interval_seconds = 60\n[[authority]]\ndevelopment = true\n"
        )
        stand_in = DevelopmentTSA.__new__(DevelopmentTSA)
        first, second = open_authorities(tmp_path / "authorities.toml", lambda: stand_in)
        assert first == HttpTSA("a", "https://a.example/tsr", answering.roots, "1.2.3", timedelta(minutes=1))
        assert second is stand_in

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "one or more tables"),
            ("[authority]", "one or more tables"),
            ("x = ", "cannot be read"),
            ("other = 1\n[[authority]]\ndevelopment = true", "nothing else"),
            ("[[authority]]\ndevelopment = false", "it has name"),
            ('[[authority]]\nname = "a"\nurl = "https://a"', "it has name"),
            ('[[authority]]\nname = "a"\nurl = "ftp://a"\nroots = "root.pem"', "begins with https"),
            ('[[authority]]\nname = ""\nurl = "https://a"\nroots = "root.pem"', "1 to 255"),
            ('[[authority]]\nname = "a"\nurl = "https://a"\nroots = "none.pem"', "no PEM"),
            ('[[authority]]\nname = "a"\nurl = "https://a"\nroots = "root.pem"\npolicy = "x"', "object identifier"),
            ('[[authority]]\nname = "a"\nurl = "https://a"\nroots = "root.pem"\ninterval_seconds = -1', "whole"),
            (2 * '[[authority]]\nname = "a"\nurl = "https://a"\nroots = "root.pem"\n', "twice"),
        ],
    )
    def test_what_is_wrong_is_named(self, answering: Answering, tmp_path: Path, text: str, said: str) -> None:
        (tmp_path / "root.pem").write_text(answering.roots[0])
        (tmp_path / "authorities.toml").write_text(text)
        with pytest.raises(ConfigurationError, match=said):
            open_authorities(tmp_path / "authorities.toml", lambda: DevelopmentTSA.__new__(DevelopmentTSA))

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="cannot be read"):
            open_authorities(tmp_path / "none.toml", lambda: DevelopmentTSA.__new__(DevelopmentTSA))
