"""Run every scenario: a sentence, what is given, what is asked when, and what the rules must answer."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.decision import Finding
from ledger.errors import LedgerError
from ledger.rules import load
from ledger.rules.policy import plan_procedure
from ledger.rules.registry import RULES as REGISTRY
from tests.rules.given import ask, build

HERE = Path(__file__).parent
FILES = sorted((HERE / "scenarios").rglob("*.toml"))
RULES = load()


def cases() -> list[Any]:
    """Collect all cases of all files, named by their path and their sentence."""
    found = []
    for file in FILES:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        rule = content.get("rule", "")
        for case in content["case"]:
            name = f"{file.relative_to(HERE / 'scenarios').with_suffix('').as_posix()}: {case['name']}"
            found.append(pytest.param({"rule": rule, **content.get("common", {}), **case}, id=name))
    return found


@pytest.mark.parametrize("case", cases())
def test_scenario(case: dict[str, Any]) -> None:
    then = case["then"]
    if "error" in then:
        with pytest.raises(LedgerError) as caught:
            ask(RULES, case)
        assert caught.value.code == then["error"]
        assert then.get("says", "") in caught.value.message
        return
    answer, findings = ask(RULES, case)
    if "answer" in then:
        assert answer == then["answer"], _told(findings)
    if "refused" in then:
        refusing = {f.rule for f in findings if f.outcome in {"FAIL", "NEEDS_EVIDENCE"}}
        assert refusing == set(then["refused"]), _told(findings)
    if "outcome" in then:
        finding = _of(findings, case["rule"])
        assert finding.outcome.value == then["outcome"], finding
        if "article" in then:
            assert finding.citation.article == then["article"]
        if "condition" in then:
            en, zh = finding.condition or ("", "")
            assert then["condition"] in en, finding
            assert bool(then["condition"]) == bool(zh), finding
        if "says" in then:
            assert then["says"] in finding.reason_en
        if "changes" in then:
            assert finding.changes_at is not None
            assert finding.changes_at.isoformat() == then["changes"]


def test_every_rule_has_its_scenarios() -> None:
    judged = {tomllib.loads(f.read_text(encoding="utf-8")).get("rule") for f in FILES}
    addresses = {rule.key for rule in REGISTRY}
    adopted = f"{plan_procedure.KEY}/"  # the same judgement under another authority: its scenarios are the original's
    own = {a for a in addresses if not a.endswith(("_candidate", "_item", "_effect")) and not a.startswith(adopted)}
    assert own <= judged


def test_the_path_of_a_scenario_file_is_its_rules_address() -> None:
    for file in FILES:
        rule = tomllib.loads(file.read_text(encoding="utf-8")).get("rule")
        assert rule is None or file == HERE / "scenarios" / f"{rule}.toml"


def test_the_world_is_in_order() -> None:
    answer, findings = ask(RULES, {"decide": True})
    assert answer == "eligible", _told(findings)
    assert build({}) == build({})


def _of(findings: tuple[Finding, ...], rule: str) -> Finding:
    found = [f for f in findings if f.rule == rule]
    assert len(found) == 1, f"{rule} was judged {len(found)} times"
    return found[0]


def _told(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{f.outcome} {f.rule}: {f.reason_en}" for f in findings)
