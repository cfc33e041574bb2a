"""The composition root wires what the configuration names."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.bootstrap import close_ledger, open_ledger
from ledger.config import from_environment
from ledger.errors import ConfigurationError
from tests.authority import authority

FILE = '[[authority]]\nname = "national-time"\nurl = "{url}"\nroots = "root.pem"\ninterval_seconds = 60\n'


def test_authorities_are_those_of_the_file_and_a_former_stand_in_stays_declared(tmp_path: Path) -> None:
    with authority(tmp_path / "authority") as answering:
        (tmp_path / "root.pem").write_text(answering.roots[0])
        (tmp_path / "authorities.toml").write_text(
            FILE.format(url=answering.url) + "[[authority]]\ndevelopment = true\n"
        )
        named = {"PFL_DATA": str(tmp_path / "data"), "PFL_AUTHORITIES": str(tmp_path / "authorities.toml")}
        both = open_ledger(from_environment(named))
        try:
            assert (both.tsa.name, [each.stand_in for each in both.authorities]) == ("national-time", [True])
            assert "tsa:development" in both.stand_ins
            assert len(both.log.kept_roots()) == 2
        finally:
            close_ledger(both)
        (tmp_path / "authorities.toml").write_text(FILE.format(url=answering.url))
        one = open_ledger(from_environment(named))
        try:
            assert one.authorities == ()
            assert "tsa:development" in one.stand_ins, "its tokens are still in bundles"
            root = x509.load_pem_x509_certificate(answering.roots[0].encode()).public_bytes(Encoding.DER)
            assert root in one.log.kept_roots()
        finally:
            close_ledger(one)
        fresh = open_ledger(from_environment({**named, "PFL_DATA": str(tmp_path / "fresh")}))
        try:
            assert "tsa:development" not in fresh.stand_ins
        finally:
            close_ledger(fresh)


@pytest.mark.parametrize("name", ["PFL_CONFIRMATIONS", "PFL_MAX_GWEI"])
def test_limits_of_the_chain_are_whole_numbers(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is '-1'"):
        from_environment({name: "-1"})
