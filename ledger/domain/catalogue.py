"""Every record type there is: which stream it lives in, which fields it must and may carry, and who may write it.

Adding a type here is a change of the format's vocabulary: `docs/format.md` §3 lists the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from ledger.domain.actors import Role
from ledger.domain.events import Draft


class Stream(StrEnum):
    """What a stream is about."""

    INVESTOR = "investor"
    PRODUCT = "product"
    SALE = "sale"
    INSTITUTION = "institution"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class EventType:
    """One row of the table."""

    name: str
    stream: Stream
    required: frozenset[str]
    optional: frozenset[str]
    roles: frozenset[Role]


CHANNEL = "channel"
"""Through what an investor came who did it, as their signed link says."""


def _row(name: str, stream: Stream, required: str, roles: str, optional: str = "") -> EventType:
    needs, may = frozenset(required.split()), frozenset(optional.split())
    if "investor" in roles.split() and CHANNEL not in needs:
        may |= {CHANNEL}
    return EventType(name, stream, needs, may, frozenset(Role(r) for r in roles.split()))


_TOLD = "product tolerance risk_level text text_en text_sha256"
_I, _P, _S, _O = Stream.INVESTOR, Stream.PRODUCT, Stream.SALE, Stream.INSTITUTION
_ROWS = (
    # the investor: gate (募集 arts. 17-20), assessment, proof and certification (105号 arts. 12-13)
    _row("investor.registered", _I, "kind name id_type id_number mobile channel", "sales investor", "born_on"),
    _row("investor.code_sent", _I, "method code_digest expires_at", "system"),
    _row("investor.code_rejected", _I, "method", "system"),
    _row("investor.identity_verified", _I, "method", "investor system"),
    _row("agreement.accepted", _I, "agreement version", "investor"),
    _row("qualification.declared", _I, "active branch own_funds self_purchase statement", "investor"),
    _row("questionnaire.submitted", _I, "questionnaire version answers device", "investor"),
    _row(
        "assessment.completed",
        _I,
        "tolerance lowest score questionnaire version valid_until reasons",
        "system assessor",
    ),
    _row("questionnaire.refused", _I, "questionnaire version answers device reason", "system"),
    _row("assessment.notified", _I, "tolerance", "system investor"),
    _row("investor.changed", _I, "what told_by", "investor sales compliance"),
    _row("erasure.requested", _I, "channel", "investor"),
    _row("data.frozen", _I, "until clocks", "system"),
    # a link on its way to an investor without a sale; `message.*` are those of a sale
    _row("invitation.queued", _I, "message about medium language", "sales compliance", "channel"),
    _row("invitation.ended", _I, "message outcome attempts", "system"),
    _row("product.shown", _I, "product", "sales investor system", "own_request"),
    # above tolerance only on the investor's own initiative (130号 arts. 19, 22)
    _row("product.promoted", _I, "product channel", "sales compliance system", "material reported"),
    _row("product.requested", _I, "product named unpromoted statement channel", "investor"),
    _row(
        "unsuitability.notified", _I, "product tolerance risk_level text text_en text_sha256", "system sales compliance"
    ),
    _row("warning.given", _I, "product tolerance risk_level text text_en text_sha256", "system sales compliance"),
    _row("warning.acknowledged", _I, "product text_sha256", "investor"),
    _row("purchase.insisted", _I, "product statement", "investor"),
    _row("certificate.issued", _I, "suite certificate issuer valid_until", "system", "holder"),
    # keys that outlive a sale: a passkey, a wallet, a national certificate
    _row("credential.registered", _I, "suite credential key", "investor"),
    _row("credential.withdrawn", _I, "reason", "investor"),
    _row("proof.uploaded", _I, "kind as_of amount", "investor sales", "years"),
    _row(
        "certification.granted",
        _I,
        "regime branch amount valid_until sale",
        "certifier",
        "experience_since manager particulars",
    ),
    _row("certification.refused", _I, "regime reason sale", "certifier"),
    _row("certification.revoked", _I, "regime reason certification", "certifier compliance"),
    # institutions and products: what they are, who stands behind them, which steps they may skip (105号 13; 募集 32)
    _row(
        "investor.profiled",
        _I,
        "form",
        "investor sales certifier compliance",
        "filing_number year_end net_assets financial_assets",
    ),
    _row("investor.holders_declared", _I, "holders as_of", "investor sales certifier"),
    # who acts for an institution, under which authority, and who stands behind it (反洗钱法 art. 29)
    _row("representative.named", _I, "capacity name id_type id_number mobile", "sales compliance"),
    _row(
        "power.granted", _I, "scopes signed_on valid_from valid_until", "investor certifier compliance", "product most"
    ),
    _row("power.revoked", _I, "reason", "investor compliance"),
    _row("authority.refused", _I, "act reason", "system"),
    _row("owners.declared", _I, "owners count as_of", "sales compliance"),
    _row("owners.confirmed", _I, "count", "investor"),
    _row("exemption.granted", _I, "basis valid_until", "certifier compliance", "manager"),
    _row("exemption.revoked", _I, "reason", "certifier compliance"),
    # ordinary or professional (130号 arts. 8, 11, 12)
    _row("professional.recognised", _I, "ground valid_until claims", "certifier"),
    _row("professional.applied", _I, "statement text_sha256", "investor"),
    _row("professional.explained", _I, "text text_en text_sha256", "system sales compliance"),
    _row("professional.tested", _I, "method passed score", "assessor compliance"),
    _row("professional.decided", _I, "accepted reasons claims", "certifier", "valid_until"),
    _row("professional.notified", _I, "text text_en text_sha256", "system compliance"),
    _row("professional.renounced", _I, "notice", "investor"),
    # what a foreign regime asks for in writing
    _row("regime.stated", _I, "regime statement text text_en text_sha256", "investor", "sale"),
    _row("regime.told", _I, "regime statement text text_en text_sha256", "sales compliance system", "sale"),
    _row("regime.withdrawn", _I, "regime statement", "investor"),
    # what is held: confirmed with the sale, valued and redeemed as the registrar says (105号 art. 12)
    _row("holding.confirmed", _I, "product sale amount", "system"),
    _row("holding.valued", _I, "product value as_of", "compliance"),
    _row("holding.redeemed", _I, "product amount remaining", "investor compliance"),
    _row("investor.step_refused", _I, "step findings", "system"),
    _row("step.refused_before_sale", _I, "product step findings", "system"),
    _row("cdd.completed", _I, "beneficial_owners_known risk source_of_funds", "compliance", "file_sha256"),
    _row("consent.given", _I, "purpose text_sha256", "investor"),
    _row("consent.withdrawn", _I, "purpose", "investor"),
    _row("review.requested", _I, "of reason", "investor"),
    _row("review.completed", _I, "review outcome reasons", "compliance assessor"),
    # the product's life cycle
    _row(
        "product.introduced",
        _P,
        "name code manager regime fund_type legal_form filing_number raising_account minimum cooling_off_hours"
        " return_visit special_risks",
        "compliance admin",
        "also_requires cooling_off_from",
    ),
    _row("product.rated", _P, "risk_level manager_risk_level factors valid_until", "compliance assessor"),
    _row("product.approved", _P, "opinion", "compliance admin"),
    _row("product.listed", _P, "from_day", "compliance admin"),
    _row("product.suspended", _P, "reason", "compliance admin"),
    _row("product.closed", _P, "reason", "compliance admin"),
    _row("product.liquidated", _P, "liquidated_on reason", "compliance admin"),
    _row("product.document_attached", _P, "kind title", "compliance admin"),
    _row(
        "product.mandate_recorded",
        _P,
        "basis",
        "compliance admin",
        "licence membership agreement_signed_on valid_until",
    ),
    _row("product.size_reported", _P, "as_of net_assets", "compliance admin", "year_average days_below"),
    _row("product.material_checked", _P, "title audience wording", "compliance admin", "fields performance transcript"),
    _row("product.material_withdrawn", _P, "sha256 reason", "compliance admin"),
    _row("product.filed", _P, "submitted_on reference parts", "compliance admin"),
    _row("product.disclosed", _P, "duty period", "compliance admin", "report_sha256"),
    _row("product.step_refused", _P, "step findings", "system"),
    _row("product.seats_reserved", _P, "sale seats", "system"),
    _row("product.seats_released", _P, "sale reason", "system"),
    # the sale (募集 art. 15 order)
    _row("sale.opened", _S, "investor product amount fee channel", "sales investor", "own_request"),
    _row("match.completed", _S, "tolerance lowest risk_level outcome", "system"),
    _row("match.acknowledged", _S, "opinion_sha256", "investor"),
    _row("match.superseded", _S, "tolerance lowest risk_level outcome cause", "system"),
    _row("match.withdrawn", _S, "tolerance lowest risk_level outcome cause", "system"),
    _row("care.presented", _S, "risk_level text text_en text_sha256", "system investor sales"),
    _row("care.acknowledged", _S, "text_sha256", "investor"),
    _row("disclosure.presented", _S, "items", "system investor"),
    _row("disclosure.item_confirmed", _S, "item text_sha256", "investor"),
    _row(
        "document.signed",
        _S,
        "purpose suite statement signature certificate key",
        "investor",
        "approval reading signatory",
    ),
    _row("document.page_read", _S, "document page pages seconds", "investor"),
    _row("contract.presented", _S, "document", "investor"),
    _row("qualification.confirmed", _S, "certification", "certifier"),
    _row("contract.completed", _S, "countersigned_by", "system compliance"),
    _row("payment.slip_uploaded", _S, "account amount", "investor"),
    _row("payment.received", _S, "amount payer_is_investor payer_account account slip", "system compliance admin"),
    _row("contact.made", _S, "channel direction purpose", "sales visitor system", "message"),
    _row("message.queued", _S, "message about medium language", "sales visitor compliance system", "channel"),
    _row("message.ended", _S, "message outcome attempts", "system"),
    _row("visit.answered", _S, "answers script channel", "investor"),
    _row("visit.completed", _S, "answers leading channel script successful", "visitor"),
    _row("sample.visited", _S, "period answers channel script findings", "visitor"),
    _row("sale.rescinded", _S, "reason", "investor"),
    _row("sale.effective", _S, "visit", "system", "basis"),
    _row("report.made", _S, "evidence_sha256 verdict", "auditor compliance investor"),
    _row("decision.made", _S, "decision", "system"),
    _row("step.refused", _S, "step findings", "system"),
    # the operator itself
    _row("institution.registered", _O, "name kind licence", "admin system"),
    _row("staff.appointed", _O, "staff role", "admin system"),
    _row("staff.qualified", Stream.STAFF, "staff certificate valid_until", "admin system"),
    _row("selfcheck.completed", _O, "period report_sha256 problems", "compliance", "reported_on"),
    _row("sample.drawn", _O, "period seed population sales", "system"),
    _row("clock.advanced", _O, "from to seconds notice", "admin system"),
    _row("ruleset.adopted", _O, "digest files", "system"),
    _row("chain.reopened", _O, "from_size to_size block reason", "system"),
    _row("access.logged", _O, "reader subject purpose", "system"),
    _row("eligibility.decided", _I, "decision", "system"),
)

EVENT_TYPES: Mapping[str, EventType] = MappingProxyType({row.name: row for row in _ROWS})


def channelled(draft: Draft) -> Draft:
    """Return the draft with the channel through which its investor came, where it says nothing of that itself."""
    channel, row = draft.actor.channel, EVENT_TYPES.get(draft.type)
    if not channel or row is None or CHANNEL in draft.fields or CHANNEL not in row.optional:
        return draft
    return replace(draft, fields={**draft.fields, CHANNEL: channel})


def check(draft: Draft) -> EventType:
    """Return the row a draft belongs to; ``ValueError`` names what is missing, unknown or not allowed."""
    row = EVENT_TYPES.get(draft.type)
    if row is None:
        msg = f"unknown record type {draft.type!r}: add it to the catalogue first"
        raise ValueError(msg)
    names = set(draft.fields)
    if missing := row.required - names:
        msg = f"{draft.type} lacks {', '.join(sorted(missing))}"
        raise ValueError(msg)
    if unknown := names - row.required - row.optional:
        msg = f"{draft.type} does not carry {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    if draft.actor.role not in row.roles:
        msg = f"{draft.type} may not be written by {draft.actor.role}"
        raise ValueError(msg)
    return row
