import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.domain.investor import Assessment, Certification, InvestorState, Proof, fold, money_of
from ledger.domain.money import Money
from tests.unit.ledger.domain.make import CNY_1M, STREAM, Story, at, leaf

CERTIFIER = Actor("c" * 32, Role.CERTIFIER)


def assessment(tolerance: str = "C3", *, lowest: bool = False) -> dict[str, Value]:
    return {
        "tolerance": tolerance,
        "lowest": lowest,
        "score": 55,
        "questionnaire": "natural",
        "version": "1",
        "valid_until": to_text(at(1000)),
        "reasons": [],
    }


def certification(regime: str = "cn_private_fund") -> dict[str, Value]:
    return {"regime": regime, "branch": "assets", "amount": CNY_1M, "valid_until": to_text(at(1000)), "sale": "5" * 64}


@pytest.fixture
def story() -> Story:
    return Story()


def state(story: Story) -> InvestorState:
    return fold(STREAM, story.events)


def test_before_any_record_nothing_is_known() -> None:
    empty = fold(STREAM, ())
    assert empty == InvestorState(STREAM)
    assert empty.assessment is None
    assert empty.certification("cn_private_fund") is None
    assert not empty.leaves


def test_registration_says_what_kind_of_investor(story: Story) -> None:
    story.tell("investor.registered", {"kind": "institution"})
    assert (state(story).kind, state(story).registered_at) == ("institution", at(0))


def test_the_latest_code_counts(story: Story) -> None:
    story.tell("investor.code_sent", {"code_digest": "old", "expires_at": to_text(at(5))})
    story.tell("investor.code_sent", {"code_digest": "new", "expires_at": to_text(at(6))})
    assert (state(story).code_digest, state(story).code_expires_at) == ("new", at(6))


def test_identity_agreement_and_notice_are_dated(story: Story) -> None:
    story.tell("investor.identity_verified", {"method": "code"})
    story.tell("agreement.accepted", {"agreement": "platform", "version": "1"})
    story.tell("assessment.notified", {"tolerance": "C3"})
    now = state(story)
    assert (now.identity_verified_at, now.agreement_accepted_at, now.notified_at) == (at(0), at(1), at(2))


@pytest.mark.parametrize("flags", [(True, True, True), (False, True, True), (True, False, True), (True, True, False)])
def test_a_declaration_says_no_more_than_it_says(story: Story, flags: tuple[bool, bool, bool]) -> None:
    active, own, self_purchase = flags
    story.tell(
        "qualification.declared",
        {"branch": "assets", "active": active, "own_funds": own, "self_purchase": self_purchase, "statement": "s"},
    )
    now = state(story)
    assert (now.declared_at, now.declared_branch) == (at(0), "assets")
    assert (now.declared_active, now.own_funds_declared, now.self_purchase_declared) == flags


@pytest.mark.parametrize("name", ["active", "own_funds", "self_purchase"])
def test_a_declaration_that_is_not_true_or_false_is_an_error(story: Story, name: str) -> None:
    fields: dict[str, Value] = {"branch": "assets", "active": True, "own_funds": True, "self_purchase": True}
    story.tell("qualification.declared", {**fields, name: "yes"})
    with pytest.raises(TypeError, match=f"field {name} is not true or false"):
        state(story)


def test_the_latest_assessment_counts_and_the_earlier_stays(story: Story) -> None:
    story.tell("assessment.completed", assessment("C1", lowest=True))
    story.tell("assessment.completed", assessment("C4"))
    now = state(story)
    assert [a.tolerance for a in now.assessments] == ["C1", "C4"]
    assert now.assessments[0].lowest
    assert now.assessment == Assessment(leaf(1), "C4", False, 55, "natural", "1", at(1), at(1000))  # noqa: FBT003 - the flag's place


@pytest.mark.parametrize(("name", "value"), [("score", "55"), ("score", True), ("lowest", 0), ("tolerance", 3)])
def test_a_malformed_assessment_is_an_error(story: Story, name: str, value: Value) -> None:
    story.tell("assessment.completed", {**assessment(), name: value})
    with pytest.raises(TypeError, match=f"field {name} is not"):
        state(story)


def test_the_first_showing_of_each_product_is_kept(story: Story) -> None:
    for product in ("1" * 64, "2" * 64, "1" * 64):
        story.tell("product.shown", {"product": product})
    assert dict(state(story).shown) == {"1" * 64: at(0), "2" * 64: at(1)}


def test_proofs_are_kept_in_order(story: Story) -> None:
    story.tell("proof.uploaded", {"kind": "assets", "as_of": "2026-02-28", "amount": CNY_1M})
    story.tell("proof.uploaded", {"kind": "income", "as_of": "2026-02-28", "amount": CNY_1M})
    proofs = state(story).proofs
    assert proofs[0] == Proof(leaf(0), "assets", Money.parse("1000000"), "2026-02-28", at(0))
    assert [proof.kind for proof in proofs] == ["assets", "income"]


def test_a_certification_counts_for_its_regime_only(story: Story) -> None:
    story.tell("certification.granted", certification(), by=CERTIFIER)
    now = state(story)
    assert now.certification("cn_private_fund") == Certification(
        leaf(0), "cn_private_fund", "assets", Money.parse("1000000"), at(0), at(1000), CERTIFIER.id, "5" * 64
    )
    assert now.certification("cn_am_plan") is None


def test_the_latest_certification_of_a_regime_counts(story: Story) -> None:
    for regime in ("cn_private_fund", "cn_am_plan", "cn_private_fund"):
        story.tell("certification.granted", certification(regime))
    latest = state(story).certification("cn_private_fund")
    assert latest is not None
    assert latest.leaf == leaf(2)


def test_a_revocation_hits_the_named_certification_once(story: Story) -> None:
    story.tell("certification.granted", certification())
    story.tell("certification.granted", certification())
    for reason in ("first", "second"):
        story.tell("certification.revoked", {"regime": "cn_private_fund", "reason": reason, "certification": leaf(0)})
    assert [c.revoked_at for c in state(story).certifications] == [at(2), None]


def test_other_records_change_nothing_but_the_list_of_latest_leaves(story: Story) -> None:
    story.tell("consent.given", {"purpose": "marketing", "text_sha256": "0" * 64})
    story.tell("consent.given", {"purpose": "storage", "text_sha256": "0" * 64})
    now = state(story)
    assert dict(now.leaves) == {"consent.given": leaf(1)}
    assert now.registered_at is None


def test_the_same_records_give_the_same_state(story: Story) -> None:
    story.tell("investor.registered", {"kind": "product"})
    story.tell("assessment.completed", assessment())
    assert state(story) == state(story)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "1000000.00",
        1_000_000,
        {},
        {"amount": "1"},
        {"amount": 1, "currency": "CNY"},
        {"amount": "1", "currency": None},
        {"amount": "1", "currency": "CNY", "rate": "1"},
        {"amount": "1e6", "currency": "CNY"},
        {"amount": "1", "currency": "yuan"},
    ],
)
def test_what_is_not_money_is_refused(value: Value) -> None:
    with pytest.raises(ValueError, match=r"money is written|must be a"):
        money_of(value)
