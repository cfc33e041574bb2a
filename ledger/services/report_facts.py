"""Collect what report.pdf shows: a translation of records and of the verifier's report, no judgement of its own."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from cryptography import x509

from ledger.domain.authority import AUTHORITY
from ledger.domain.decision import Citation
from ledger.domain.events import Event, Value
from ledger.domain.investor import money_of
from ledger.domain.money import Money
from ledger.ports.papers import ReportAnchor, ReportFacts, ReportRow, ReportSignature, ReportStep
from ledger.ports.store import Reader
from ledger.rules.catalogue import words
from ledger.services import handwriting
from ledger.services.guard import REFUSING, sale_facts
from ledger.services.ledger import Ledger
from ledger.services.report_reading import readings
from ledger.services.sales import status_of
from ledger.services.titles import PURPOSES, title_of
from verifier import anchor, certificates, seen
from verifier import bundle as bundles
from verifier.approvals import on_chain
from verifier.report import Report

OUTCOMES = {
    "effective": ("认购已生效：全部步骤依序完成", "Effective: every step was done in order"),
    "rescinded": ("合同已解除", "Rescinded by the investor"),
    "cooling_off_or_visit": ("冷静期或回访中，尚未生效", "In cooling-off or awaiting the return visit"),
    "in_procedure": ("认购程序进行中", "In procedure"),
}
ANSWERS = {
    "eligible": ("符合条件", "eligible"),
    "ineligible": ("不符合条件", "ineligible"),
    "conditional": ("有条件", "conditional"),
}
NOT_PROVEN = (
    (
        "上链之前内容的真实性：区块链只证明记录此后未被改动，不证明所填内容属实（在线诉讼规则第18条）。",
        "Truth before recording: the log proves that nothing was changed since, not that what was typed is true.",
    ),
    (
        "流映射与日志相符：记录流末尾无遗漏以本机构签名并上链的流映射为准，逐条核对须读取整个日志（pfl fsck）。",
        "That the stream map fits the log: it is signed and anchored, but comparing it takes the whole log (pfl fsck).",
    ),
    (
        "嵌入式链与本机构签名的检查点仅为本机构单方陈述，未经第三方见证。",
        "The embedded chain and our own checkpoints are one party's word; no third party has witnessed them.",
    ),
    (
        "开发替身（见清单）出具的身份核验、证书与时间戳在正式环境中须由持牌机构替代。",
        "Identity, certificates and timestamps by development stand-ins must come from licensed bodies in production.",
    ),
)


def report_facts(
    ledger: Ledger, reader: Reader, stream: str, bundle: bytes, checked: Report, now: datetime
) -> ReportFacts:
    """Collect the facts of one sale's report."""
    facts = sale_facts(reader, stream)
    state, product = facts.sale, facts.product
    if state is None:
        msg = "a report needs a sale"
        raise ValueError(msg)
    introduced = next(e for e in reader.events(product.stream) if e.type == "product.introduced")
    outcome_zh, outcome_en = OUTCOMES[status_of(state)]
    parsed = bundles.parse(bundle)
    proven = {entry.index for entry in parsed.records}
    told = sorted((*reader.events(state.investor), *reader.events(stream)), key=lambda e: e.index)
    events = [event for event in told if event.index in proven]
    assessment = facts.investor.assessment
    held = {document.sha256: document.content for document in parsed.documents}
    return ReportFacts(
        sale=stream,
        made_at=now,
        institution=ledger.institution,
        product_name=product.name,
        product_code=introduced.text("code"),
        investor_label=f"投资者 {state.investor[:12]}…",
        amount=state.amount or Money.parse("0"),
        risk_level=product.risk_level or "",
        tolerance="" if assessment is None else assessment.tolerance,
        outcome_zh=outcome_zh,
        outcome_en=outcome_en,
        rows=tuple(_row(ledger, e) for e in events),
        signatures=tuple(signature_of(e, held) for e in events if e.type == "document.signed"),
        anchors=tuple(_anchor(a) for a in parsed.anchors if not seen.named(a)),
        steps=tuple(ReportStep(s.number, s.title_zh, s.title_en, s.outcome.value, s.detail) for s in checked.steps),
        verdict=checked.verdict.value,
        stand_ins=ledger.stand_ins,
        not_proven=NOT_PROVEN,
        unconfirmed=ledger.rules.unconfirmed(),
        bundle_sha256=sha256(bundle).hexdigest(),
        record_count=len(parsed.records),
        labels={},
        readings=tuple(readings(events)),
    )


