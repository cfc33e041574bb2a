"""Replay: a bundle's decisions made again from its own records and rulesets, byte for byte; nothing else is asked."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.decision import Decision
from ledger.domain.events import Value
from ledger.domain.money import Money
from ledger.rules import identity
from ledger.rules.replay import rules_of
from ledger.services import eligibility
from ledger.services.ledger import SYSTEM
from ledger.services.replay import Comparison, Replay, replay, replay_parsed
from tests import population
from tests.deciding import RULES, World, open_world
from tests.proving import reseal
from verifier import bundle as bundles
from verifier import disclosure
from verifier.report import Outcome

Change = Callable[[dict[str, Any]], None]
ROOT = Path(__file__).resolve().parents[4]
PARTS = (
    "verifier",
    "ledger/__init__.py",
    "ledger/errors.py",
    "ledger/domain",
    "ledger/rules",
    "ledger/services/__init__.py",
    "ledger/services/replay.py",
    "ledger/services/replay_facts.py",
    "ledger/services/replay_reading.py",
    "ledger/services/differences.py",
)
"""Everything that a replay needs; of the law, only what is in the bundle."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path)
    yield opened
    opened.parts.store.close()


@pytest.fixture
def sale(world: World) -> str:
    return world.sale(world.investor(tolerance="C4", certified=False))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """The evidence of one sale, for what only changes it."""
    world = open_world(tmp_path_factory.mktemp("sale"))
    yield world.bundle(world.sale(world.investor(tolerance="C4", certified=False)))
    world.parts.store.close()


def ask(world: World, investor: str, amount: str = "1000000.00", product: str = "") -> Decision:
    with world.reading() as reader:
        return eligibility.decide(
            world.ledger, reader, eligibility.Question(investor, product or world.product, Money.parse(amount))
        )


def buyer(world: World, sale: str) -> str:
    with world.reading() as reader:
        return reader.events(sale)[0].text("investor")


def receipt(world: World, decision: Decision) -> None:
    with world.parts.store.transaction() as tx:
        eligibility.with_receipt(world.ledger, tx, SYSTEM, decision)


def outcomes(found: Replay) -> list[Comparison]:
    return [d.outcome for d in found.decisions]


def changed(bundle: bytes, change: Change) -> Replay:
    """Replay a bundle that was changed and whose verification is left out."""
    body = json.loads(bundle)
    change(body)
    return replay_parsed(replay(bundle).report, bundles.parse(reseal(body)))


def disclose(body: dict[str, Any], kind: str, name: str, value: Value) -> None:
    """Say something else in a record, with a commitment that fits."""
    for entry in body["records"]:
        if entry["record"]["type"] == kind:
            for opened in entry["disclosures"]:
                if opened[1] == name:
                    opened[2] = value
                    entry["record"]["fields"][name] = disclosure.commitment(opened[0], name, value)


def withhold(body: dict[str, Any], kind: str, *names: str) -> None:
    for entry in body["records"]:
        if entry["record"]["type"] == kind:
            entry["disclosures"] = [d for d in entry["disclosures"] if d[1] not in names]


def test_every_decision_of_a_sale_is_made_again_byte_for_byte(world: World, sale: str) -> None:
    found = replay(world.bundle(sale))
    assert found.report.verdict is Outcome.HOLDS
    assert [d.type for d in found.decisions] == ["decision.made", "decision.made"]
    assert outcomes(found) == [Comparison.SAME, Comparison.SAME]
    assert (found.outcome, found.exit_code) == (Comparison.SAME, 0)
    assert found.as_json()["outcome"] == "same"


def test_so_is_a_receipt_that_somebody_asked_for(world: World, sale: str) -> None:
    receipt(world, ask(world, buyer(world, sale)))
    found = replay(world.bundle(sale))
    assert [d.type for d in found.decisions][-1] == "eligibility.decided"
    assert found.outcome is Comparison.SAME


