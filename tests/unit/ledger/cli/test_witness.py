"""``pfl witness``: what it prints and when it refuses."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.cli import app
from ledger.errors import ConfigurationError
from ledger.witness.book import Book
from ledger.witness.directory import open_directory
from ledger.witness.judging import Witness
from tests.histories import NOW, VKEY, history
from tests.vector_source.world import ORIGIN
from verifier import cosignature

NAME = "custodian.example/witness"


def pfl(*arguments: str) -> tuple[int, str]:
    """Run a command; our own errors come out as they are."""
    done = CliRunner().invoke(app, ["witness", *arguments])
    if isinstance(done.exception, ConfigurationError):
        raise done.exception
    return done.exit_code, done.stdout


def test_init_prints_the_verifier_key_and_keeps_what_was_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PFL_WITNESS_PASSPHRASE", "secret words")
    where = str(tmp_path / "w")
    code, out = pfl("init", "--dir", where, "--name", NAME, "--log", VKEY, "--url", "https://operator.example")
    assert code == 0
    assert cosignature.parse_vkey(out.strip())[0] == NAME
    opened = open_directory(tmp_path / "w", "secret words")
    assert (opened.vkey, opened.logs[ORIGIN].url) == (out.strip(), "https://operator.example")
    with pytest.raises(ConfigurationError, match="holds a witness already"):
        pfl("init", "--dir", where, "--name", NAME)


def test_an_address_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="name that too"):
        pfl("init", "--dir", str(tmp_path / "w"), "--name", NAME, "--url", "https://operator.example")
    with pytest.raises(ConfigurationError, match="not the verifier key of a log"):
        pfl("init", "--dir", str(tmp_path / "w"), "--name", NAME, "--log", "x")


def test_status_tells_what_was_seen(tmp_path: Path) -> None:
    where = str(tmp_path / "w")
    pfl("init", "--dir", where, "--name", NAME, "--log", VKEY)
    code, out = pfl("status", "--dir", where)
    assert (code, json.loads(out)["logs"]) == (0, [{"origin": ORIGIN, "size": None, "time": None, "forks": 0}])
    witness = Witness(open_directory(tmp_path / "w"), Book(tmp_path / "w" / "witness.sqlite"))
    witness.add(history().submission(0, 5), NOW)
    witness.book.close()
    assert json.loads(pfl("status", "--dir", where)[1])["logs"][0]["size"] == 5


def test_one_that_was_never_made_cannot_run(tmp_path: Path) -> None:
    for command in (("status",), ("run", "--port", "0"), ("compare", "http://127.0.0.1:9")):
        with pytest.raises(ConfigurationError, match="pfl witness init"):
            pfl(*command, "--dir", str(tmp_path / "w"))
