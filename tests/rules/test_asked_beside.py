"""What services ask the rules beside decisions and steps: seats, final investors, statements, purposes, drafts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.domain.decision import Facts
from ledger.domain.holders import Holder
from ledger.domain.sale import Step
from ledger.rules import Rules, load
from ledger.rules.cn.pipl import art29_separate_consent
from ledger.rules.drafts import lay_over
from ledger.rules.errors import FactsError, RulesetError
from ledger.rules.loader import parse, read
from ledger.rules.policy import life_cycle
from ledger.rules.registry import RULES as REGISTRY
from tests.rules import world
from tests.rules.given import WHO
from tests.rules.world import NOW

RULES = load()
LIMIT = "cn/order_105/art12_minimum.toml"
DRAFTED = read()[LIMIT].replace('status = "confirmed"', 'status = "draft"')


def draft(folder: Path, name: str, content: str) -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_whoever_holds_takes_no_second_seat_and_keeps_the_first() -> None:
    known = world.facts(None)
    assert RULES.seats(known, NOW) == 1
    holding = replace(known.investor, holdings=world.holding("1000000"))
    assert RULES.seats(replace(known, investor=holding), NOW) == 0
    assert RULES.seats(replace(world.facts(), investor=holding), NOW) == 1, "the sale whose seat it is"


def test_a_pool_that_two_pools_hold_is_looked_through_once() -> None:
    pool = Holder("investor", "partnership", holders=("a", "b"))
    both = [Holder(name, "contract", holders=("shared",)) for name in ("a", "b")]
    shared = Holder("shared", "partnership", holders=("person",))
    found = RULES.final_investors([pool, *both, shared, Holder("person", "natural_person")], NOW)
    assert [holder.id for holder in found] == ["person"]


def test_the_certification_that_stands_longest_counts_and_of_ended_ones_the_last() -> None:
    known = world.facts(None)
    (one,) = known.investor.certifications
    longer = replace(one, leaf=world.leaf("longer"), valid_until=one.valid_until + timedelta(days=1))
    gone = replace(one, leaf=world.leaf("gone"), valid_until=NOW)
    for order in ((one, longer, gone), (gone, longer, one)):
        assert _standing(replace(known, investor=replace(known.investor, certifications=order))) == (longer.leaf,)
    later = replace(gone, leaf=world.leaf("later"), granted_at=gone.granted_at + timedelta(hours=1))
    ended = replace(known, investor=replace(known.investor, certifications=(later, gone)))
    assert _standing(ended) == (later.leaf,)


def _standing(known: Facts) -> tuple[str, ...]:
    decision = RULES.decide(known, at=NOW, as_of=NOW, known_at=NOW)
    (found,) = [f for f in decision.findings if f.rule == "cn/amac_raising/art27_certification_standing"]
    return found.rests_on


def test_foreign_regimes_are_listed_with_what_they_want_in_writing() -> None:
    assert {name: len(RULES.regime_statements(name, NOW)) > 0 for name in RULES.foreign()} == {
        "us_reg_d_506c": True,
        "hk_pi": False,
        "sg_ai": True,
        "eu_elective_professional": True,
    }
    with pytest.raises(FactsError, match="no foreign regime 'cn_private_fund'"):
        RULES.regime_statements("cn_private_fund", NOW)


def test_cooling_off_begins_as_the_contract_says_except_for_securities_funds() -> None:
    assert RULES.cooling_off_start(world.product()) == "signed_and_paid"
    assert (
        RULES.cooling_off_start(replace(world.product(), fund_type="private_equity", cooling_off_from="paid")) == "paid"
    )


def test_purposes_of_consent_are_those_of_the_day() -> None:
    rows = art29_separate_consent.purposes(RULES.law(NOW))
    assert [row["purpose"] for row in rows] == ["financial_account", "sharing"]


def test_a_step_that_policy_forgets_is_the_ruleset_s_mistake() -> None:
    files = read()
    name = "policy/default/life_cycle.toml"
    lines = [line for line in files[name].splitlines(keepends=True) if 'step = "rate"' not in line]
    rules = Rules.from_files({**files, name: "".join(lines)})
    with pytest.raises(RulesetError, match=rf"{life_cycle.KEY}.toml, value.items: says nothing about the step rate"):
        rules.permit(world.facts(None), Step.RATE, WHO["compliance"], NOW)


def test_a_ruleset_of_one_rule_decides_by_it() -> None:
    (rule,) = [rule for rule in REGISTRY if rule.key == "cn/order_105/art12_minimum"]
    decision = Rules(parse(read()), registry=(rule,)).decide(world.facts(), at=NOW, as_of=NOW, known_at=NOW)
    assert [f.rule for f in decision.findings] == [rule.key]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("note.txt", "nothing", "holds no TOML file"),
        (LIMIT, read()[LIMIT], 'no value with status = "draft"'),
        (LIMIT, DRAFTED.replace('unit = "CNY"', 'unit = "USD"'), "must be in CNY, as the law has it"),
    ],
)
def test_a_folder_that_is_no_draft_is_told_why(tmp_path: Path, name: str, content: str, says: str) -> None:
    with pytest.raises(RulesetError, match=says):
        lay_over(read(), draft(tmp_path / "mine", name, content))


def test_a_draft_is_found_by_its_folder_or_its_name_and_nowhere_else(tmp_path: Path) -> None:
    assert lay_over(read(), draft(tmp_path / "mine", LIMIT, DRAFTED)).files == (LIMIT,)
    assert lay_over(read(), Path("order_105_2023_12_08")).name == "order_105_2023_12_08"
    for unknown in (Path("order_999"), tmp_path / "not" / "there"):
        with pytest.raises(RulesetError, match="not a folder, nor a draft that comes with the program"):
            lay_over(read(), unknown)
