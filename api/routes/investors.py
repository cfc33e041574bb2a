"""The investor: the specific-person gate, assessment, proof and certification."""

from typing import Annotated

import segno
from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from api.deps import Read, Write, as_json
from api.guard import Guarded
from api.routes import paths
from api.routes.messages import ways_back
from api.schemas import base, journey
from api.schemas import investors as wire
from api.schemas.messages import PLAIN, LinkTerms
from ledger.errors import ForbiddenError
from ledger.services import assessments, certificates, certifications, due_diligence, investors, links, proofs
from ledger.services.ledger import Ledger

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.post("/v1/investors", status_code=201, response_model=wire.Registered)
def register(body: wire.Registration, write: Write) -> Response:
    """Register an investor."""
    return write(investors.register, **body.model_dump())


@router.get("/v1/investors/{investor}", response_model=wire.InvestorOut)
def show(investor: paths.Investor, read: Read) -> Response:
    """Tell where an investor stands."""
    return read(investors.show, stream=investor)


@router.post("/v1/investors/{investor}/links", status_code=201, response_model=wire.Link)
def link(investor: paths.Investor, write: Write, request: Request, body: LinkTerms = PLAIN) -> Response:
    """Issue a bearer token for this investor only, to be handed over by whoever asked for it."""
    return write(links.issue, stream=investor, terms=body.terms(ways_back(request)))


@router.post("/v1/investors/{investor}/links/qr-code", response_model=journey.LinkPicture)
def picture_link(investor: paths.Investor, body: journey.LinkToken, request: Request) -> Response:
    """Draw an investor's link as a QR code, to be shown to that investor; nothing is kept."""
    ledger: Ledger = request.app.state.ledger
    if links.open_link(ledger, body.token, ledger.clock.now()).id != investor:
        raise ForbiddenError("this link is another investor's: use the one issued for this one", "该链接不属于此投资者")
    address = f"{request.base_url}sign#{body.token}"
    picture = segno.make(address, error="l", micro=False).svg_inline(scale=4, border=4, light="#fff")
    return as_json({"investor": investor, "address": address, "svg": picture})


@router.post("/v1/investors/{investor}/codes", status_code=201, response_model=wire.CodeSent)
def send_code(investor: paths.Investor, write: Write) -> Response:
    """Send a one-time code to the registered mobile."""
    return write(investors.send_code, stream=investor)


@router.post("/v1/investors/{investor}/identity", status_code=201, response_model=wire.Verified)
def verify_identity(investor: paths.Investor, body: wire.Code, write: Write) -> Response:
    """Verify identity with the code; five wrong ones end it."""
    return write(investors.verify_identity, stream=investor, code=body.code)


@router.post("/v1/investors/{investor}/agreements", status_code=201, response_model=wire.Accepted)
def accept_agreement(investor: paths.Investor, body: wire.Agreement, write: Write) -> Response:
    """Accept the network service agreement."""
    return write(investors.accept_agreement, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/declarations", status_code=201, response_model=wire.Declared)
def declare(investor: paths.Investor, body: wire.Declaration, write: Write) -> Response:
    """Actively confirm being a qualified investor, with own funds and for oneself."""
    return write(investors.declare, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/questionnaires", status_code=201, response_model=wire.Assessed)
def answer(investor: paths.Investor, body: wire.Answers, write: Write) -> Response:
    """Submit a filled-in questionnaire and get the risk assessment."""
    return write(assessments.submit, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/assessment-notices", status_code=201, response_model=wire.Notified)
def acknowledge_assessment(investor: paths.Investor, write: Write) -> Response:
    """Confirm having been told the result of the assessment."""
    return write(assessments.acknowledge, stream=investor)


@router.post("/v1/investors/{investor}/certificates", status_code=201, response_model=wire.Certificate)
def certify_key(investor: paths.Investor, body: wire.CertificateRequest, write: Write) -> Response:
    """Get a certificate for a key that only the investor holds."""
    return write(certificates.issue, stream=investor, csr=body.csr, holder=body.holder)


@router.post("/v1/investors/{investor}/proofs", status_code=201, response_model=wire.ProofStored)
def upload_proof(
    investor: paths.Investor, body: Annotated[wire.ProofUpload, Form(media_type="multipart/form-data")], write: Write
) -> Response:
    """Upload a proof of assets or income (PDF, PNG or JPEG)."""
    return write(
        proofs.upload,
        stream=investor,
        content=body.file.file.read(),
        kind=body.kind,
        as_of=body.as_of,
        amount=base.money(body.amount, body.currency),
        years=body.years,
    )


@router.post("/v1/investors/{investor}/certifications", status_code=201, response_model=wire.Granted)
def certify(investor: paths.Investor, body: wire.CertificationGrant, write: Write) -> Response:
    """Certify a qualified investor on proof. Refused to whoever sold."""
    return write(
        certifications.grant,
        stream=investor,
        sale=body.sale,
        proof=body.proof,
        regime=body.regime,
        branch=body.branch,
        amount=base.money(body.amount, body.currency),
        valid_until=body.valid_until,
        experience_since=body.experience_since,
        experience_proof=body.experience_proof,
        manager=body.manager,
        particulars=body.model_dump()["particulars"],
    )


@router.post(
    "/v1/investors/{investor}/certifications/{certification}/revocation", status_code=201, response_model=wire.Revoked
)
def revoke(investor: paths.Investor, certification: paths.Leaf, body: wire.Reason, write: Write) -> Response:
    """Revoke a certification from now on."""
    return write(certifications.revoke, stream=investor, certification=certification, reason=body.reason)


@router.post("/v1/investors/{investor}/due-diligence", status_code=201, response_model=wire.Diligent)
def complete_due_diligence(investor: paths.Investor, body: wire.DueDiligence, write: Write) -> Response:
    """Record what customer due diligence found (anti-money-laundering law art. 29)."""
    return write(due_diligence.complete, stream=investor, **body.model_dump())
