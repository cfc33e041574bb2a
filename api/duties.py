"""Who may call what: one row per route. A route without a row does not start (`design.md` §11).

An investor is let in only where ``investor`` is named, and there only to their own stream and sales
(`api/auth.py`). Whoever sold may not certify or visit: that is about persons, so services decide it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ledger.domain.actors import Role

ANY = "investor sales certifier assessor visitor compliance auditor admin"


@dataclass(frozen=True, slots=True)
class Duty:
    """``roles`` may call ``method path``; ``None`` means that no key is needed.

    ``reads``: although a POST it writes nothing (its question is too long for a query), so it needs no idempotency key.
    ``early``: a page's session may call it before its one-time code was typed in.
    ``console``: a console's session may call it, besides keys; what is not named here, the console cannot do.
    """

    method: str
    path: str
    roles: frozenset[Role] | None
    reads: bool = False
    early: bool = False
    console: bool = False


def _row(
    method: str, path: str, roles: str | None, *, reads: bool = False, early: bool = False, console: bool = False
) -> Duty:
    named = None if roles is None else frozenset(Role(r) for r in roles.split())
    return Duty(method, path, named, reads, early, console)


_ROWS = (
    _row("GET", "/v1/eligibility", "sales compliance auditor"),
    _row("POST", "/v1/eligibility/batch", "sales compliance auditor", reads=True),
    # the investor
    _row("POST", "/v1/investors", "sales"),
    _row("GET", "/v1/investors/{investor}", "sales certifier compliance auditor investor"),
    _row("POST", "/v1/investors/{investor}/links", "sales"),
    _row("POST", "/v1/investors/{investor}/links/qr-code", "sales", reads=True),
    _row("POST", "/v1/investors/{investor}/representatives", "sales compliance"),
    _row("GET", "/v1/investors/{investor}/representatives", "sales certifier compliance auditor investor"),
    _row("POST", "/v1/investors/{investor}/representatives/{representative}/links", "sales"),
    _row("POST", "/v1/investors/{investor}/powers", "certifier compliance investor"),
    _row("POST", "/v1/investors/{investor}/powers/{power}/revocation", "compliance investor"),
    _row("POST", "/v1/investors/{investor}/beneficial-owners", "sales compliance"),
    _row("GET", "/v1/investors/{investor}/beneficial-owners", "sales compliance auditor investor"),
    _row("POST", "/v1/investors/{investor}/beneficial-owners/confirmations", "investor"),
    _row("POST", "/v1/investors/{investor}/invitations", "sales compliance"),
    _row("POST", "/v1/investors/{investor}/codes", "investor", early=True),
    _row("POST", "/v1/investors/{investor}/identity", "investor"),
    _row("POST", "/v1/investors/{investor}/agreements", "investor"),
    _row("POST", "/v1/investors/{investor}/declarations", "investor"),
    _row("POST", "/v1/investors/{investor}/questionnaires", "investor"),
    _row("POST", "/v1/investors/{investor}/assessment-notices", "investor"),
    _row("POST", "/v1/investors/{investor}/certificates", "investor"),
    _row("GET", "/v1/investors/{investor}/credentials", "investor"),
    _row("POST", "/v1/investors/{investor}/credentials/challenges", "investor"),
    _row("POST", "/v1/investors/{investor}/credentials", "investor"),
    _row("POST", "/v1/investors/{investor}/credentials/{credential}/withdrawal", "investor"),
    _row("POST", "/v1/investors/{investor}/proofs", "investor sales"),
    _row("POST", "/v1/investors/{investor}/certifications", "certifier"),
    _row("POST", "/v1/investors/{investor}/certifications/{certification}/revocation", "certifier compliance"),
    _row("POST", "/v1/investors/{investor}/due-diligence", "compliance"),
    _row("GET", "/v1/consents", ANY),
    _row("POST", "/v1/investors/{investor}/consents", "investor"),
    _row("POST", "/v1/investors/{investor}/consents/withdrawals", "investor"),
    _row("GET", "/v1/investors/{investor}/reviews", "assessor compliance auditor investor"),
    _row("GET", "/v1/reviews", "assessor compliance auditor"),
    _row("POST", "/v1/investors/{investor}/reviews", "investor"),
    _row("POST", "/v1/investors/{investor}/reviews/{review}/completion", "assessor compliance"),
    _row("GET", "/v1/investors/{investor}/holdings", "sales compliance auditor investor"),
    _row("POST", "/v1/investors/{investor}/holdings/{product}/valuations", "compliance"),
    _row("POST", "/v1/investors/{investor}/holdings/{product}/redemptions", "compliance investor"),
    _row("POST", "/v1/investors/{investor}/promotions", "sales"),
    _row("POST", "/v1/investors/{investor}/promotion-reports", "compliance"),
    _row("POST", "/v1/investors/{investor}/requests", "investor"),
    _row("GET", "/v1/investors/{investor}/requests", "sales compliance auditor investor"),
    _row("POST", "/v1/investors/{investor}/unsuitability-notices", "sales compliance"),
    _row("POST", "/v1/investors/{investor}/warnings", "compliance"),
    _row("POST", "/v1/investors/{investor}/warnings/acknowledgements", "investor"),
    _row("POST", "/v1/investors/{investor}/insistences", "investor"),
    _row("GET", "/v1/questionnaires/{questionnaire}", ANY),
    # foreign regimes: what they ask for in writing
    _row("GET", "/v1/regimes/{regime}/statements", ANY),
    _row("GET", "/v1/investors/{investor}/statements", "sales certifier compliance auditor investor"),
    _row("POST", "/v1/investors/{investor}/statements", "investor"),
    _row("POST", "/v1/investors/{investor}/statements/notices", "sales compliance"),
    _row("POST", "/v1/investors/{investor}/statements/withdrawals", "investor"),
    # the investor who is more than a natural person; ordinary or professional
    _row("POST", "/v1/investors/{investor}/profiles", "investor sales certifier compliance"),
    _row("POST", "/v1/investors/{investor}/holders", "investor sales certifier"),
    _row("POST", "/v1/investors/{investor}/exemptions", "certifier compliance"),
    _row("POST", "/v1/investors/{investor}/exemptions/revocation", "certifier compliance"),
    _row("GET", "/v1/investors/{investor}/standing", "sales certifier assessor compliance auditor investor"),
    _row("POST", "/v1/investors/{investor}/professional-recognitions", "certifier"),
    _row("POST", "/v1/investors/{investor}/professional-applications", "investor"),
    _row("POST", "/v1/investors/{investor}/professional-applications/explanation", "sales compliance"),
    _row("POST", "/v1/investors/{investor}/professional-applications/test", "assessor compliance"),
    _row("POST", "/v1/investors/{investor}/professional-applications/decision", "certifier"),
    _row("POST", "/v1/investors/{investor}/professional-applications/notice", "compliance"),
    _row("POST", "/v1/investors/{investor}/professional-renunciation", "investor"),
    # the investor's pages
    _row("POST", "/v1/session", None, reads=True),
    _row("DELETE", "/v1/session", None, reads=True),
    _row("POST", "/v1/session/code", "investor", early=True),
    _row("POST", "/v1/session/links", "investor", reads=True),
    _row("GET", "/v1/journey", "investor", early=True),
    _row("GET", "/v1/sales/{sale}/papers/{sha256}", "investor compliance auditor"),
    _row("GET", "/v1/sales/{sale}/papers/{sha256}/pages/{page}", "investor compliance auditor"),
    _row("POST", "/v1/sales/{sale}/readings", "investor"),
    _row("POST", "/v1/sales/{sale}/contract", "investor"),
    _row("POST", "/v1/sales/{sale}/visit-answers", "investor"),
    # the console: sales and their timelines, read only
    _row("POST", "/v1/console/session", None, reads=True),
    _row("DELETE", "/v1/console/session", None, reads=True),
    _row("GET", "/v1/console", "compliance auditor", console=True),
    _row("GET", "/v1/sales", "compliance auditor", console=True),
    _row("GET", "/v1/sales/{sale}/acts", "compliance auditor", console=True),
    # the product
    _row("POST", "/v1/products", "compliance"),
    _row("GET", "/v1/products", ANY),
    _row("GET", "/v1/products/{product}", ANY),
    _row("POST", "/v1/products/{product}/ratings", "compliance"),
    _row("POST", "/v1/products/{product}/approvals", "admin"),
    _row("POST", "/v1/products/{product}/listings", "compliance"),
    _row("GET", "/v1/products/{product}/papers", "sales compliance auditor admin"),
    _row("GET", "/v1/products/{product}/timeline", "compliance auditor admin"),
    _row("GET", "/v1/products/{product}/open-matches", "sales compliance auditor"),
    _row("POST", "/v1/products/{product}/mandate", "compliance"),
    _row("POST", "/v1/products/{product}/documents", "compliance"),
    _row("POST", "/v1/products/{product}/sizes", "compliance"),
    _row("POST", "/v1/products/{product}/materials", "compliance"),
    _row("POST", "/v1/products/{product}/materials/{sha256}/withdrawal", "compliance"),
    _row("POST", "/v1/products/{product}/suspensions", "compliance"),
    _row("POST", "/v1/products/{product}/closure", "compliance"),
    _row("POST", "/v1/products/{product}/liquidation", "compliance"),
    # the sale
    _row("POST", "/v1/sales", "sales"),
    _row("GET", "/v1/sales/{sale}", "sales compliance auditor investor", console=True),
    _row("GET", "/v1/sales/{sale}/timeline", "sales compliance auditor investor"),
    _row("POST", "/v1/sales/{sale}/invitations", "sales compliance"),
    _row("POST", "/v1/sales/{sale}/reminders", "sales visitor compliance"),
    _row("GET", "/v1/sales/{sale}/messages", "sales visitor compliance auditor"),
    _row("POST", "/v1/sales/{sale}/match", "sales"),
    _row("POST", "/v1/sales/{sale}/match-acknowledgements", "investor"),
    _row("POST", "/v1/sales/{sale}/high-risk-disclosure", "investor sales"),
    _row("POST", "/v1/sales/{sale}/high-risk-disclosure/acknowledgements", "investor"),
    _row("POST", "/v1/sales/{sale}/disclosure", "investor"),
    _row("POST", "/v1/sales/{sale}/disclosure/items/{item}", "investor"),
    _row("POST", "/v1/sales/{sale}/signatures", "investor"),
    _row("POST", "/v1/sales/{sale}/signatures/{signature}", "investor"),
    _row("POST", "/v1/sales/{sale}/qualification", "certifier"),
    _row("POST", "/v1/sales/{sale}/contract-completion", "compliance"),
    _row("POST", "/v1/sales/{sale}/payments", "compliance"),
    _row("GET", "/v1/sales/{sale}/payment", "compliance auditor investor"),
    _row("POST", "/v1/sales/{sale}/payment-slips", "investor"),
    _row("POST", "/v1/sales/{sale}/contacts", "sales visitor"),
    _row("POST", "/v1/sales/{sale}/visits", "visitor"),
    _row("POST", "/v1/sales/{sale}/effect", "compliance"),
    _row("POST", "/v1/sales/{sale}/rescission", "investor"),
    # evidence
    _row("POST", "/v1/sales/{sale}/reports", "auditor compliance investor", console=True),
    _row("GET", "/v1/sales/{sale}/reports/report.pdf", "auditor compliance investor", console=True),
    _row("GET", "/v1/sales/{sale}/reports/evidence.json", "auditor compliance investor", console=True),
    _row("GET", "/v1/documents/{sha256}", "investor compliance auditor"),
    _row("GET", "/v1/records/{leaf}", ANY),
    _row("GET", "/v1/records/{leaf}/proof", ANY),
    _row("GET", "/v1/streams/{stream}/completeness", "auditor compliance"),
    _row("GET", "/v1/checkpoints", ANY),
    _row("GET", "/v1/checkpoints/latest", ANY),
    _row("GET", "/v1/checkpoints/consistency", ANY),
    _row("GET", "/v1/rules", ANY),
    # what is owed by when
    _row("GET", "/v1/obligations", "compliance auditor admin"),
    _row("POST", "/v1/self-checks", "compliance"),
    _row("POST", "/v1/samples", "compliance"),
    _row("POST", "/v1/sales/{sale}/sample-visits", "visitor"),
    _row("POST", "/v1/products/{product}/filings", "compliance"),
    _row("POST", "/v1/products/{product}/disclosures", "compliance"),
    _row("POST", "/v1/investors/{investor}/changes", "investor sales compliance"),
    _row("POST", "/v1/investors/{investor}/erasure-requests", "investor"),
    # the operator
    _row("POST", "/v1/keys", "admin"),
    _row("GET", "/v1/keys", "admin"),
    _row("DELETE", "/v1/keys/{key}", "admin"),
    _row("POST", "/v1/staff/{staff}/qualifications", "admin"),
    _row("POST", "/v1/development/clock", "admin"),
    _row("POST", "/v1/development/acts", "investor"),
    _row("GET", "/v1/development/messages/{investor}", "admin"),
    _row("GET", "/v1/development/codes/{investor}", "admin investor", early=True),
    _row("GET", "/health", None),
    _row("GET", "/metrics", None),
    _row("GET", "/docs", None),
    _row("GET", "/openapi.json", None),
)

DUTIES: Mapping[tuple[str, str], Duty] = MappingProxyType({(row.method, row.path): row for row in _ROWS})
