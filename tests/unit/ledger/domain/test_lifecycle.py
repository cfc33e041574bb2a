from decimal import Decimal

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.domain.lifecycle import Attached, Mandate, Material, Size, Stage
from ledger.domain.money import Money
from ledger.domain.product import ProductState, fold
from tests.unit.ledger.domain.make import STREAM, Story, at, document, leaf

RATER = Actor("7" * 32, Role.COMPLIANCE)
RATING: dict[str, Value] = {
    "risk_level": "R3",
    "manager_risk_level": "R3",
    "factors": {},
    "valid_until": to_text(at(999)),
}


@pytest.fixture
def story() -> Story:
    return Story()


def state(story: Story) -> ProductState:
    return fold(STREAM, story.events)


def test_a_life_goes_through_its_stages(story: Story) -> None:
    acts: list[tuple[str, dict[str, Value], Stage]] = [
        ("product.rated", RATING, Stage.RATED),
        ("product.approved", {"opinion": "fit"}, Stage.APPROVED),
        ("product.listed", {"from_day": "2026-03-02"}, Stage.LISTED),
        ("product.suspended", {"reason": "size"}, Stage.SUSPENDED),
        ("product.listed", {"from_day": "2026-04-02"}, Stage.LISTED),
        ("product.closed", {"reason": "full"}, Stage.CLOSED),
        ("product.liquidated", {"liquidated_on": "2036-03-02", "reason": "term"}, Stage.LIQUIDATED),
    ]
    assert state(story).stage is Stage.INTRODUCED
    for name, fields, stage in acts:
        story.tell(name, fields)
        assert state(story).stage is stage, name
    assert (state(story).closed_at, state(story).liquidated_at) == (at(5), at(6))
    assert state(story).liquidated_on == "2036-03-02"


def test_an_approval_is_of_the_rating_before_it(story: Story) -> None:
    assert not state(story).approved
    story.tell("product.rated", RATING, by=RATER)
    assert not state(story).approved
    story.tell("product.approved", {"opinion": "fit"})
    assert state(story).approved
    story.tell("product.rated", {**RATING, "risk_level": "R4"}, by=RATER)
    assert not state(story).approved
    assert (state(story).stage, state(story).rated_by) == (Stage.RATED, RATER.id)


def test_documents_are_kept_in_order(story: Story) -> None:
    for kind in ("offering", "contract_template"):
        fields: dict[str, Value] = {"kind": kind, "title": f"the {kind}"}
        story.tell("product.document_attached", fields, documents=(document(kind, kind),))
    assert state(story).documents == (
        Attached(leaf(0), "offering", "the offering", "offering", at(0)),
        Attached(leaf(1), "contract_template", "the contract_template", "contract_template", at(1)),
    )


def test_the_latest_mandate_counts(story: Story) -> None:
    story.tell("product.mandate_recorded", {"basis": "manager"})
    assert state(story).mandate == Mandate(leaf(0), "manager")
    fields: dict[str, Value] = {
        "basis": "agency",
        "licence": "L1",
        "membership": "M1",
        "agreement_signed_on": "2026-01-15",
        "valid_until": to_text(at(500)),
    }
    story.tell("product.mandate_recorded", fields)
    assert state(story).mandate == Mandate(leaf(1), "agency", "L1", "M1", "2026-01-15", at(500))


def test_the_latest_size_counts(story: Story) -> None:
    nine: Value = {"amount": "9000000.00", "currency": "CNY"}
    story.tell("product.size_reported", {"as_of": "2026-03-02", "net_assets": nine})
    million = Money(Decimal("9000000.00"))
    assert state(story).size == Size(leaf(0), "2026-03-02", million)
    story.tell(
        "product.size_reported",
        {"as_of": "2026-03-03", "net_assets": nine, "year_average": nine, "days_below": 3},
    )
    assert state(story).size == Size(leaf(1), "2026-03-03", million, million, 3)


def test_material_is_known_by_its_digest_until_withdrawn(story: Story) -> None:
    checked: dict[str, Value] = {"title": "leaflet", "audience": "public", "wording": "w1"}
    story.tell("product.material_checked", checked, documents=(document("ab", "material"),))
    story.tell("product.material_withdrawn", {"sha256": "unknown", "reason": "x"})
    assert state(story).materials == {"ab": Material(leaf(0), "ab", "public", at(0), "w1")}
    story.tell("product.material_withdrawn", {"sha256": "ab", "reason": "x"})
    assert state(story).materials == {"ab": Material(leaf(0), "ab", "public", at(0), "w1", at(2))}
    story.tell("product.material_checked", checked, documents=(document("ab", "material"),))
    assert state(story).materials["ab"].withdrawn_at is None


def test_disclosures_done_are_kept_once(story: Story) -> None:
    for period in ("2026-Q1", "2026-Q2", "2026-Q1"):
        story.tell("product.disclosed", {"duty": "quarterly_report", "period": period})
    assert set(state(story).disclosed) == {("quarterly_report", "2026-Q1"), ("quarterly_report", "2026-Q2")}


def test_a_document_record_without_its_document_is_an_error(story: Story) -> None:
    story.tell("product.document_attached", {"kind": "offering", "title": "x"})
    with pytest.raises(ValueError, match="not enough values"):
        state(story)
