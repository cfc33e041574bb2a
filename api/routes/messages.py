"""What goes out to investors: advisers push, clients complete."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import messages as wire
from api.settings import Settings
from ledger.services import messages, reminders

router = APIRouter(route_class=Guarded, tags=["sales"])


def ways_back(request: Request) -> tuple[str, ...]:
    """Return where the operator lets a page lead back to."""
    settings: Settings = request.app.state.settings
    return settings.ways_back


@router.post("/v1/investors/{investor}/invitations", status_code=201, response_model=wire.MessageQueued)
def invite(investor: paths.Investor, body: wire.Invitation, write: Write, request: Request) -> Response:
    """Send an investor their link for the specific-person gate; nothing is promoted."""
    terms = body.terms(ways_back(request))
    return write(messages.invite, stream=investor, language=body.language, terms=terms)


@router.post("/v1/sales/{sale}/invitations", status_code=201, response_model=wire.MessageQueued)
def invite_to_sale(sale: paths.Sale, body: wire.Invitation, write: Write, request: Request) -> Response:
    """Send the investor the link to a sale that is under way; refused during cooling-off."""
    return write(messages.invite, stream=sale, language=body.language, terms=body.terms(ways_back(request)))


@router.post("/v1/sales/{sale}/reminders", status_code=201, response_model=wire.MessageQueued)
def remind(sale: paths.Sale, body: wire.Reminder, write: Write, request: Request) -> Response:
    """Remind of what waits for the investor; refused during cooling-off, too often, or of what is not theirs to do."""
    terms = body.terms(ways_back(request))
    return write(reminders.remind, stream=sale, language=body.language, about=body.about, terms=terms)


@router.get("/v1/sales/{sale}/messages", response_model=wire.Messages)
def index(sale: paths.Sale, read: Read) -> Response:
    """List what was sent for a sale, and what became of it."""
    return read(messages.index, stream=sale)
