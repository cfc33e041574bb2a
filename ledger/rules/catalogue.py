"""What can be read about the rules: the list for lawyers and programs, and the article behind each record type."""

from collections.abc import Mapping
from types import MappingProxyType

from ledger.domain.decision import Citation
from ledger.domain.events import Value
from ledger.rules import dated
from ledger.rules.loader import Ruleset
from ledger.rules.policy import reminders, retakes
from ledger.rules.rule import Rule
from ledger.rules.values import Cell, Dated, Parameter

RECORDS: Mapping[str, str] = MappingProxyType(
    {
        "investor.registered": "cn/amac_raising/art20_online_gate",
        "investor.code_sent": "cn/amac_raising/art20_online_gate",
        "investor.identity_verified": "cn/amac_raising/art20_online_gate",
        "agreement.accepted": "cn/amac_raising/art20_online_gate",
        "qualification.declared": "cn/amac_raising/art20_online_gate",
        "questionnaire.submitted": "cn/amac_raising/art20_online_gate",
        "assessment.completed": "cn/amac_raising/art18_assessment_validity",
        "questionnaire.refused": "policy/retake_interval",
        "investor.changed": "cn/order_130/art13_material_changes",
        "cdd.completed": "cn/aml_law/art29_due_diligence",
        "owners.declared": "cn/beneficial_owner_measures/art6_grounds",
        "owners.confirmed": "cn/aml_law/art29_due_diligence",
        "consent.given": "cn/pipl/art29_separate_consent",
        "consent.withdrawn": "cn/pipl/art29_separate_consent",
        "review.requested": "cn/pipl/art24_human_review",
        "review.completed": "cn/pipl/art24_human_review",
        "erasure.requested": "cn/pipl/art47_freeze",
        "data.frozen": "cn/pipl/art47_freeze",
        "investor.profiled": "cn/order_105/art13_deemed",
        "investor.holders_declared": "cn/order_105/art13_look_through",
        "exemption.granted": "cn/amac_raising/art32_exemptions",
        "exemption.revoked": "cn/amac_raising/art32_exemptions",
        "professional.recognised": "cn/order_130/art8_institutions",
        "professional.applied": "cn/order_130/art12_order",
        "professional.explained": "cn/order_130/art12_order",
        "professional.tested": "cn/order_130/art12_test",
        "professional.decided": "cn/order_130/art12_decision",
        "professional.notified": "cn/order_130/art12_decision",
        "professional.renounced": "cn/order_130/art11_renunciation",
        "product.document_attached": "cn/order_130/art27_manager_data",
        "product.material_withdrawn": "cn/amac_raising/art24_promotion_words",
        "product.suspended": "cn/order_175/unnumbered_sales_list",
        "product.disclosed": "cn/order_233/unnumbered_disclosure_frequency",
        "product.seats_released": "cn/order_105/art11_seats",
        "product.filed": "cn/regulation_762/art22_filing",
        "sample.visited": "cn/order_130/art29_sampling_visit",
        "selfcheck.completed": "cn/order_130/art30_self_check",
        "sample.drawn": "cn/order_130/art29_sampling_visit",
        "assessment.notified": "cn/amac_suitability/unnumbered_result_notice",
        "product.shown": "cn/amac_raising/art20_online_gate",
        "product.promoted": "cn/order_130/art22_active_promotion",
        "product.requested": "cn/order_130/art19_own_request",
        "unsuitability.notified": "cn/order_130/art19_own_request",
        "warning.given": "cn/order_130/art19_special_warning",
        "warning.acknowledged": "cn/order_130/art19_special_warning",
        "purchase.insisted": "cn/order_130/art19_own_request",
        "product.rated": "cn/order_105/art17_risk_rating",
        "product.approved": "cn/order_175/unnumbered_sales_list",
        "product.listed": "cn/order_175/unnumbered_sales_list",
        "product.mandate_recorded": "cn/amac_raising/art2_seller",
        "product.size_reported": "cn/amac_operation/unnumbered_size_floor",
        "product.material_checked": "cn/amac_raising/art24_promotion_words",
        "staff.qualified": "cn/amac_raising/art4_staff",
        "product.seats_reserved": "cn/order_105/art11_seats",
        "proof.uploaded": "cn/amac_raising/art27_confirmation",
        "certification.granted": "cn/order_105/art12_financial_assets",
        "certification.refused": "cn/order_105/art12_financial_assets",
        "certification.revoked": "cn/amac_raising/art27_confirmation",
        "sale.opened": "cn/amac_raising/art15_order",
        "match.completed": "cn/amac_suitability/unnumbered_matching_matrix",
        "match.acknowledged": "cn/amac_suitability/unnumbered_matching_matrix",
        "match.superseded": "cn/order_130/art21_rematch",
        "match.withdrawn": "cn/order_130/art21_rematch",
        "care.presented": "cn/order_130/art20_high_risk_care",
        "care.acknowledged": "cn/order_130/art20_high_risk_care",
        "disclosure.presented": "cn/amac_raising/art26_statement_items",
        "disclosure.item_confirmed": "cn/amac_raising/art26_statement_items",
        "document.signed": "cn/amac_raising/art15_order",
        "document.page_read": "cn/amac_raising/art26_statement_items",
        "contract.presented": "cn/amac_raising/art15_order",
        "qualification.confirmed": "cn/amac_raising/art27_confirmation",
        "contract.completed": "cn/amac_raising/art29_cooling_off",
        "payment.slip_uploaded": "cn/amac_raising/art12_raising_account",
        "payment.received": "cn/amac_raising/art12_raising_account",
        "contact.made": "cn/amac_raising/art29_contact_ban",
        "invitation.queued": "cn/amac_raising/art29_contact_ban",
        "invitation.ended": "cn/amac_raising/art29_contact_ban",
        "message.queued": "cn/amac_raising/art29_contact_ban",
        "message.ended": "cn/amac_raising/art29_contact_ban",
        "visit.answered": "cn/amac_raising/art30_visit_items",
        "visit.completed": "cn/amac_raising/art30_visit_items",
        "sale.effective": "cn/amac_raising/art31_rescission",
        "holding.confirmed": "cn/order_105/art12_minimum",
        "holding.valued": "cn/order_105/art12_remaining",
        "holding.redeemed": "cn/order_105/art12_remaining",
        "sale.rescinded": "cn/amac_raising/art31_rescission",
    }
)


