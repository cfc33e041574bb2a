"""The pages: own files only, a strict policy, the same words in both languages, and small enough."""

import gzip
import re
from pathlib import Path

import pytest

from api.settings import Settings
from api.web import pages
from tests.unit.api.fakes import Caller, caller

ASSETS = sorted((pages.HERE / "assets").iterdir())
SCRIPTS = [path for path in ASSETS if path.suffix == ".js"]
WORDS = re.compile(r"^  (\w+):", re.MULTILINE)
USED = re.compile(r"""\bt\("(\w+)"[,)]""")
MOST_BYTES = 100_000  # compressed, scripts and styles only; a page with its answers: tests/e2e/looking.py
LINKED = re.compile(r'(?:href|src)="/assets/([^"]+)"')
ASKED = re.compile(r"""(?:from |import |import\()["`]\./([\w${}.-]+)["`]""")


def words(language: str) -> set[str]:
    """Return the names of all sentences in a language."""
    return {
        name
        for path in SCRIPTS
        if path.stem.startswith(f"words-{language}")
        for name in WORDS.findall(path.read_text(encoding="utf-8"))
    }


@pytest.fixture
def call() -> Caller:
    return caller()


@pytest.mark.parametrize("path", ["/", "/sign", "/sign/contract"])
def test_a_page_runs_its_own_scripts_only_and_is_framed_by_nobody(call: Caller, path: str) -> None:
    headers = call("GET", path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-type"].startswith("text/html")


def test_named_origins_may_frame_it() -> None:
    framed = caller(settings=Settings(embedders=("https://app.example",)))
    answer = framed("GET", "/sign")
    assert "frame-ancestors https://app.example" in answer.headers["content-security-policy"]
    assert 'data-embedders="https://app.example"' in answer.text


def test_a_file_that_the_browser_has_is_not_sent_again(call: Caller) -> None:
    first = call("GET", "/assets/main.js")
    assert first.headers["cache-control"] == "no-cache"
    again = call("GET", "/assets/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fpages.py", "pages.py", "sign.html"])
def test_nothing_else_is_served(call: Caller, name: str) -> None:
    assert call("GET", f"/assets/{name}").status_code == 404


def test_each_sentence_is_there_in_both_languages() -> None:
    only_one = words("zh") ^ words("en")
    assert {name for name in only_one if not name.startswith("kind_") and not name.endswith("_gloss")} == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_asks_for_a_sentence_that_is_not_there(path: Path) -> None:
    assert set(USED.findall(path.read_text(encoding="utf-8"))) <= words("zh")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_from_text_or_names_another_origin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert set(re.findall(r"https?://[\w./]+", text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("shell", ["sign.html", "console.html"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_in_one_language_is_small(language: str, shell: str) -> None:
    more = "sale" if shell == "sign.html" else "console"
    waiting = set(LINKED.findall((pages.HERE / shell).read_text(encoding="utf-8")))
    waiting |= {f"words-{language}-institution.js"} if more == "sale" else set()
    sent: set[str] = set()
    while waiting:  # whatever the page may ever ask for, at once or later
        name = waiting.pop()
        sent.add(name)
        text = (pages.HERE / "assets" / name).read_text(encoding="utf-8")
        asked = ASKED.findall(text)
        waiting |= {each.replace("${wanted}", language).replace("${more}", more) for each in asked} - sent
    assert f"words-{language}.js" in sent
    content = [(pages.HERE / shell).read_bytes(), *((pages.HERE / "assets" / name).read_bytes() for name in sent)]
    assert sum(len(gzip.compress(each, 9)) for each in content) <= MOST_BYTES


def test_no_style_asks_for_a_font_or_anything_else_from_elsewhere() -> None:
    for path in ASSETS:
        if path.suffix == ".css":
            assert not re.search(r"@font-face|@import|url\(", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", ["/console", "/console/" + "3d" * 32])
def test_the_console_is_framed_by_nobody_whoever_may_frame_the_rest(path: str) -> None:
    headers = caller(settings=Settings(embedders=("https://app.example",)))("GET", path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("shell", ["sign.html", "console.html"])
def test_a_shell_asks_early_for_nothing_that_is_not_there(shell: str) -> None:
    text = (pages.HERE / shell).read_text(encoding="utf-8")
    assert set(re.findall(r'(?:href|src)="/assets/([^"]+)"', text)) <= {path.name for path in ASSETS}
    assert "<script>" not in text
    assert "style=" not in text
