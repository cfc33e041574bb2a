"""``pfl check``, ``replay`` and ``rules backtest`` as people and programs see them: words, exit status, bad input."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ledger.cli import app, backtests, decisions, main
from ledger.domain.instants import to_text
from ledger.errors import CallerError, ConfigurationError, NotFoundError
from ledger.rules.errors import LawNotInForceError, RulesetError
from ledger.services.ledger import Ledger
from tests import population
from tests.deciding import RULES, World, open_world
from verifier.verify import RECIPE

ASSETS = "cn/order_105/art12_financial_assets.toml"
Pfl = Callable[..., Result]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path / "data")
    yield opened
    opened.parts.store.close()


@pytest.fixture
def pfl(world: World, monkeypatch: pytest.MonkeyPatch) -> Pfl:
    """Run a command against the world's ledger; our own errors come through."""

    @contextmanager
    def opened(_data: Path | None) -> Iterator[Ledger]:
        yield world.ledger

    for module in (decisions, backtests):
        monkeypatch.setattr(module, "opened", opened)

    def run(*arguments: object) -> Result:
        done = CliRunner().invoke(app, [str(a) for a in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    file = tmp_path / "draft_5m" / ASSETS
    file.parent.mkdir(parents=True)
    text = RULES.files()[ASSETS].replace('"3000000"', '"5000000"').replace('"confirmed"', '"draft"')
    file.write_text(text, encoding="utf-8")
    return tmp_path / "draft_5m"


def test_check_says_yes_until_when_and_on_what_it_rests(world: World, pfl: Pfl) -> None:
    person = world.investor(tolerance="C5", certified=True)
    done = pfl("check", person, world.product, "1000000.00", "--fee", "10000.00")
    assert done.exit_code == 0
    assert done.stdout.startswith("eligible  may buy for 1000000.00 CNY, fee 10000.00\n")
    assert "can change at 2026-" in done.stdout
    assert "✗" not in done.stdout
    assert "not yet checked" not in done.stdout
    assert "Rests on values that nobody has yet checked against the official text:" in done.stdout


def test_check_says_no_with_article_both_languages_and_the_way_out(world: World, pfl: Pfl) -> None:
    person = world.investor(tolerance="C5", certified=True)
    done = pfl("check", person, world.product, "999999.99")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    head = next(n for n, line in enumerate(lines) if line.startswith("✗ FAIL"))
    assert "《私募投资基金监督管理暂行办法》第12条" in lines[head]
    assert "低于" in lines[head + 1]
    assert "is below the minimum" in lines[head + 2]
    assert lines[head + 3].strip() == "→ 请将认购金额（不含认购费）提高至不低于1000000元"
    assert lines[head + 4].strip().startswith("invest at least 1000000 CNY")
    assert "✓" not in done.stdout


def test_explain_shows_every_finding_with_rule_and_leaves(world: World, pfl: Pfl) -> None:
    person = world.investor(tolerance="C5", certified=False)
    done = pfl("check", person, world.product, "1000000.00", "--explain")
    assert done.exit_code == 2
    decision = json.loads(pfl("check", person, world.product, "1000000.00", "--json").stdout)
    for finding in decision["findings"]:
        assert f"    {finding['rule']}\n" in done.stdout
        for leaf in finding["rests_on"]:
            assert f"rests on {leaf}" in done.stdout
        if "changes_at" in finding:
            assert f"until {finding['changes_at'][:19]}Z" in done.stdout
    assert done.stdout.index("? NEEDS_EVIDENCE") < done.stdout.index("✓ PASS")


def test_check_answers_as_of_then_with_what_was_known_then(world: World, pfl: Pfl) -> None:
    person = world.investor(tolerance="C5", certified=True)
    then = to_text(world.parts.clock.now())
    world.parts.clock.advance(days=2)
    world.revoke(person)
    asked = ("check", person, world.product, "1000000.00")
    assert pfl(*asked).exit_code == 1
    assert pfl(*asked, "--at", then).exit_code == 0
    assert pfl(*asked, "--known-at", then).exit_code == 0
    past = json.loads(pfl(*asked, "--at", then, "--known-at", then, "--json").stdout)
    assert (past["as_of"], past["known_at"], past["answer"]) == (then, then, "eligible")


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (("1e6",), CallerError, "cannot read the question: amount '1e6' must be a plain decimal"),
        (("1000000.00", "--currency", "RMB!"), CallerError, "three-letter ISO 4217"),
        (("1000000.00", "--currency", "USD"), CallerError, "ask in CNY, as the product is"),
        (("1000000.00", "--at", "yesterday"), CallerError, "is not written as YYYY-MM-DD"),
        (("1000000.00", "--at", "2999-01-01T00:00:00.000000Z"), CallerError, "may not lie in the future"),
        (("1000000.00", "--known-at", "2999-01-01T00:00:00.000000Z"), CallerError, "may not lie in the future"),
        (
            ("1000000.00", "--at", "2001-01-01T00:00:00.000000Z"),
            CallerError,
            "the product was not introduced by 2001-01-01",
        ),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(
    world: World, pfl: Pfl, arguments: tuple[str, ...], error: type[CallerError], says: str
) -> None:
    with pytest.raises(error) as caught:
        pfl("check", world.investor(), world.product, *arguments)
    assert says in caught.value.message


def test_an_instant_before_the_law_is_named(world: World, pfl: Pfl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.parts.clock, "at", datetime(2013, 5, 1, tzinfo=UTC))
    person, product = world.investor(), population.product(world.ledger, world.parts.clock.now())
    with pytest.raises(LawNotInForceError, match="was not in force on 2013-05-01, only from 2014-08-21"):
        pfl("check", person, product, "1000000.00")


def test_nobody_is_asked_about_who_is_not_there(world: World, pfl: Pfl) -> None:
    with pytest.raises(NotFoundError, match="there is no investor"):
        pfl("check", "f" * 64, world.product, "1000000.00")


def test_replay_prints_each_decision_and_the_outcome(world: World, pfl: Pfl, tmp_path: Path) -> None:
    sale = world.sale(world.investor(tolerance="C4", certified=False))
    file = tmp_path / "evidence.json"
    file.write_bytes(world.bundle(sale))
    done = pfl("replay", file)
    assert done.exit_code == 0
    assert f"verification: holds, {len(RECIPE)} of {len(RECIPE)} steps hold" in done.stdout
    assert done.stdout.count("✓ decision.made") == 2
    assert done.stdout.endswith("replay: same\n")
    body = json.loads(pfl("replay", "--json", file).stdout)
    assert (body["outcome"], body["exit_code"], body["verification"]) == ("same", 0, "holds")


def test_replay_of_a_changed_bundle_says_where(world: World, pfl: Pfl, tmp_path: Path) -> None:
    sale = world.sale(world.investor(tolerance="C4", certified=False))
    file = tmp_path / "evidence.json"
    file.write_bytes(world.bundle(sale).replace(b'"C4"', b'"C5"', 1))
    done = pfl("replay", file)
    assert done.exit_code == 1
    assert "verification step 2" in done.stdout
    assert done.stdout.endswith("replay: differs\n")


def test_replay_of_what_is_not_there_or_not_a_trust_file(pfl: Pfl, tmp_path: Path) -> None:
    assert pfl("replay", tmp_path / "nothing").exit_code == 3
    (tmp_path / "x").write_text("x")
    assert pfl("replay", tmp_path / "x", "--trust", tmp_path / "x").exit_code == 3


def test_a_back_test_tells_what_flips_and_why(world: World, pfl: Pfl, draft: Path, tmp_path: Path) -> None:
    flips = world.sale(world.investor(tolerance="C4", certified=False), assets="4000000.00")
    world.sale(world.investor(tolerance="C4", certified=False), assets="5000000.00")
    table = tmp_path / "flips.csv"
    done = pfl("rules", "backtest", draft, "--csv", table)
    assert done.exit_code == 1
    assert f"changes {ASSETS}" in done.stdout
    assert flips[:8] in done.stdout
    assert "1 sale: PASS → FAIL  《私募投资基金监督管理暂行办法》第12条" in done.stdout
    assert "1 flip, 0 cannot be decided" in done.stdout
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    assert (row["sale"], row["before"], row["after"], row["draft"]) == (flips, "PASS", "FAIL", "ineligible")
    assert "5000000" in row["reason_en"]
    body: Any = json.loads(pfl("rules", "backtest", draft, "--json").stdout)
    assert [f["sale"] for f in body["flips"]] == [flips]


def test_a_back_test_without_flips_ends_well_and_of_unknowns_says_so(world: World, pfl: Pfl, draft: Path) -> None:
    assert pfl("rules", "backtest", draft).exit_code == 0
    person = world.investor(tolerance="C4", certified=False)
    world.sale(person)
    world.parts.store.destroy_subject_key(person)
    done = pfl("rules", "backtest", draft)
    assert done.exit_code == 2
    assert "the investor's key was destroyed" in done.stdout


def test_a_back_test_refuses_bad_days_bad_drafts_and_bad_files(pfl: Pfl, draft: Path, tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="--from 'May' is not a day"):
        pfl("rules", "backtest", draft, "--from", "May")
    with pytest.raises(RulesetError, match="is not a folder"):
        pfl("rules", "backtest", tmp_path / "nothing")
    with pytest.raises(ConfigurationError, match="name another file with --csv"):
        pfl("rules", "backtest", draft, "--csv", tmp_path / "no" / "file.csv")


def test_our_errors_are_one_sentence_and_exit_status_three(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pfl", "check", "f" * 64, "f" * 64, "1e6"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 3
    assert "invalid_request" in capsys.readouterr().err


@pytest.mark.parametrize("group", [(), ("rules",), ("keys",), ("chain",)])
def test_every_command_has_help(group: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*group, "--help"])
    assert done.exit_code == 0
    assert "--help" in done.stdout
