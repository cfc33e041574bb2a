"""Every defect a ruleset can have: the files with it, and the file, key and words of the error it must give."""

import re

from ledger.rules.loader import read

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


def over(file: str) -> str:
    """Return a policy text that says exactly what a law file says."""
    return FILES[file].replace("stricter =", f'restricts = "{file.removesuffix(".toml")}"\nstricter =')


def policy_over(file: str, without: str) -> dict[str, str]:
    """Return all files and a policy that leaves one row of a law's list out."""
    lines = [line for line in over(file).splitlines() if f'"{without}"' not in line]
    return {**FILES, "policy/default/over.toml": "\n".join(lines)}


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
    "a unit that does not exist": (put(ASSETS, 'unit = "CNY"', 'unit = "XAU"'), ASSETS, "unit", "units.toml"),
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
    "a direction that fits no number": (
        put(ASSETS, '"higher"', '"superset"'),
        ASSETS,
        "stricter",
        "nothing about a money",
    ),
    "a direction that fits no list": (put(GATE, '"superset"', '"higher"'), GATE, "stricter", "nothing about a listing"),
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
    "units that are no tables": ({**FILES, "units.toml": "CNY = 1"}, "units.toml", "CNY", "must be a table"),
    "roles that are no list": (
        put("policy/default/duties.toml", 'roles = ["visitor"]', 'roles = "visitor"'),
        "policy/default/duties.toml",
        "roles",
        "must be texts",
    ),
    "key columns that are no list": (
        put("units.toml", 'key = ["form"]', 'key = "form"'),
        "units.toml",
        "key",
        "list of texts",
    ),
    "a column type that is no text": (
        put("units.toml", 'cap = "integer"', "cap = 1"),
        "units.toml",
        "cap",
        "column type",
    ),
    "values that are no list": (
        {**FILES, ASSETS: FILES[ASSETS].split("[[value]]")[0] + "value = 1"},
        ASSETS,
        "value",
        "must be a list",
    ),
    "a norm's address missing though confirmed": (
        put("sources.toml", "https://zcaijing.com/smgqflsw/210988.html", ""),
        "sources.toml",
        "url",
        "where it was seen",
    ),
    "a list that policy shortens": (
        policy_over(GATE, "identity"),
        "policy/default/over.toml",
        "value",
        "superset is stricter",
    ),
    "a matrix with a row less": (policy_over(MATRIX, "C5"), "policy/default/over.toml", "value", "cells is stricter"),
    "a matrix that is laxer in a cell": (
        {**FILES, "policy/default/over.toml": over(MATRIX).replace('"special"', '"buy"', 1)},
        "policy/default/over.toml",
        "value",
        "cells is stricter",
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
