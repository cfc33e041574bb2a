"""Profile, holders, exemption and professional standing: what the investor's records say, and nothing more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import holders
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.domain.investor import InvestorState, fold
from ledger.domain.professional import CONVERTED, Standing
from ledger.domain.sale import fold as fold_sale
from ledger.rules import look_through
from ledger.rules.errors import FactsError
from tests.unit.ledger.domain.make import CNY_1M, STREAM, Story, at, leaf

TOLD: dict[str, Value] = {"text": "z", "text_en": "e", "text_sha256": "0" * 64}
ROOT: dict[str, Value] = {"id": "investor", "kind": "partnership", "holders": ["a"]}
ANN: dict[str, Value] = {"id": "a", "kind": "natural_person", "branch": "income", "amount": "1.00", "currency": "CNY"}


def state(story: Story) -> InvestorState:
    return fold(STREAM, story.events)


def test_the_latest_profile_counts_and_says_what_it_says() -> None:
    story = Story()
    story.tell("investor.profiled", {"form": "partnership"})
    bare = state(story).profile
    assert bare is not None
    assert (bare.form, bare.filing_number, bare.year_end, bare.net_assets) == ("partnership", "", None, None)
    more: dict[str, Value] = {"filing_number": "S1", "year_end": "2025-12-31", "net_assets": CNY_1M}
    story.tell("investor.profiled", {"form": "legal_person", **more, "financial_assets": CNY_1M})
    full = state(story).profile
    assert full is not None
    assert (full.form, full.filing_number, full.year_end) == ("legal_person", "S1", "2025-12-31")
    assert full.net_assets == full.financial_assets is not None


def test_an_exemption_stands_until_its_end_or_its_first_revocation() -> None:
    story = Story()
    story.tell("exemption.revoked", {"reason": "nothing to revoke"})
    assert state(story).exemption is None
    story.tell("exemption.granted", {"basis": "staff", "valid_until": to_text(at(100)), "manager": "m"})
    known = state(story).exemption
    assert known is not None
    assert known.manager == "m"
    assert [known.stands(at(m)) for m in (0, 1, 99, 100)] == [False, True, True, False]
    story.tell("exemption.revoked", {"reason": "left"})
    story.tell("exemption.revoked", {"reason": "again"})
    ended = state(story).exemption
    assert ended is not None
    assert (ended.stands(at(1)), ended.stands(at(2))) == (True, False)


def test_a_conversion_takes_effect_with_the_notice_and_ends_with_the_written_one() -> None:
    story = Story()
    for name in ("explained", "notified"):  # nothing was applied for
        story.tell(f"professional.{name}", TOLD)
    story.tell("professional.renounced", {"notice": "n"})
    assert state(story).standing == Standing()
    story.tell("professional.applied", {"statement": "s", "text_sha256": "0" * 64})
    story.tell("professional.explained", TOLD)
    story.tell("professional.tested", {"method": "knowledge_test", "passed": True, "score": 1})
    decided: dict[str, Value] = {"accepted": True, "reasons": "r", "claims": {}, "valid_until": to_text(at(500))}
    story.tell("professional.decided", decided)
    assert state(story).standing.at(at(6)) is None
    story.tell("professional.notified", TOLD)
    known = state(story).standing
    assert known.conversion is not None
    assert (known.conversion.leaf, known.conversion.test_passed, known.conversion.accepted) == (leaf(3), True, True)
    found = known.at(at(7))
    assert found is not None
    assert (found.ground, found.since, known.at(at(500))) == (CONVERTED, at(7), None)
    story.tell("professional.renounced", {"notice": "n"})
    story.tell("professional.renounced", {"notice": "again"})
    assert (state(story).standing.at(at(7)) is not None, state(story).standing.at(at(8))) == (True, None)


def test_a_refusal_leaves_the_investor_ordinary() -> None:
    story = Story()
    story.tell("professional.applied", {"statement": "s", "text_sha256": "0" * 64})
    story.tell("professional.decided", {"accepted": False, "reasons": "r", "claims": {}})
    story.tell("professional.notified", TOLD)
    known = state(story).standing
    assert known.professional is None
    assert known.conversion is not None
    assert known.conversion.notified_at == at(2)


def test_a_recognition_lasts_as_long_as_it_says() -> None:
    story = Story()
    story.tell("professional.recognised", {"ground": "8_1", "valid_until": to_text(at(10)), "claims": {}})
    assert state(story).standing.at(at(9)) is not None
    assert state(story).standing.at(at(10)) is None


def test_holders_are_read_as_declared() -> None:
    story = Story()
    story.tell("investor.holders_declared", {"holders": [ROOT, ANN], "as_of": "2026-03-01"})
    known = state(story)
    assert known.holders_at == at(0)
    assert [h.id for h in known.holders] == ["investor", "a"]
    assert known.holders[1].amount is not None


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({}, "list of 1 to"),
        ([], "list of 1 to"),
        ([ROOT, ANN, ANN], "listed twice"),
        ([ANN], "the investor itself"),
        ([ROOT], "which is not listed"),
        ([ROOT, {**ANN, "holders": ["investor"]}], "not looked through"),
        ([ROOT, "a"], "must have id and kind"),
        ([ROOT, {**ANN, "name": "x"}], "must have id and kind"),
        ([ROOT, {**ANN, "kind": "friend"}], "must have an id"),
        ([ROOT, {**ANN, "holders": ["b", "b"]}], "each once"),
        ([ROOT, {**ANN, "holders": "b"}], "must be ids"),
        ([ROOT, {**ANN, "amount": 1}], "decimal string"),
        ([ROOT, {**ANN, "amount": "1e3"}], "plain decimal"),
    ],
)
def test_a_broken_list_of_holders_is_an_error(entries: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        holders.parse(entries)


@st.composite
def graphs(draw: st.DrawFn) -> list[Value]:
    """Draw any graph of up to eight pools and persons; edges may go anywhere."""
    pools = ["investor", *(f"p{n}" for n in range(draw(st.integers(0, 3))))]
    people = [f"n{n}" for n in range(draw(st.integers(1, 4)))]
    ids = st.lists(st.sampled_from([*pools, *people]), unique=True, max_size=5)
    drawn: list[Value] = [{"id": p, "kind": "partnership", "holders": [*draw(ids)]} for p in pools]
    drawn += [{"id": n, "kind": "natural_person"} for n in people]
    return drawn


@given(graphs(), st.integers(1, 6))
def test_looking_through_ends_in_persons_or_in_a_named_error(entries: list[Value], depth: int) -> None:
    parsed = holders.parse(entries)
    try:
        final = look_through.final(parsed, (), depth)
    except FactsError as error:
        assert any(word in error.message for word in ("in a circle", "layers", "names nobody"))  # noqa: PT017 - an error is one of the outcomes
        return
    assert final
    assert all(holder.kind == "natural_person" for holder in final)
    assert [h.id for h in final] == sorted({h.id for h in final})
    assert look_through.final(tuple(reversed(parsed)), (), depth) == final
    assert look_through.final(parsed, (), depth + 1) == final


def test_a_wide_and_deep_graph_is_walked_once() -> None:
    layers = [[f"p{d}.{n}" for n in range(40)] for d in range(4)]
    entries: list[Value] = [{"id": "investor", "kind": "contract", "holders": [*layers[0]]}]
    for above, below in zip(layers, [*layers[1:], ["a"]], strict=True):
        entries += [{"id": p, "kind": "partnership", "holders": [*below]} for p in above]
    entries.append({"id": "a", "kind": "natural_person"})
    assert [h.id for h in look_through.final(holders.parse(entries), (), 5)] == ["a"]


@pytest.mark.parametrize(("by", "minute"), [("signed", 1), ("paid", 2), ("signed_and_paid", 2)])
def test_cooling_off_begins_by_what_the_contract_says(by: str, minute: int) -> None:
    story = Story()
    assert fold_sale(STREAM, story.events).cooling_off_started(by) is None
    story.tell("sale.opened", {"investor": "i", "product": "p", "amount": CNY_1M, "fee": CNY_1M, "channel": "web"})
    story.tell("contract.completed", {"countersigned_by": "c"})
    paid: dict[str, Value] = {"payer_is_investor": True, "payer_account": "x", "account": "y", "slip": "z"}
    story.tell("payment.received", {"amount": CNY_1M, **paid})
    assert fold_sale(STREAM, story.events).cooling_off_started(by) == at(minute)
