"""The core asked three times: our rules, Cedar and Rego. Each returns the addresses of the rules that refuse."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cedarpy
import regopy

from ledger.domain.decision import Decision, Outcome
from ledger.rules import Rules
from tests.differential.cases import CORE, NOW, Case, facts

HERE = Path(__file__).parent
REFUSING = (Outcome.FAIL, Outcome.NEEDS_EVIDENCE)
WHO = {"principal": 'Investor::"i"', "action": 'Action::"buy"', "resource": 'Product::"p"'}


def ours(rules: Rules, case: Case) -> Decision:
    """Return our full decision."""
    return rules.decide(facts(case), at=NOW, as_of=NOW, known_at=NOW)


def refusals(decision: Decision) -> frozenset[str]:
    """Return the core rules that refuse."""
    return frozenset(f.rule for f in decision.findings if f.outcome in REFUSING and f.rule in CORE)


def cedar(cases: Sequence[Case]) -> list[frozenset[str]]:
    """Ask Cedar in one batch."""
    answers = cedarpy.is_authorized_batch([{**WHO, "context": case} for case in cases], _cedar(), "[]")
    found = []
    for answer in answers:
        assert not answer.diagnostics.errors, answer.diagnostics.errors
        refused = set(answer.diagnostics.id_annotations_by_reason.values())
        assert answer.allowed is (refused == {"allow"})
        found.append(frozenset(refused - {"allow"}))
    return found


def rego(cases: Sequence[Case]) -> list[frozenset[str]]:
    """Ask Rego one by one, compiled once."""
    interpreter = regopy.Interpreter()
    interpreter.add_module("core", (HERE / "core.rego").read_text(encoding="utf-8"))
    bundle = interpreter.build("data.core.refused")
    found = []
    for case in cases:
        interpreter.set_input(case)
        (refused,) = json.loads(str(interpreter.query_bundle(bundle)))["expressions"]
        found.append(frozenset(refused))
    return found


@cache
def _cedar() -> Any:
    return cedarpy.PolicySet.from_str((HERE / "core.cedar").read_text(encoding="utf-8"))
