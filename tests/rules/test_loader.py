"""A ruleset with anything doubtful in it does not load; the error points at file, key and date."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.rules import load
from ledger.rules.engine import Rules
from ledger.rules.errors import NotCoveredError, RulesetError, UnconfirmedValueError
from ledger.rules.loader import PACKAGED, parse, read
from tests.rules import world

FILES = read()
ASSETS = "cn/order_105/art12_financial_assets.toml"
GATE = "cn/amac_raising/art20_online_gate.toml"
MATRIX = "cn/amac_suitability/unnumbered_matching_matrix.toml"
VALIDITY = "policy/default/assessment_validity.toml"
FORM = "policy/default/questionnaires/natural_person"
SECOND = """
[[value]]
from = {start}
amount = "5000000"
force = "binding"
status = "confirmed"
checked_on = 2026-11-22

[value.citation]
norm = "order_105"
article = "12"
url = "https://example.org"
"""


def put(file: str, old: str, new: str) -> dict[str, str]:
    """Return all files with one text changed once."""
    assert FILES[file].count(old) >= 1, f"{file} does not say {old!r}"
    return {**FILES, file: FILES[file].replace(old, new, 1)}


def two(until: str, start: str) -> dict[str, str]:
    """Return all files with a second value of the threshold."""
    ended = FILES[ASSETS].replace("from = 2014-08-21\n", f"from = 2014-08-21\n{until}")
    return {**FILES, ASSETS: ended + SECOND.format(start=start)}


BAD = {
    "an unknown key": (put(ASSETS, "unit =", 'color = "red"\nunit ='), ASSETS, "color", "not a known key"),
    "an unknown key in a value": (put(ASSETS, "force =", "weight = 1\nforce ="), ASSETS, "weight", "not a known key"),
    "a missing description": (put(ASSETS, "description", "title"), ASSETS, "description", "missing"),
    "an empty term": (put(ASSETS, 'term = "金融资产不低于300万元的个人"', 'term = ""'), ASSETS, "term", "empty"),
    "no citation": (
        {**FILES, ASSETS: FILES[ASSETS].split("[value.citation]")[0]},
        ASSETS,
        "citation",
        "missing",
    ),
    "a citation of no norm": (put(ASSETS, 'norm = "order_105"', 'norm = "order_999"'), ASSETS, "norm", "not a norm"),
    "a citation of another article than the path's": (
        put(ASSETS, 'article = "12"', 'article = "13"'),
        ASSETS,
        "citation",
        "the path says",
    ),
    "a confirmed text without address": (
        {**FILES, ASSETS: re.sub(r'url = ".*"', 'url = ""', FILES[ASSETS])},
        ASSETS,
        "url",
        "where it was seen",
    ),
    "a unit that does not exist": (put(ASSETS, 'unit = "CNY"', 'unit = "USD"'), ASSETS, "unit", "units.toml"),
    "an amount that is a number": (put(ASSETS, '"3000000"', "3000000"), ASSETS, "amount", "text"),
    "an amount with a comma": (put(ASSETS, '"3000000"', '"3,000,000"'), ASSETS, "amount", "plain decimal"),
    "a negative amount": (put(ASSETS, '"3000000"', '"-1"'), ASSETS, "amount", "plain decimal"),
    "half an hour of whole hours": (
        put("cn/amac_raising/art29_cooling_off.toml", '"24"', '"24.5"'),
        "cn/amac_raising/art29_cooling_off.toml",
        "amount",
        "whole number of hour",
    ),
    "a date that is a text": (
        put(ASSETS, "from = 2014-08-21", 'from = "2014-08-21"'),
        ASSETS,
        "from",
        "must be a date",
    ),
    "a date with a time": (
        put(ASSETS, "from = 2014-08-21", "from = 2014-08-21T00:00:00Z"),
        ASSETS,
        "from",
        "must be a date",
    ),
    "a status in between": (put(ASSETS, '"confirmed"', '"probably"'), ASSETS, "status", "confirmed or unconfirmed"),
    "a force that is none": (put(ASSETS, '"binding"', '"strong"'), ASSETS, "force", "must be one of"),
    "a direction that is none": (put(ASSETS, '"higher"', '"harder"'), ASSETS, "stricter", "must be one of"),
    "a value before its norm": (
        put(ASSETS, "from = 2014-08-21", "from = 2014-08-20"),
        ASSETS,
        "norm",
        "before its norm",
    ),
    "an end before the beginning": (
        put(ASSETS, "from = 2014-08-21", "from = 2014-08-21\nuntil = 2014-08-21"),
        ASSETS,
        "until",
        "later than",
    ),
    "a gap": (two("until = 2026-01-01\n", "2026-01-02"), ASSETS, "from", "leaves a gap since 2026-01-01"),
    "an overlap": (two("until = 2026-01-02\n", "2026-01-01"), ASSETS, "from", "overlaps"),
    "an overlap with an open end": (two("", "2026-01-01"), ASSETS, "from", "overlaps"),
    "no value": ({**FILES, ASSETS: FILES[ASSETS].split("[[value]]")[0]}, ASSETS, "value", "missing"),
    "broken TOML": ({**FILES, ASSETS: "= 1"}, ASSETS, "", "not valid TOML"),
    "a duplicate key": ({**FILES, ASSETS: 'unit = "CNY"\n' + FILES[ASSETS]}, ASSETS, "", "not valid TOML"),
    "a list where a number belongs": (
        put(ASSETS, 'amount = "3000000"', "items = []"),
        ASSETS,
        "amount",
        "missing",
    ),
    "an empty list": (
        {**FILES, GATE: re.sub(r"items = \[.*?\n\]", "items = []", FILES[GATE], flags=re.DOTALL)},
        GATE,
        "items",
        "not empty",
    ),
    "a column too many": (put(GATE, 'part = "code"', 'part = "code", x = 1'), GATE, "x", "not a known column"),
    "a column too few": (put(GATE, ', en = "verification by code"', ""), GATE, "en", "missing"),
    "a cell of another type": (put(GATE, 'part = "code"', "part = 1"), GATE, "part", "must be text"),
    "a row twice": (put(GATE, 'part = "code"', 'part = "identity"'), GATE, "items", "twice"),
    "a rank that is none": (put(MATRIX, 'R1 = "buy"', 'R1 = "perhaps"'), MATRIX, "R1", "rank"),
    "a law that restricts": (
        put(ASSETS, "stricter =", 'restricts = "cn/order_105/art12_income"\nstricter ='),
        ASSETS,
        "restricts",
        "only policy",
    ),
    "a looser policy": (put(VALIDITY, 'amount = "1"', 'amount = "4"'), VALIDITY, "value", "looser than"),
    "a policy in another unit": (
        put(VALIDITY, 'unit = "year"', 'unit = "day"'),
        VALIDITY,
        "unit",
        "must be in year",
    ),
    "a policy that turns the direction round": (
        put(VALIDITY, '"lower"', '"higher"'),
        VALIDITY,
        "stricter",
        "must be lower",
    ),
    "a policy over nothing": (put(VALIDITY, "art18_assessment", "art18_nothing"), VALIDITY, "restricts", "no law file"),
    "a policy over what is fixed": (
        {
            **FILES,
            "policy/default/seats.toml": FILES["cn/order_105/art11_seats.toml"].replace(
                "stricter =", 'restricts = "cn/order_105/art11_seats"\nstricter ='
            ),
        },
        "policy/default/seats.toml",
        "restricts",
        "fixed",
    ),
    "two policies over one law": (
        {**FILES, "policy/default/validity_again.toml": FILES[VALIDITY]},
        "policy/default/validity_again.toml",
        "restricts",
        "already",
    ),
    "two files for one policy": (
        {**FILES, "policy/other/proof_age.toml": FILES["policy/default/proof_age.toml"]},
        "policy/other/proof_age.toml",
        "",
        "says the same",
    ),
    "a file at no address": ({**FILES, "cn/thresholds.toml": FILES[ASSETS]}, "cn/thresholds.toml", "", "address"),
    "no units": ({k: v for k, v in FILES.items() if k != "units.toml"}, "units.toml", "", "missing"),
    "no sources": ({k: v for k, v in FILES.items() if k != "sources.toml"}, "sources.toml", "", "missing"),
    "a policy that redefines a norm": (
        {
            **FILES,
            "policy/default/sources.toml": FILES["policy/default/sources.toml"].replace("policy_default", "order_105"),
        },
        "policy/default/sources.toml",
        "order_105",
        "already",
    ),
    "a unit of no kind": (put("units.toml", 'kind = "money"', 'kind = "gold"'), "units.toml", "kind", "must be one of"),
    "a period of no step": (
        put("units.toml", 'step = "hour"', 'step = "moon"'),
        "units.toml",
        "step",
        "must be one of",
    ),
    "a column of no type": (put("units.toml", 'cap = "integer"', 'cap = "number"'), "units.toml", "cap", "column type"),
    "a listing without key": (put("units.toml", 'key = ["form"]\n', ""), "units.toml", "key", "tell rows apart"),
    "a value that outlives its norm": (
        put("sources.toml", "from = 2014-08-21", "from = 2014-08-21\nuntil = 2027-01-01"),
        "cn/order_105/art11_seats.toml",
        "norm",
        "outlives",
    ),
    "a rule's parameter that is not there": ({k: v for k, v in FILES.items() if k != ASSETS}, ASSETS, "", "needs it"),
    "a policy's parameter that is not there": (
        {k: v for k, v in FILES.items() if k != "policy/default/proof_age.toml"},
        "policy/proof_age.toml",
        "",
        "needs it",
    ),
    "bands with a hole": (
        put(f"{FORM}/bands.toml", "from = 21", "from = 22"),
        f"{FORM}/bands.toml",
        "items",
        "must begin at 21",
    ),
    "bands that stop short": (
        put(f"{FORM}/bands.toml", "to = 100", "to = 99"),
        f"{FORM}/bands.toml",
        "items",
        "highest score",
    ),
    "a trigger without option": (
        put(f"{FORM}/lowest.toml", '"no_loss"', '"nothing"'),
        f"{FORM}/lowest.toml",
        "items",
        "no option",
    ),
    "a contradiction without option": (
        put(f"{FORM}/contradictions.toml", '"savings"', '"nothing"'),
        f"{FORM}/contradictions.toml",
        "items",
        "lacks an option",
    ),
    "bands of another day than the questions": (
        put(f"{FORM}/bands.toml", "from = 2024-01-01", "from = 2024-01-02"),
        f"{FORM}/bands.toml",
        "value",
        "same days",
    ),
    "a questionnaire without bands": (
        {k: v for k, v in FILES.items() if k != f"{FORM}/bands.toml"},
        "policy/questionnaires/natural_person/bands.toml",
        "",
        "missing",
    ),
    "an option without score": (
        put(f"{FORM}/questions.toml", ", score = 0 }", " }"),
        f"{FORM}/questions.toml",
        "options",
        "exactly",
    ),
    "an option whose score is a text": (
        put(f"{FORM}/questions.toml", "score = 0 }", 'score = "0" }'),
        f"{FORM}/questions.toml",
        "options",
        "must be int",
    ),
}


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
    assert caught.value.evidence["file"] == "cn/order_175/unnumbered_sales_list.toml"
    assert caught.value.evidence["day"] == "2020-10-01"


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
    with pytest.raises(NotCoveredError, match="has no value on 2024-01-01, only 2014-08-21 to 2015-01-01"):
        _ = parameters.periods["policy/proof_age"]
    with pytest.raises(RulesetError, match="no such file"):
        _ = parameters.periods["policy/nothing"]


def test_every_packaged_file_is_part_of_the_ruleset() -> None:
    there = {f.relative_to(PACKAGED).as_posix() for f in PACKAGED.rglob("*.toml")}
    assert {name for name in there if not name.startswith("drafts/")} == set(FILES)
