"""A ruleset with anything doubtful in it does not load; the error points at file, key and date."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.rules import load
from ledger.rules.catalogue import words
from ledger.rules.engine import Rules
from ledger.rules.errors import NotCoveredError, RulesetError, UnconfirmedValueError
from ledger.rules.loader import PACKAGED, parse, read
from tests.rules import world
from tests.rules.defects import ASSETS, BAD, FILES, GATE, MATRIX, VALIDITY, over, put, two


@pytest.mark.parametrize(("files", "file", "key", "says"), BAD.values(), ids=BAD.keys())
def test_a_bad_ruleset_does_not_load(files: dict[str, str], file: str, key: str, says: str) -> None:
    with pytest.raises(RulesetError) as caught:
        Rules.from_files(files)
    assert caught.value.evidence["file"] == file
    assert str(caught.value.evidence["key"]).endswith(key)
    assert says in caught.value.message


@pytest.mark.parametrize("case", ["a gap", "an overlap", "a looser policy", "an amount with a comma"])
def test_an_error_in_a_value_names_its_day(case: str) -> None:
    with pytest.raises(RulesetError, match=r"value from 20\d\d-\d\d-\d\d"):
        Rules.from_files(BAD[case][0])


def test_the_unchanged_ruleset_loads() -> None:
    assert Rules.from_files(FILES).digest == load().digest


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f | {ASSETS: f[ASSETS].replace("3000000", "3000001")},
        lambda f: f | {ASSETS: f[ASSETS] + "\n"},
        lambda f: {k: v for k, v in f.items() if k != "policy/default/rating_validity.toml"},
        lambda f: {("cn/order_105/art12_x.toml" if k == ASSETS else k): v for k, v in f.items()},
    ],
)
def test_the_digest_covers_every_byte_and_every_name(change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    assert parse(change(dict(FILES))).digest != parse(FILES).digest


def test_a_stricter_policy_loads_and_is_cited() -> None:
    rules = Rules.from_files(put(VALIDITY, 'amount = "1"', 'amount = "0"'))
    decision = rules.decide(world.facts(), at=world.NOW, as_of=world.NOW, known_at=world.NOW)
    finding = next(f for f in decision.findings if f.rule == "cn/amac_raising/art18_assessment_validity")
    assert finding.outcome.value == "FAIL"
    assert finding.citation.norm == "policy_default"


@pytest.mark.parametrize("file", [GATE, MATRIX, ASSETS])
def test_a_policy_that_repeats_the_law_is_not_looser(file: str) -> None:
    assert parse({**FILES, "policy/default/over.toml": over(file)}).overlays


def test_a_policy_in_force_at_another_time_than_the_law_s_value_restricts_nothing_then() -> None:
    text = over(ASSETS).replace("from = 2014-08-21", "from = 2014-08-21\nuntil = 2015-01-01")
    law = FILES[ASSETS].replace("from = 2014-08-21", "from = 2015-01-01").replace("3000000", "4000000")
    parse({**FILES, ASSETS: law, "policy/default/over.toml": text})


def test_a_policy_over_a_subset_may_only_leave_out() -> None:
    kinds = "policy/default/proof_kinds.toml"
    law = re.sub(r"norm = .*\narticle = .*", 'norm = "order_105"\narticle = "12"', FILES[kinds])
    files = {**FILES, "cn/order_105/art12_kinds.toml": law}
    same = law.replace("stricter =", 'restricts = "cn/order_105/art12_kinds"\nstricter =')
    fewer = "\n".join(line for line in same.splitlines() if '"tax_record"' not in line)
    assert parse({**files, "policy/default/over.toml": fewer}).overlays
    more = same.replace('"tax_record"', '"word_of_honour"')
    with pytest.raises(RulesetError, match="subset is stricter"):
        Rules.from_files({**files, "policy/default/over.toml": more})


def test_values_may_follow_each_other_without_a_gap() -> None:
    assert len(parse(two("until = 2026-01-01\n", "2026-01-01")).parameters[ASSETS.removesuffix(".toml")].values) == 2


def test_a_matrix_may_not_change_what_is_not_ranked() -> None:
    units = FILES["units.toml"].replace('tolerance = "text"\nlowest', 'zh = "text"\ntolerance = "text"\nlowest')
    law = FILES[MATRIX].replace("{ tolerance", '{ zh = "级", tolerance')
    policy = over(MATRIX).replace("{ tolerance", '{ zh = "类", tolerance')
    with pytest.raises(RulesetError, match="cells is stricter"):
        parse({**FILES, "units.toml": units, MATRIX: law, "policy/default/over.toml": policy})


def test_a_policy_may_add_to_a_list_but_not_reword_it() -> None:
    gate = over(GATE).replace("verification by code", "verification by pigeon")
    with pytest.raises(RulesetError, match="superset is stricter"):
        Rules.from_files({**FILES, "policy/default/over.toml": gate})


def test_a_policy_folder_of_ones_own_takes_the_place_of_the_default(tmp_path: Path) -> None:
    folder = tmp_path / "strict"
    for name, text in FILES.items():
        if name.startswith("policy/default/"):
            target = folder / name.removeprefix("policy/default/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.replace('amount = "180"', 'amount = "30"'), encoding="utf-8")
    rules = load(policy=folder)
    assert (rules.certification_validity(world.NOW) - world.NOW).days == 30
    assert "policy/strict/proof_age.toml" in rules.files()
    assert not any(name.startswith("policy/default/") for name in rules.files())


def test_a_policy_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="is not a folder"):
        load(policy=tmp_path / "nowhere")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "x.toml").write_bytes(b"\xff")
    with pytest.raises(RulesetError, match=r"x\.toml: is not UTF-8"):
        load(policy=folder)


def test_unconfirmed_values_are_usable_only_where_allowed() -> None:
    strict = load(allow_unconfirmed=False)
    with pytest.raises(UnconfirmedValueError, match=r"is unconfirmed: check it") as caught:
        strict.decide(world.facts(), at=world.NOW, as_of=world.NOW, known_at=world.NOW)
    assert caught.value.evidence["file"] == "cn/amac_raising/art7_sales_agreement.toml"
    assert caught.value.evidence["day"] == "2016-07-15"


def test_an_unconfirmed_policy_over_confirmed_law_is_not_usable_either() -> None:
    strict = load(allow_unconfirmed=False)
    with pytest.raises(UnconfirmedValueError, match=r"policy/default/assessment_validity\.toml"):
        _ = strict._parameters(world.NOW).periods["cn/amac_raising/art18_assessment_validity"]


def test_an_optional_provision_that_is_unconfirmed_still_raises() -> None:
    strict = load(allow_unconfirmed=False)
    with pytest.raises(UnconfirmedValueError):
        strict._parameters(world.NOW).duties.in_force("cn/order_105/art12_net_of_fee")


def test_a_look_up_outside_the_covered_days_raises() -> None:
    files = put("policy/default/proof_age.toml", "from = 2014-08-21", "from = 2014-08-21\nuntil = 2015-01-01")
    parameters = Rules.from_files(files)._parameters(world.NOW)
    with pytest.raises(NotCoveredError, match="has no value on 2026-02-01, only 2014-08-21 to 2015-01-01"):
        _ = parameters.periods["policy/proof_age"]
    with pytest.raises(RulesetError, match="no such file"):
        _ = parameters.periods["policy/nothing"]


def test_every_packaged_file_is_part_of_the_ruleset() -> None:
    there = {f.relative_to(PACKAGED).as_posix() for f in PACKAGED.rglob("*.toml")}
    assert {name for name in there if not name.startswith("drafts/")} == set(FILES)


def test_an_article_with_a_letter_is_cited_with_it() -> None:
    ruleset = parse(read())
    citation = ruleset.parameters["sg/sfa/art4a_income"].values[0].citation
    assert (citation.article, words(citation)) == ("4A", "《新加坡证券及期货法》第4A条")
