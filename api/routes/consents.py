"""Separate consents to the handling of personal data."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import consents as wire
from ledger.services import consents

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.get("/v1/consents", response_model=wire.Purposes)
def words(read: Read) -> Response:
    """List what may be consented to, with its words."""
    return read(consents.words)


@router.post("/v1/investors/{investor}/consents", status_code=201, response_model=wire.ConsentGiven)
def give(investor: paths.Investor, body: wire.Consent, write: Write) -> Response:
    """Consent to one purpose, separately from all others."""
    return write(consents.give, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/consents/withdrawals", status_code=201, response_model=wire.ConsentWithdrawn)
def withdraw(investor: paths.Investor, body: wire.Withdrawal, write: Write) -> Response:
    """Withdraw a consent; what was done before stays lawful."""
    return write(consents.withdraw, stream=investor, **body.model_dump())