def test_a_receipt_about_the_past_sees_what_was_known_then(world: World, sale: str) -> None:
    person = buyer(world, sale)
    then = world.parts.clock.now()
    world.parts.clock.advance(days=1)
    world.revoke(person)
    with world.reading() as reader:
        decision = eligibility.decide(
            world.ledger,
            reader,
            eligibility.Question(person, world.product, Money.parse("1000000.00"), at=then, known_at=then),
        )
    receipt(world, decision)
    assert replay(world.bundle(sale)).outcome is Comparison.SAME


def test_what_was_recorded_after_a_decision_at_the_same_instant_does_not_count(world: World, sale: str) -> None:
    receipt(world, ask(world, buyer(world, sale)))
    world.revoke(buyer(world, sale))  # the clock stands still: the order in the log decides
    assert replay(world.bundle(sale)).outcome is Comparison.SAME


def test_somebody_elses_seats_count_and_stay_withheld(world: World, sale: str) -> None:
    world.append("product.seats_reserved", world.product, {"sale": "e" * 64, "seats": 3})
    world.decide(sale)
    bundle = world.bundle(sale)
    assert ("e" * 64).encode() not in bundle
    found = replay(bundle)
    assert found.outcome is Comparison.SAME
    assert "seat 4 of" in bundle.decode()


def test_a_decision_that_does_not_follow_from_the_records_is_named(world: World, sale: str) -> None:
    decision = ask(world, buyer(world, sale), amount="999999.99")
    receipt(world, decision._replace(amount=Money.parse("1000000.00"), question="may buy for 1000000.00 CNY, fee 0.00"))
    found = replay(world.bundle(sale))
    assert found.report.verdict is Outcome.HOLDS
    assert (found.outcome, found.exit_code) == (Comparison.DIFFERS, 1)
    lines = found.decisions[-1].differences
    assert 'findings.[cn/order_105/art12_minimum].outcome: recorded "FAIL", replayed "PASS"' in lines


def test_one_changed_input_is_named(bundle: bytes) -> None:
    found = changed(bundle, lambda body: disclose(body, "assessment.completed", "tolerance", "C1"))
    assert found.outcome is Comparison.DIFFERS
    lines = found.decisions[0].differences
    assert 'findings.[cn/order_130/art19_over_tolerance].outcome: recorded "PASS", replayed "FAIL"' in lines
    assert any(line.startswith("answer: recorded") for line in lines)


def test_another_law_is_named(bundle: bytes) -> None:
    def raise_threshold(body: dict[str, Any]) -> None:
        files = body["rulesets"][0]["files"]
        name = "cn/order_105/art12_financial_assets.toml"
        files[name] = files[name].replace("3000000", "4000000")

    found = changed(bundle, raise_threshold)
    assert outcomes(found)[-1] is Comparison.DIFFERS
    lines = found.decisions[-1].differences
    assert 'findings.[cn/order_105/art12_qualified_investor].outcome: recorded "PASS", replayed "FAIL"' in lines
    assert any(line.startswith("ruleset: recorded") for line in lines)


def test_a_changed_byte_is_not_replayed_at_all(bundle: bytes) -> None:
    found = replay(bundle.replace(b'"C4"', b'"C5"', 1))
    assert (found.outcome, found.decisions) == (Comparison.DIFFERS, ())
    assert "verification step 2" in found.problem


def test_no_bundle_is_an_answer_too() -> None:
    assert replay(b"{}").exit_code == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda b: withhold(b, "assessment.completed", "tolerance"), "withholds tolerance, which the facts need"),
        (lambda b: withhold(b, "decision.made", "decision"), "withholds decision"),
        (lambda b: withhold(b, "sale.opened", "own_request", "fee"), "withholds fee"),
        (lambda b: withhold(b, "product.seats_reserved", "sale", "seats"), "withholds seats"),
        (lambda b: b["rulesets"].clear(), "the bundle lacks ruleset"),
        (lambda b: b["rulesets"][0]["files"].pop("units.toml"), "cannot read the ruleset: units.toml: is missing"),
        (lambda b: disclose(b, "decision.made", "decision", {"answer": "eligible"}), "does not say amount, as_of"),
        (lambda b: disclose(b, "decision.made", "decision", "yes"), "does not say amount, answer"),
        (lambda b: disclose(b, "assessment.completed", "score", "fifty"), "not of this program's domain"),
    ],
)
def test_what_is_missing_leaves_it_undecided(bundle: bytes, change: Change, says: str) -> None:
    found = changed(bundle, change)
    assert (found.outcome, found.exit_code) == (Comparison.UNDECIDED, 2)
    assert says in found.decisions[0].detail


