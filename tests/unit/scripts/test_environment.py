import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import environment
from scripts.environment import SetupError, digest, install, packages, run, uv_environment

Pip = Callable[[str], dict[str, str]]


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pip:
    """Return what uv is told when pip's configuration file says this and nothing else is set."""
    for name in (*environment.SETTINGS.values(), "UV_INDEX_STRATEGY", "UV_CACHE_DIR", "npm_config_cache"):
        monkeypatch.delenv(name, raising=False)
    for setting in environment.SETTINGS:
        monkeypatch.delenv(f"PIP_{setting.replace('-', '_').upper()}", raising=False)
    monkeypatch.setattr(environment, "PYTHON", Path(sys.executable))

    def told(text: str) -> dict[str, str]:
        (tmp_path / "pip.conf").write_text(text)
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
        return uv_environment()

    return told


def test_uv_is_told_where_pip_looks(pip: Pip) -> None:
    env = pip(
        "[global]\nindex-url = https://mirror.example/simple\ncert = ca.pem\ntimeout = 9\nproxy = http://p.example:3\n"
    )
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert env["SSL_CERT_FILE"] == "ca.pem"
    assert env["UV_HTTP_TIMEOUT"] == "9"
    assert env["ALL_PROXY"] == "http://p.example:3"
    assert "UV_INDEX_STRATEGY" not in env


def test_several_values_are_separated_as_uv_wants(pip: Pip, tmp_path: Path) -> None:
    here = str(tmp_path)
    env = pip(
        "[global]\nextra-index-url =\n  https://a.example/s\n  https://b.example/s\n"
        f"find-links =\n  {here}\n  /not/there\n  https://c.example/links\n"
        "trusted-host = a.example\n  b.example\n"
    )
    assert env["UV_INDEX"] == "https://a.example/s https://b.example/s"
    assert env["UV_FIND_LINKS"] == f"{here},https://c.example/links"
    assert env["UV_INSECURE_HOST"] == "a.example b.example"
    assert env["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_a_variable_wins_over_the_file_and_install_over_global(pip: Pip, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[install]\nindex-url = https://install.example\n[global]\nindex-url = https://global.example\n"
    assert pip(text)["UV_DEFAULT_INDEX"] == "https://install.example"
    monkeypatch.setenv("PIP_INDEX_URL", "https://variable.example")
    assert pip(text)["UV_DEFAULT_INDEX"] == "https://variable.example"


def test_what_is_set_for_uv_itself_stays(pip: Pip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example")
    assert pip("[global]\nindex-url = https://mirror.example\n")["UV_DEFAULT_INDEX"] == "https://mine.example"


def test_other_sections_of_pips_file_are_not_for_installing(pip: Pip) -> None:
    assert "UV_DEFAULT_INDEX" not in pip("[download]\nindex-url = https://other.example\n")


def test_without_a_home_caches_go_into_the_checkout(pip: Pip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    env = pip("")
    assert env["UV_CACHE_DIR"].startswith(str(environment.ROOT))
    assert env["npm_config_cache"].startswith(str(environment.ROOT))


def test_with_a_home_they_stay_where_they_are(pip: Pip, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not {"UV_CACHE_DIR", "npm_config_cache"} & pip("").keys()


def test_a_failing_program_is_named() -> None:
    with pytest.raises(SetupError, match=r"sys\.exit\(3\)` failed"):
        run([sys.executable, "-c", "import sys; sys.exit(3)"])


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str]]:
    """Return an empty checkout in which installing only notes the locks it was given."""
    for name in ("setup", "runtime", "dev"):
        (tmp_path / f"{name}.txt").write_text(name)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".venv").mkdir()
    for name, path in {"ROOT": tmp_path, "LOCKS": tmp_path, "VENV": tmp_path / ".venv"}.items():
        monkeypatch.setattr(environment, name, path)
    installed: list[str] = []
    monkeypatch.setattr(environment, "install", lambda locks: installed.append(locks[-1].stem))
    return tmp_path, installed


def test_nothing_is_installed_twice(checkout: tuple[Path, list[str]]) -> None:
    _, installed = checkout
    for profile in ("runtime", "runtime", "dev", "runtime", "dev"):
        packages(profile)
    assert installed == ["runtime", "dev"]


@pytest.mark.parametrize("changed", ["dev.txt", "setup.txt", "pyproject.toml"])
def test_a_change_of_what_was_installed_installs_again(checkout: tuple[Path, list[str]], changed: str) -> None:
    root, installed = checkout
    packages("dev")
    (root / changed).write_text("another")
    packages("dev")
    assert installed == ["dev", "dev"]


def test_an_interrupted_installation_is_not_taken_for_a_finished_one(
    checkout: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, installed = checkout
    packages("runtime")
    (root / "runtime.txt").write_text("another")

    def interrupted(_locks: list[Path]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(environment, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            packages("runtime")
    (root / "runtime.txt").write_text("runtime")
    packages("runtime")
    assert installed == ["runtime", "runtime"]


def test_another_folder_is_another_installation(
    checkout: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = checkout
    before = digest([root / "dev.txt"])
    monkeypatch.setattr(environment, "VENV", root / "moved")
    assert digest([root / "dev.txt"]) != before


def test_without_uv_pip_does_it_with_the_same_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[str, ...]] = []

    def pretend(*arguments: str | Path) -> None:
        commands.append(tuple(str(argument) for argument in arguments))
        if "bootstrap.txt" in commands[-1][-1]:
            raise SetupError("no uv here")

    monkeypatch.setattr(environment, "pip", pretend)
    monkeypatch.setattr(environment, "works", lambda *_: False)
    install([environment.LOCKS / "runtime.txt"])
    assert commands[1] == ("--require-hashes", "-r", str(environment.LOCKS / "runtime.txt"))
    assert commands[2][:3] == ("--no-deps", "--no-build-isolation", "-e")
