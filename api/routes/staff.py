"""The staff register."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import special as wire
from ledger.services import staff as register

router = APIRouter(route_class=Guarded, tags=["operator"])


@router.post("/v1/staff/{staff}/qualifications", status_code=201, response_model=wire.StaffQualified)
def qualify(staff: paths.Staff, body: wire.StaffQualification, write: Write) -> Response:
    """Record a fund qualification; without one nobody sells."""
    return write(register.qualify, staff=staff, **body.model_dump())
