"""The master key file: what it protects, and every way in which it refuses."""

import json
import stat
from pathlib import Path

import pytest

from ledger.errors import ConfigurationError, IntegrityError
from ledger.storage.keys import DEVELOPMENT_PASSPHRASE, MasterKey, change_passphrase, create_master_key, open_master_key

CHEAP = 2


def test_a_key_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    made = create_master_key(path, "correct horse", cost=CHEAP)
    assert open_master_key(path, "correct horse") == made
    assert not made.development
    with pytest.raises(ConfigurationError, match="PFL_PASSPHRASE"):
        open_master_key(path, "wrong")


def test_the_development_passphrase_is_told(tmp_path: Path) -> None:
    made = create_master_key(tmp_path / "k", DEVELOPMENT_PASSPHRASE, cost=CHEAP)
    assert made.development
    assert open_master_key(tmp_path / "k", DEVELOPMENT_PASSPHRASE).development


def test_the_file_is_private_and_a_looser_mode_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k"
    create_master_key(path, "p", cost=CHEAP)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        open_master_key(path, "p")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "k"
    create_master_key(path, "p", cost=CHEAP)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="already there"):
        create_master_key(path, "p", cost=CHEAP)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"kind": "other"},
        {"scrypt": 2**21},
        {"scrypt": "x"},
        {"salt": "zz"},
        {"key": None},
    ],
)
def test_a_malformed_file_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "k"
    create_master_key(path, "p", cost=CHEAP)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ConfigurationError, match="not a master key file"):
        open_master_key(path, "p")


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{}"])
def test_something_else_is_not_a_key_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError):
        open_master_key(path, "p")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="create it"):
        open_master_key(tmp_path / "none", "p")


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="choose a data directory"):
        create_master_key(tmp_path / "file" / "k", "p", cost=CHEAP)


def test_a_new_passphrase_opens_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "k"
    made = create_master_key(path, "old", cost=CHEAP)
    box = made.wrap(b"x" * 32, "subject:1")
    changed = change_passphrase(path, "old", "new", cost=CHEAP)
    assert changed.unwrap(box, "subject:1") == b"x" * 32
    assert open_master_key(path, "new").unwrap(box, "subject:1") == b"x" * 32
    with pytest.raises(ConfigurationError):
        open_master_key(path, "old")


def test_a_box_opens_only_for_its_purpose_and_unchanged() -> None:
    master = MasterKey(b"m" * 32)
    box = master.wrap(b"key", "subject:1")
    assert master.unwrap(box, "subject:1") == b"key"
    with pytest.raises(IntegrityError):
        master.unwrap(box, "subject:2")
    for i in range(len(box)):
        changed = bytes(b ^ (i == j) for j, b in enumerate(box))
        with pytest.raises(IntegrityError):
            master.unwrap(changed, "subject:1")
    for cut in (b"", box[:5], box[:-1]):
        with pytest.raises(IntegrityError):
            master.unwrap(cut, "subject:1")


def test_keys_of_different_purposes_differ_and_the_key_is_not_shown() -> None:
    master = MasterKey(b"m" * 32)
    assert master.derive("a") == master.derive("a")
    assert master.derive("a") != master.derive("b")
    assert "mmmm" not in repr(master)
