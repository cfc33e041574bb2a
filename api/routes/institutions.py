"""An institution as investor: who acts for it, powers of attorney, beneficial owners."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from api.deps import Read, Record, Write
from api.guard import Guarded
from api.routes import paths
from api.routes.messages import ways_back
from api.schemas import base
from api.schemas import institutions as wire
from api.schemas.investors import Link, Reason, Revoked
from api.schemas.messages import PLAIN, LinkTerms
from ledger.services import links, owners, representatives

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.post("/v1/investors/{investor}/representatives", status_code=201, response_model=wire.Named)
def name(investor: paths.Investor, body: wire.Naming, write: Write) -> Response:
    """Name a person who acts for an institution."""
    said = body.model_dump()
    return write(representatives.name, stream=investor, full_name=said.pop("name"), **said)


@router.get("/v1/investors/{investor}/representatives", response_model=wire.People)
def people(investor: paths.Investor, read: Read) -> Response:
    """List who acts or acted for an institution, and under which powers."""
    return read(representatives.index, stream=investor)


@router.post("/v1/investors/{investor}/representatives/{representative}/links", status_code=201, response_model=Link)
def link(
    investor: paths.Investor,
    representative: paths.Representative,
    write: Write,
    request: Request,
    body: LinkTerms = PLAIN,
) -> Response:
    """Issue a bearer token that acts for an institution as this person."""
    terms = body.terms(ways_back(request))
    return write(links.issue_for, stream=investor, representative=representative, terms=terms)


@router.post("/v1/investors/{investor}/powers", status_code=201, response_model=wire.PowerStored)
def grant(
    investor: paths.Investor, body: Annotated[wire.PowerUpload, Form(media_type="multipart/form-data")], write: Write
) -> Response:
    """Record a power of attorney with its paper. Not by sales: somebody else has looked at it."""
    return write(
        representatives.grant,
        stream=investor,
        content=body.file.file.read(),
        representative=body.representative,
        scopes=body.scopes.split(","),
        signed_by=body.signed_by,
        signed_on=body.signed_on,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        product=body.product,
        most=None if body.amount is None else base.money(body.amount, body.currency),
    )


@router.post("/v1/investors/{investor}/powers/{power}/revocation", status_code=201, response_model=Revoked)
def revoke(investor: paths.Investor, power: paths.Power, body: Reason, write: Write) -> Response:
    """End a power of attorney from now on; what was done under it stays done."""
    return write(representatives.revoke, stream=investor, power=power, reason=body.reason)


@router.post("/v1/investors/{investor}/beneficial-owners", status_code=201, response_model=wire.OwnersDeclared)
def declare(investor: paths.Investor, body: wire.OwnersIn, write: Write) -> Response:
    """Declare the beneficial owners of an institution."""
    listed = [owner.model_dump(exclude_none=True) for owner in body.owners]
    return write(owners.declare, stream=investor, owners=listed, as_of=body.as_of)


@router.get("/v1/investors/{investor}/beneficial-owners", response_model=wire.OwnersOut)
def show_owners(investor: paths.Investor, record: Record) -> Response:
    """Return the beneficial owners declared last; that staff read them is recorded."""
    return record(owners.show, stream=investor)


@router.post(
    "/v1/investors/{investor}/beneficial-owners/confirmations", status_code=201, response_model=wire.OwnersConfirmed
)
def confirm(investor: paths.Investor, body: wire.OwnersConfirmation, write: Write) -> Response:
    """Confirm the list for the institution."""
    return write(owners.confirm, stream=investor, declared=body.declared)
