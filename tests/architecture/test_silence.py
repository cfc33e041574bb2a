"""Whoever silences a check says why, on the same line."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import tracked

SILENCED = re.compile(r"#\s*(?:n[o]qa|type:\s*ign[o]re|pragma:\s*n[o] (?:cover|branch))\b(?P<rest>.*)")
CODES = re.compile(r"\[[\w, -]+\]|:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*")
REASON = re.compile(r"\s*(?:-|#)\s*[\w`]")


def unexplained(files: Iterable[Path]) -> Iterator[str]:
    """Yield every silenced check that does not name itself and its reason, as `# …: CODE - reason`."""
    for path in files:
        if path.suffix == ".py":
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                found = SILENCED.search(line)
                if found and not REASON.match(CODES.sub("", found["rest"], count=1)):
                    yield f"{path}:{number}: {line.strip()}"


def test_every_silenced_check_says_why() -> None:
    assert "\n".join(unexplained(tracked())) == ""


@pytest.mark.parametrize(
    "comment",
    ["# no" + "qa", "# no" + "qa: S101", "# type: ig" + "nore[misc]", "# pragma: no" + " cover", "# no" + "qa: S101 -"],
)
def test_an_unexplained_silence_is_caught(tmp_path: Path, comment: str) -> None:
    file = tmp_path / "x.py"
    file.write_text(f"x = 1\ny = 2  {comment}\n")
    assert [line.split(":")[1] for line in unexplained([file])] == ["2"]


@pytest.mark.parametrize(
    "comment",
    [
        "# no" + "qa: S101, PLR0911 - narrows for mypy",
        "# type: ig" + "nore[misc]  # no types",
        "# pragma: no" + " cover - another system",
    ],
)
def test_an_explained_one_is_not(tmp_path: Path, comment: str) -> None:
    file = tmp_path / "x.py"
    file.write_text(f"y = 2  {comment}\n")
    assert not list(unexplained([file]))
