"""The law as this service applies it."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read
from api.guard import Guarded
from api.schemas.evidence import Rules
from ledger.services import rules

router = APIRouter(route_class=Guarded, tags=["rules"])


@router.get("/v1/rules", response_model=Rules)
def index(read: Read) -> Response:
    """List every parameter of law and policy with its dates and citation."""
    return read(lambda ledger, *_: rules.index(ledger))