def _row(ledger: Ledger, event: Event) -> ReportRow:
    zh, en = title_of(event)
    detail_zh, detail_en = detail_of(event)
    return ReportRow(
        at=event.occurred_at,
        title_zh=zh,
        title_en=en,
        actor=event.actor.role.value,
        article=refusing_article(event) or ledger.rules.article_of(event.type),
        leaf=event.leaf,
        refused=event.type.startswith(("step.refused", "certification.refused")),
        detail_zh=detail_zh,
        detail_en=detail_en,
    )


def detail_of(event: Event) -> tuple[str, str]:
    """Say in (Chinese, English) what a record's title leaves open: an amount, a class, a reason; or nothing."""
    fields = event.fields
    match event.type:
        case "assessment.completed":
            text = f"{event.text('tolerance')} ({fields['score']})"
            return text, text
        case "match.completed" | "match.superseded" | "match.withdrawn" | "unsuitability.notified" | "warning.given":
            text = f"{event.text('tolerance')} / {event.text('risk_level')}"
            return text, text
        case "payment.received" | "certification.granted" | "proof.uploaded" | "sale.opened":
            money = money_of(fields["amount"])
            text = f"{money.currency} {money.amount:,.2f}"
            return text, text
        case "step.refused" | "step.refused_before_sale":
            return _refusal(event)
        case "decision.made" | "eligibility.decided":
            return _decided(event)
        case _:
            return "", ""


def _decided(event: Event) -> tuple[str, str]:
    """Say the answer, and of a conditional or negative one the first reason."""
    body = event.fields["decision"]
    found = body if isinstance(body, dict) else {}
    zh, en = ANSWERS.get(str(found.get("answer")), ("", ""))
    findings = found.get("findings")
    for finding in findings if isinstance(findings, list) else []:
        if isinstance(finding, dict) and finding["outcome"] in REFUSING and isinstance(finding["reason"], dict):
            return f"{zh}:{finding['reason']['zh']}", f"{en}: {finding['reason']['en']}"
    return zh, en


def _refusal(event: Event) -> tuple[str, str]:
    reason = _first_finding(event).get("reason")
    if not isinstance(reason, dict):
        return event.text("step"), event.text("step")
    return str(reason["zh"]), str(reason["en"])


def refusing_article(event: Event) -> str:
    """Return the article that refused a step; empty for any other record."""
    citation = _first_finding(event).get("citation")
    if not isinstance(citation, dict):
        return ""
    return words(Citation(**{name: str(value) for name, value in citation.items()}))


def _first_finding(event: Event) -> dict[str, Value]:
    findings = event.fields.get("findings")
    first = findings[0] if isinstance(findings, list) and findings else {}
    return first if isinstance(first, dict) else {}


def signature_of(event: Event, held: Mapping[str, bytes] = MappingProxyType({})) -> ReportSignature:
    """Tell of a signature what its record holds."""
    chain = event.fields["certificate"]
    pem = str(chain[0]) if isinstance(chain, list) else ""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    zh, en = PURPOSES[event.text("purpose")]
    signed = next(d for d in event.documents if d.role == "signed")
    drawn = next((d.sha256 for d in event.documents if d.role == handwriting.ROLE), "")
    return ReportSignature(
        purpose_zh=zh,
        purpose_en=en,
        suite=event.text("suite"),
        signed_at=event.occurred_at,
        signer=_signer(event),
        issuer=certificate.issuer.rfc4514_string(),
        certificate_serial=f"{certificate.serial_number:x}",
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        document_sha256=signed.sha256,
        drawing=handwriting.strokes_of(held[drawn]) if drawn in held else (),
        drawing_sha256=drawn,
    )


def _signer(event: Event) -> str:
    """Name the key; for an institution its seal's, the signatory's own, and the authority, all by digest."""
    key = f"key {event.text('key')[:16]}…"
    own = event.fields.get("signatory")
    if not isinstance(own, dict) or not isinstance(own["certificate"], list):
        return key
    mine = certificates.key_digest(certificates.load_pem(str(own["certificate"][0])))
    authority = next(ref.leaf for ref in event.refs if ref.role == AUTHORITY)
    return f"seal {key}; signatory key {mine[:16]}…, authority {authority[:12]}…"


def _anchor(value: dict[str, Any]) -> ReportAnchor:
    if on_chain.named(value):
        size, claim = None, on_chain.parse(value).claim
    else:
        found = anchor.parse(value)
        size, claim = found.size, found.claim
    return ReportAnchor(
        size=size,
        chain=f"EVM chain {claim.chain_id}",
        block_number=claim.block_number,
        block_time=claim.block_time,
        transaction=claim.transaction,
        trust=claim.trust,
    )
