"""Investors that are more than a natural person: profile, holders, exemption, ordinary or professional."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import base
from api.schemas import standings as wire
from api.schemas.common import Recorded
from api.schemas.investors import Reason, Revoked, Sum
from ledger.domain.money import Money
from ledger.services import effects, exemptions, profiles, standings

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.post("/v1/investors/{investor}/profiles", status_code=201, response_model=Recorded)
def describe(investor: paths.Investor, body: wire.ProfileIn, write: Write) -> Response:
    """Record legal form, filing number and finances at year end of an institution or product."""
    return write(
        profiles.describe,
        stream=investor,
        form=body.form,
        filing_number=body.filing_number,
        year_end=body.year_end,
        net_assets=_money(body.net_assets),
        financial_assets=_money(body.financial_assets),
        proofs=body.proofs,
    )


@router.post("/v1/investors/{investor}/holders", status_code=201, response_model=wire.HoldersOut)
def declare_holders(investor: paths.Investor, body: wire.HoldersIn, write: Write) -> Response:
    """Declare everybody behind a pool; a circle or too many layers are refused."""
    return write(
        profiles.declare_holders,
        stream=investor,
        holders=[holder.value() for holder in body.holders],
        as_of=body.as_of,
        proofs=body.proofs,
    )


@router.post("/v1/investors/{investor}/exemptions", status_code=201, response_model=wire.ExemptionOut)
def exempt(investor: paths.Investor, body: wire.ExemptionIn, write: Write) -> Response:
    """Record the basis on which steps of raising may be skipped (募集 art. 32)."""
    return write(exemptions.grant, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/exemptions/revocation", status_code=201, response_model=Revoked)
def revoke_exemption(investor: paths.Investor, body: Reason, write: Write) -> Response:
    """End the exemption from now on."""
    return write(exemptions.revoke, stream=investor, reason=body.reason)


@router.get("/v1/investors/{investor}/standing", response_model=wire.StandingOut)
def show(investor: paths.Investor, read: Read) -> Response:
    """Tell whether the investor is ordinary or professional now."""
    return read(standings.show, stream=investor)


@router.post("/v1/investors/{investor}/professional-recognitions", status_code=201, response_model=wire.Recognised)
def recognise(investor: paths.Investor, body: wire.Recognition, write: Write) -> Response:
    """Recognise as professional under 130号 art. 8, on proof of every limb."""
    return write(
        standings.recognise,
        stream=investor,
        ground=body.ground,
        valid_until=body.valid_until,
        proofs=body.proofs,
        claims=body.claims.values(),
    )


@router.post("/v1/investors/{investor}/professional-applications", status_code=201, response_model=wire.Told)
def apply(investor: paths.Investor, write: Write) -> Response:
    """Apply to be treated as professional, with the statement of bearing the risk."""
    return write(standings.apply, stream=investor)


@router.post(
    "/v1/investors/{investor}/professional-applications/explanation", status_code=201, response_model=wire.Told
)
def explain(investor: paths.Investor, write: Write) -> Response:
    """Explain the differences and warn of the risk, in recorded words."""
    return write(standings.explain, stream=investor)


@router.post("/v1/investors/{investor}/professional-applications/test", status_code=201, response_model=wire.TestOut)
def test(investor: paths.Investor, body: wire.TestIn, write: Write) -> Response:
    """Record the knowledge test or simulated trading."""
    return write(standings.test, stream=investor, **body.model_dump())


@router.post(
    "/v1/investors/{investor}/professional-applications/decision", status_code=201, response_model=wire.DecisionOut
)
def decide(investor: paths.Investor, body: wire.DecisionIn, write: Write) -> Response:
    """Decide on the application, with reasons. The institution may refuse."""
    return write(
        standings.decide,
        stream=investor,
        accepted=body.accepted,
        reasons=body.reasons,
        valid_until=body.valid_until,
        proofs=body.proofs,
        claims=body.claims.values(),
    )


@router.post("/v1/investors/{investor}/professional-applications/notice", status_code=201, response_model=wire.Told)
def notify(investor: paths.Investor, write: Write) -> Response:
    """Tell the investor result and reasons; only then the class changes."""
    return write(standings.notify, stream=investor)


@router.post("/v1/investors/{investor}/professional-renunciation", status_code=201, response_model=wire.Renounced)
def renounce(investor: paths.Investor, body: wire.Notice, write: Write) -> Response:
    """Become ordinary again by a written notice."""
    return write(standings.renounce, stream=investor, notice=body.notice)


@router.post("/v1/sales/{sale}/effect", status_code=201, response_model=wire.Effective)
def make_effective(sale: paths.Sale, write: Write) -> Response:
    """Let a sale take effect that has no return visit: by its contract, or by an exemption."""
    return write(effects.make_effective, stream=sale)


def _money(given: Sum | None) -> Money | None:
    return None if given is None else base.money(given.amount, given.currency)
