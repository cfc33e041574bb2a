"""Local API keys, one duty each."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import operator as wire
from ledger.services import keys

router = APIRouter(route_class=Guarded, tags=["operator"])


@router.post("/v1/keys", status_code=201, response_model=wire.KeyIssued)
def issue(body: wire.KeyRequest, write: Write) -> Response:
    """Issue a key to a new staff member; its secret is shown this once."""
    return write(keys.issue, duty=body.duty, label=body.label)


@router.get("/v1/keys", response_model=wire.KeyPage)
def index(read: Read) -> Response:
    """List all keys without their secrets."""
    return read(lambda ledger, *_: keys.index(ledger))


@router.delete("/v1/keys/{key}", response_model=wire.KeyOut)
def revoke(key: paths.Key, write: Write) -> Response:
    """End a key at once."""
    return write(lambda ledger, *_: keys.revoke(ledger, key_id=key))
