"""What may stand in the way of starting: each gives one sentence that names the fix, and nothing is lost."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ledger.bootstrap import close_ledger, open_ledger
from ledger.config import Config
from ledger.errors import ConfigurationError
from ledger.services import keys
from ledger.services.fsck import fsck
from ledger.services.ledger import SYSTEM


def pfl(*arguments: str, settings: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PFL_")}
    command = [sys.executable, "-m", "ledger.cli", *arguments]
    environment.update(settings or {})
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


def test_a_port_in_use_names_the_option(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = pfl("serve", "--port", port, "--data", str(tmp_path / "data"))
    assert done.returncode == 3
    assert "choose another with --port" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["file", "below_file"])
def test_a_data_directory_that_cannot_be_made_names_the_setting(tmp_path: Path, place: str) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("somebody's file")
    data = occupied if place == "file" else occupied / "data"
    done = pfl("chain", "status", "--data", str(data))
    assert done.returncode == 3
    assert "PFL_DATA" in done.stderr
    assert occupied.read_text() == "somebody's file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere, so nothing is unwritable for it")
def test_a_data_directory_that_is_not_writable_names_the_setting(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ConfigurationError, match="not writable"):
            open_ledger(Config(tmp_path))
    finally:
        tmp_path.chmod(0o700)


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    done = pfl("chain", "status", "--data", str(tmp_path), settings={"PFL_PASPHRASE": "typo"})
    assert done.returncode == 3
    assert "PFL_PASPHRASE" in done.stderr


def test_a_wrong_passphrase_is_named_and_changes_nothing(tmp_path: Path) -> None:
    close_ledger(open_ledger(Config(tmp_path, passphrase="the right one")))
    with pytest.raises(ConfigurationError, match="PFL_PASSPHRASE"):
        open_ledger(Config(tmp_path, passphrase="another"))
    ledger = open_ledger(Config(tmp_path, passphrase="the right one"))
    try:
        assert not fsck(ledger).problems
    finally:
        close_ledger(ledger)


def test_a_database_from_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    close_ledger(open_ledger(Config(tmp_path)))
    with sqlite3.connect(tmp_path / "ledger.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = (tmp_path / "ledger.sqlite").read_bytes()
    with pytest.raises(ConfigurationError, match="newer"):
        open_ledger(Config(tmp_path))
    assert (tmp_path / "ledger.sqlite").read_bytes() == before


def test_a_restart_keeps_chain_log_and_keys(tmp_path: Path) -> None:
    ledger = open_ledger(Config(tmp_path))
    with ledger.store.transaction() as tx:
        secret = str(keys.issue(ledger, tx, SYSTEM, duty="auditor", label="kept")["secret"])
        size = tx.size()
    contracts = ledger.anchor.status().contracts
    vkey = ledger.secrets.log_vkey()
    close_ledger(ledger)
    again = open_ledger(Config(tmp_path))
    try:
        with again.store.snapshot() as reader:
            assert reader.size() == size
        assert again.keys.find(secret).label == "kept"
        assert again.anchor.status().contracts == contracts
        assert again.secrets.log_vkey() == vkey
    finally:
        close_ledger(again)


def test_the_demo_leaves_a_directory_of_yours_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = pfl("demo", "--output", str(tmp_path))
    assert done.returncode == 3
    assert "--output" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_reading_commands_run_beside_a_writer(tmp_path: Path) -> None:
    ledger = open_ledger(Config(tmp_path))
    try:
        done = pfl("chain", "status", "--data", str(tmp_path))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["chain"]["contracts"] == ledger.anchor.status().contracts
    finally:
        close_ledger(ledger)
    shutil.rmtree(tmp_path)
