"""The tree stays readable, says what is true, and names no machine it was made on."""

import ast
import fnmatch
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, tracked

LONGEST = 400
SOURCE = {".py", ".sol", ".js", ".mjs", ".ts", ".css", ".html", ".toml", ".mako"}
# Written so that this file does not match itself.
FOREIGN = re.compile(
    r"registry\.npmjs\.org|registry\.yarnpkg\.com|files\.pythonhosted\.org|pypi\.org/simple|deb\.debian\.org"
    r"|^--?(?:index-url|extra-index-url|find-links|i|f)\b"
    r"|(?<![\w.%/:-])/(?:w[o]rk|r[o]ot|t[m]p|h[o]me/\w+|U[s]ers/\w+)/",
    re.MULTILINE,
)
NAMED = re.compile(
    r"`((?:[\w.-]+/)+[\w.*-]*|[\w-]+\.(?:py|md|toml|js|sol|txt))`|\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)"
)


def too_long(files: Iterable[Path]) -> Iterator[str]:
    """Yield every source file with more lines than a reader holds in mind."""
    for path in files:
        if path.suffix in SOURCE or (path.parent.name in {"scripts", ".ci"} and not path.suffix):
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > LONGEST:
                yield f"{path}: {lines} lines"


def hollow(files: Iterable[Path]) -> Iterator[str]:
    """Yield every package that holds nothing but a docstring."""
    paths = list(files)
    for path in paths:
        if path.name == "__init__.py" and not any(other != path and path.parent in other.parents for other in paths):
            body = ast.parse(path.read_text(encoding="utf-8")).body
            if all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body):
                yield f"{path.parent}: a folder with nothing in it"


def foreign(files: Iterable[Path]) -> Iterator[str]:
    """Yield every registry host, package index line and path of somebody's machine."""
    for path in files:
        content = path.read_bytes()
        if b"\0" not in content:
            text = content.decode("utf-8", "replace")  # test vectors are broken on purpose
            for match in FOREIGN.finditer(text):
                yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"


def missing(document: Path, known: Collection[str], ignored: Iterable[str] = ()) -> Iterator[str]:
    """Yield every file or folder that a document names and that is not among the known endings of paths."""
    for match in NAMED.finditer(document.read_text(encoding="utf-8")):
        name = (match[1] or match[2]).rstrip("/").removeprefix("./")
        while name.startswith("../"):
            name = name.removeprefix("../")
        if not name.startswith(tuple(ignored)) and not (fnmatch.filter(known, name) if "*" in name else name in known):
            yield f"{document}: {name} does not exist"


def endings(paths: Iterable[Path]) -> frozenset[str]:
    """Return every ending of every path and of the folders it stands in, files also without their suffix."""
    found: set[str] = set()
    for path in paths:
        for place in (path, path.with_suffix(""), *path.parents):
            found.update("/".join(place.parts[start:]) for start in range(len(place.parts)))
    return frozenset(found)


def _made_by_running() -> tuple[str, ...]:
    """Return what `.gitignore` names: it exists only after something ran."""
    return tuple(line.strip().rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line.strip())


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert "\n".join(too_long(tracked())) == ""


def test_every_package_has_something_in_it() -> None:
    assert "\n".join(hollow(tracked())) == ""


def test_no_registry_host_and_no_machine_path_is_committed() -> None:
    assert "\n".join(foreign(tracked())) == ""


def test_the_documents_name_only_what_exists() -> None:
    documents = [path for path in tracked() if path.suffix == ".md"]
    assert ROOT / "README.md" in documents
    known = endings(path.relative_to(ROOT) for path in tracked())
    found = [line for document in documents for line in missing(document, known, _made_by_running())]
    assert "\n".join(found) == ""


def test_a_long_file_is_caught(tmp_path: Path) -> None:
    short, long = tmp_path / "short.py", tmp_path / "long.sol"
    short.write_text("\n" * LONGEST)
    long.write_text("\n" * (LONGEST + 1))
    assert list(too_long([short, long])) == [f"{long}: {LONGEST + 1} lines"]


def test_a_hollow_package_is_caught(tmp_path: Path) -> None:
    for package, body in {"hollow": '"""Words."""', "full": "X = 1", "outer": "", "outer/inner": "X = 1"}.items():
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(body)
    assert list(hollow(sorted(tmp_path.rglob("*.py")))) == [f"{tmp_path / 'hollow'}: a folder with nothing in it"]


@pytest.mark.parametrize(
    "text",
    [
        "resolved: https://registry.npm" + "js.org/solc",
        "--index" + "-url https://somewhere",
        "see /wo" + "rk/main/x",
        "path = '/ro" + "ot/x'",
        "open('/t" + "mp/x')",
        "cd /ho" + "me/alice/x",
    ],
)
def test_a_trace_of_a_machine_is_caught(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.txt"
    file.write_text(f"first\n{text}\n")
    assert [line.split(":")[1] for line in foreign([file])] == ["2"]


@pytest.mark.parametrize(
    "text", ["https://example.org/wo" + "rk/1", "docs/wo" + "rk/x", "the index-url setting", "a/t" + "mp/b"]
)
def test_a_harmless_line_is_not(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.txt"
    file.write_text(text)
    assert not list(foreign([file]))


def test_a_document_that_names_nothing_real_is_caught(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text(
        "Run `scripts/gone`, see [it](docs/gone.md#part), [this](https://example.org); `x/*.py`, `a.toml`."
    )
    assert len(list(missing(document, endings([])))) == 4
    assert len(list(missing(document, endings([Path("scripts/gone.py"), Path("x/y.txt")]), ["docs/"]))) == 2
    there = [Path("scripts/gone"), Path("docs/gone.md"), Path("x/a.py"), Path("rulesets/cn/a.toml")]
    assert not list(missing(document, endings(there)))
    document.write_text("The folders `rulesets/` and `rulesets/cn/`, and [up](../docs/gone.md).")
    assert not list(missing(document, endings(there)))