def test_a_decision_about_another_product_is_not_in_this_bundle(world: World, sale: str) -> None:
    other = population.product(world.ledger, world.parts.clock.now())
    receipt(world, ask(world, buyer(world, sale), product=other))
    found = replay(world.bundle(sale))
    assert outcomes(found) == [Comparison.SAME, Comparison.SAME, Comparison.UNDECIDED]
    assert f"does not hold stream {other[:12]}…" in found.decisions[-1].detail


def test_a_bundle_without_decisions_has_nothing_to_replay(bundle: bytes) -> None:
    def forget(body: dict[str, Any]) -> None:
        body["records"] = [e for e in body["records"] if e["record"]["type"] != "decision.made"]

    found = changed(bundle, forget)
    assert (found.outcome, found.problem) == (
        Comparison.UNDECIDED,
        "the bundle holds no decision: there is nothing to replay",
    )


def test_facts_that_the_rules_refuse_differ_from_any_decision(bundle: bytes) -> None:
    found = changed(bundle, lambda b: disclose(b, "product.introduced", "legal_form", "club"))
    assert found.outcome is Comparison.DIFFERS
    assert "the rules decide nothing: legal form 'club'" in found.decisions[0].detail


def test_a_ruleset_from_before_a_rule_decides_without_it() -> None:
    files = RULES.files()
    later = "cn/order_105/art17_risk_rating"
    del files[f"{later}.toml"]
    assert later not in {str(row["rule"]) for row in rules_of(files).index() if isinstance(row, dict)}


def test_it_runs_beside_nothing_but_the_verifier_the_rules_and_the_domain(tmp_path: Path, bundle: bytes) -> None:
    for part in PARTS:
        target = tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, target)
    (tmp_path / "evidence.json").write_bytes(bundle)
    program = (
        "import socket, sys\n"
        "def refuse(*_): raise OSError('no network here')\n"
        "socket.socket = refuse\n"
        "from ledger.services.replay import replay\n"
        "assert sys.modules['ledger'].__file__.startswith(sys.argv[1])\n"
        "sys.exit(replay(open('evidence.json', 'rb').read()).exit_code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_other_code_decided_the_same_is_the_same(world: World, sale: str) -> None:
    receipt(world, ask(world, buyer(world, sale))._replace(engine="e" * 64))
    found = replay(world.bundle(sale))
    assert found.outcome is Comparison.SAME
    assert found.decisions[-1].detail.endswith(", decided by other code")


def test_what_other_code_decided_otherwise_needs_that_code(world: World, sale: str) -> None:
    decision = ask(world, buyer(world, sale), amount="999999.99")
    wrong = decision._replace(amount=Money.parse("1000000.00"), engine="e" * 64)
    receipt(world, wrong)
    last = replay(world.bundle(sale)).decisions[-1]
    assert last.outcome is Comparison.UNDECIDED
    assert f"engine {'e' * 64}" in last.detail
    assert any("art12_minimum" in line for line in last.differences)
    assert not any(line.startswith("engine") for line in last.differences)


def test_the_engine_is_named_by_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in identity.PARTS:
        shutil.copytree(ROOT / "ledger" / part, tmp_path / "one" / part)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    rule = tmp_path / "two" / "rules" / "cn" / "order_105" / "art12_minimum.py"

    def named(package: Path) -> str:
        monkeypatch.setattr(identity, "PACKAGE", package)
        return identity.engine.__wrapped__()

    assert len(named(tmp_path / "one")) == 64
    assert named(tmp_path / "one") == named(tmp_path / "two")
    rule.write_text(rule.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert named(tmp_path / "one") != named(tmp_path / "two")