def article_of(ruleset: Ruleset, record_type: str) -> str:
    """Return the newest citation behind a record type, in Chinese; empty where no article asks for it."""
    key = RECORDS.get(record_type)
    return "" if key is None else words(ruleset.parameters[key].values[-1].citation)


def words(citation: Citation) -> str:
    """Write a citation as Chinese papers do; an article whose number no source confirms is left out."""
    return f"《{citation.title}》" + (f"第{citation.article}条" if citation.article[:1].isdigit() else "")


def unconfirmed(ruleset: Ruleset) -> tuple[str, ...]:
    """Name every citation behind a value that nobody has yet checked against the official text."""
    values = (v for p in ruleset.parameters.values() for v in p.values if v.citation.status == "unconfirmed")
    return tuple(dict.fromkeys(words(v.citation) for v in values))


def index(ruleset: Ruleset, rules: tuple[Rule, ...]) -> list[Value]:
    """List each rule with the parameters it rests on: of decisions and steps, of attempts, of dated obligations."""
    beside: list[tuple[str, tuple[str, ...]]] = [("attempt", provisions) for provisions in retakes.PROVISIONS]
    beside += [("reminder", provisions) for provisions in reminders.PROVISIONS]
    beside += [(f"obligation: {kind}", provisions) for kind, provisions in dated.PROVISIONS.items()]
    known = ruleset.parameters.keys()  # an older ruleset lacks what came later
    return [
        *(_rule(ruleset, rule) for rule in rules),
        *(_row(ruleset, question, needs) for question, needs in beside if known >= set(needs)),
    ]


def _rule(ruleset: Ruleset, rule: Rule) -> dict[str, Value]:
    steps: list[Value] = [step.value for step in sorted(rule.steps)]
    regimes: list[Value] = [*sorted(rule.regimes)]
    row = _row(ruleset, rule.question, (*rule.needs, *rule.also))
    return {**row, "rule": rule.key, "decides": rule.decides, "steps": steps, "regimes": regimes}


def _row(ruleset: Ruleset, question: str, provisions: tuple[str, ...]) -> dict[str, Value]:
    newest = ruleset.parameters[provisions[0]].values[-1]
    parameters = [_parameter(ruleset.parameters[key]) for key in provisions]
    return {
        "rule": provisions[0],
        "norm": newest.citation.norm,
        "article": newest.citation.article,
        "status": newest.citation.status,
        "question": question,
        "decides": False,
        "steps": [],
        "regimes": [],
        "parameters": parameters,
    }


def _parameter(parameter: Parameter) -> Value:
    values: list[Value] = [_dated(value) for value in parameter.values]
    return {
        "key": parameter.key,
        "file": parameter.file,
        "description": parameter.description,
        "unit": parameter.unit.name,
        "term": parameter.term,
        "restricts": parameter.restricts,
        "values": values,
    }


def _dated(value: Dated) -> Value:
    items: list[Value] = [{name: _plain(cell) for name, cell in item.items()} for item in value.items]
    return {
        "from": value.start.isoformat(),
        "until": None if value.end is None else value.end.isoformat(),
        "amount": None if value.amount is None else str(value.amount),
        "items": items,
        "force": value.force.value,
        "citation": value.citation.as_json(),
        "checked_on": value.checked_on.isoformat(),
        "note": value.note,
    }


def _plain(cell: Cell) -> Value:
    if not isinstance(cell, tuple):
        return cell
    entries: list[Value] = [entry if isinstance(entry, str) else {**entry} for entry in cell]
    return entries
