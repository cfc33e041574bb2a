"""The law as this service applies it."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read
from api.guard import Guarded
from api.schemas.evidence import Rules
from ledger.domain.events import Value
from ledger.services.ledger import Ledger

router = APIRouter(route_class=Guarded, tags=["rules"])


@router.get("/v1/rules", response_model=Rules)
def index(read: Read) -> Response:
    """List every parameter of law and policy with its dates and citation."""
    return read(lambda ledger, *_: _index(ledger))


def _index(ledger: Ledger) -> dict[str, Value]:
    rows: list[Value] = list(ledger.rules.index())
    return {"digest": ledger.rules.digest, "items": rows, "next": None}
