"""The order of a sale as one table: what may be done at which stage, and what each missing step stops."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Outcome
from ledger.domain.sale import SaleState, Step
from ledger.rules import load
from tests.rules import world

RULES = load()
ORDER = "cn/amac_raising/art15_order"
DUTIES = "policy/duties"
NOW = world.NOW
SYSTEM = Actor("0" * 32, Role.SYSTEM)

# stages: o opened, m matched, a acknowledged, p presented, d disclosure signed, q qualified, c contract signed,
# k contract completed, $ paid, v visited, e effective, r rescinded (after payment)
# + in order, < too early, > too late
STAGES = "omapdqck$ver"
TABLE = {
    #                          omapdqck$ver
    Step.OPEN: "                >>>>>>>>>>>>",
    Step.MATCH: "               ++++++>>>>>>",
    Step.ACKNOWLEDGE_MATCH: "   <+++++>>>>>>",
    Step.PRESENT_CARE: "        <<++++>>>>>>",
    Step.ACKNOWLEDGE_CARE: "    <<<<<<>>>>>>",
    Step.PRESENT_DISCLOSURE: "  <<++>>>>>>>>",
    Step.CONFIRM_ITEM: "        <<<+>>>>>>>>",
    Step.SIGN_DISCLOSURE: "     <<<+>>>>>>>>",
    Step.CERTIFY: "             <<<<++>>>>>>",
    Step.CONFIRM_QUALIFICATION: "<<<<++>>>>>>",
    Step.SIGN_CONTRACT: "       <<<<<+>>>>>>",
    Step.COMPLETE_CONTRACT: "   <<<<<<+>>>>>",
    Step.RECEIVE_PAYMENT: "     <<<<<<++>>>>",
    Step.VISIT: "               <<<<<<<<+>>>",
    Step.MAKE_EFFECTIVE: "      <<<<<<<<++>>",
    Step.RESCIND: "             ++++++++++>>",
}
# a sale that is paid, with one step taken out: the steps that must notice
NEEDED = {
    "opened_at": {Step.MATCH, Step.RESCIND},
    "matched_at": {Step.ACKNOWLEDGE_MATCH},
    "match_acknowledged_at": {Step.PRESENT_CARE, Step.PRESENT_DISCLOSURE, Step.SIGN_CONTRACT},
    "disclosure_presented_at": {Step.CONFIRM_ITEM, Step.SIGN_DISCLOSURE},
    "disclosure_signed_at": {Step.CERTIFY, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT},
    "qualification_confirmed_at": {Step.SIGN_CONTRACT},
    "contract_signed_at": {Step.COMPLETE_CONTRACT, Step.RECEIVE_PAYMENT},
    "contract_completed_at": {Step.VISIT, Step.MAKE_EFFECTIVE},
    "paid_at": {Step.VISIT, Step.MAKE_EFFECTIVE},
}
ROLES = {
    Step.SHOW: "investor sales compliance",
    Step.OPEN: "sales investor",
    Step.MATCH: "sales compliance system",
    Step.ACKNOWLEDGE_MATCH: "investor",
    Step.PRESENT_DISCLOSURE: "investor system",
    Step.CONFIRM_ITEM: "investor",
    Step.SIGN_DISCLOSURE: "investor",
    Step.CERTIFY: "certifier",
    Step.CONFIRM_QUALIFICATION: "certifier",
    Step.SIGN_CONTRACT: "investor",
    Step.COMPLETE_CONTRACT: "compliance system",
    Step.RECEIVE_PAYMENT: "compliance system",
    Step.CONTACT: "sales visitor compliance system",
    Step.VISIT: "visitor",
    Step.MAKE_EFFECTIVE: "system",
    Step.RESCIND: "investor",
    Step.PROMOTE: "sales compliance system",
    Step.REQUEST: "investor",
    Step.NOTIFY_UNSUITABLE: "sales compliance",
    Step.WARN: "compliance",
    Step.ACKNOWLEDGE_WARNING: "investor",
    Step.INSIST: "investor",
    Step.PRESENT_CARE: "investor sales compliance system",
    Step.ACKNOWLEDGE_CARE: "investor",
    Step.MANDATE: "compliance admin",
    Step.ATTACH: "compliance admin",
    Step.RATE: "compliance assessor",
    Step.APPROVE: "compliance admin",
    Step.LIST: "compliance admin",
    Step.SUSPEND: "compliance admin",
    Step.REPORT_SIZE: "compliance admin",
    Step.PUBLISH: "compliance admin",
    Step.CLOSE: "compliance admin",
    Step.LIQUIDATE: "compliance admin",
    Step.RECOGNISE_PROFESSIONAL: "certifier",
    Step.APPLY_PROFESSIONAL: "investor",
    Step.EXPLAIN_PROFESSIONAL: "sales compliance system",
    Step.TEST_PROFESSIONAL: "assessor compliance",
    Step.DECIDE_PROFESSIONAL: "certifier",
    Step.NOTIFY_PROFESSIONAL: "compliance system",
    Step.RENOUNCE_PROFESSIONAL: "investor",
    Step.EXEMPT: "certifier compliance",
    Step.REDEEM: "investor compliance",
}


def stage(letter: str) -> SaleState:
    """Return the sale at a stage."""
    names = list(world.HOURS)
    if letter in STAGES[:9]:
        return world.sale(names[STAGES.index(letter)])
    state = world.sale()
    match letter:
        case "v":
            return world.visited(state)
        case "e":
            return replace(world.visited(state), effective_at=NOW)
        case _:
            return replace(state, rescinded_at=NOW)


def sign(step: Step, sale: SaleState) -> str:
    """Return ``+``, ``<`` or ``>`` for a step."""
    findings = RULES.outlook(replace(world.facts(), sale=sale), step, SYSTEM, NOW)
    (order,) = [f for f in findings if f.rule == ORDER]
    if order.outcome is Outcome.PASS:
        return "+"
    return ">" if "too late" in order.reason_en else "<"


@pytest.mark.parametrize("step", TABLE)
def test_each_step_at_each_stage(step: Step) -> None:
    assert "".join(sign(step, stage(letter)) for letter in STAGES) == TABLE[step].strip()


@pytest.mark.parametrize("ending", ["effective_at", "rescinded_at"])
@pytest.mark.parametrize("step", TABLE)
def test_an_ended_sale_takes_no_step_however_little_was_done(step: Step, ending: str) -> None:
    ended: Any = {ending: NOW}
    sale = replace(world.sale("opened_at"), **ended)
    assert sign(step, sale) == ">"


@pytest.mark.parametrize("gone", NEEDED)
def test_each_step_notices_what_it_rests_on(gone: str) -> None:
    noticing = set()
    for step in set(TABLE) - {Step.ACKNOWLEDGE_CARE}:  # which the world's sale never comes to
        names = list(world.HOURS)
        own = {Step.SIGN_DISCLOSURE: 4, Step.SIGN_CONTRACT: 6, Step.COMPLETE_CONTRACT: 7, Step.RECEIVE_PAYMENT: 8}
        last = own.get(step, 9 if step in {Step.VISIT, Step.MAKE_EFFECTIVE, Step.RESCIND} else 6)
        if step in {Step.PRESENT_DISCLOSURE, Step.CONFIRM_ITEM}:
            last = 4
        without: Any = {gone: None}
        if names.index(gone) < last and sign(step, replace(world.sale(names[last - 1]), **without)) == "<":
            noticing.add(step)
    assert noticing == NEEDED[gone]


@pytest.mark.parametrize("step", ROLES)
def test_each_step_is_for_its_duties_and_no_other(step: Step) -> None:
    allowed = set()
    for role in Role:
        actor = Actor(world.INVESTOR, role)
        findings = RULES.permit(replace(world.facts(), inputs={"audience": "public"}), step, actor, NOW)
        (duty,) = [f for f in findings if f.rule == DUTIES]
        if duty.outcome is Outcome.PASS:
            allowed.add(role.value)
    assert allowed == set(ROLES[step].split())


def test_every_step_has_its_duties() -> None:
    assert set(ROLES) == set(Step)
