"""Every ruleset in use is kept: what was decided under yesterday's law is decided the same tomorrow."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.rules import Rules
from ledger.services import rulesets
from ledger.services.replay import Comparison, replay
from tests.deciding import RULES, World, open_world
from verifier.report import Outcome

ASSETS = "cn/order_105/art12_financial_assets.toml"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path)
    yield opened
    opened.parts.store.close()


def change_law(world: World) -> None:
    """Bring another threshold into use, as a restart with new files does."""
    files = RULES.files()
    files[ASSETS] = files[ASSETS].replace('"3000000"', '"3400000"')
    world.ledger = replace(world.ledger, rules=Rules.from_files(files))
    assert rulesets.adopt(world.ledger)


def test_a_ruleset_is_adopted_once_and_named_by_its_digest(world: World) -> None:
    assert not rulesets.adopt(world.ledger)
    with world.reading() as reader:
        (adopted,) = [e for e in reader.events(world.ledger.operator) if e.type == "ruleset.adopted"]
    assert [d.sha256 for d in adopted.documents] == [RULES.digest] == [adopted.fields["digest"]]
    kept = world.ledger.documents.get(RULES.digest, subject=world.ledger.operator)
    assert json.loads(kept) == RULES.files()


def test_a_decision_under_yesterdays_law_is_replayed_under_yesterdays_law(world: World) -> None:
    sale = world.sale(world.investor(tolerance="C4", certified=False), assets="3300000.00")
    change_law(world)
    world.decide(sale)
    found = replay(world.bundle(sale))
    assert found.report.verdict is Outcome.HOLDS
    assert [d.outcome for d in found.decisions] == [Comparison.SAME] * 3
    assert found.decisions[-1].answer == "ineligible" != found.decisions[-2].answer


def test_a_bundle_holds_the_rulesets_its_decisions_name_and_the_one_in_use(world: World) -> None:
    old = world.sale(world.investor(tolerance="C4", certified=False))
    change_law(world)
    new = world.sale(world.investor(tolerance="C4", certified=False))
    for sale, digests in ((old, {RULES.digest, world.ledger.rules.digest}), (new, {world.ledger.rules.digest})):
        body = json.loads(world.bundle(sale))
        assert {r["digest"] for r in body["rulesets"]} == digests
        assert [e["record"]["type"] for e in body["records"]].count("ruleset.adopted") == 2


def test_a_ruleset_that_was_never_adopted_leaves_the_bundle_undecided(world: World) -> None:
    files = RULES.files()
    files[ASSETS] = files[ASSETS].replace('"3000000"', '"3400000"')
    now_in_use, world.ledger = world.ledger, replace(world.ledger, rules=Rules.from_files(files))
    sale = world.sale(world.investor(tolerance="C4", certified=False))
    world.ledger = now_in_use
    found = replay(world.bundle(sale))
    assert found.report.verdict is Outcome.UNDECIDED
    assert found.exit_code == 2
    assert "the bundle lacks ruleset" in found.decisions[0].detail
