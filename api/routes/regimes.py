"""Foreign regimes: what they ask for in writing."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import regimes as wire
from ledger.services import regimes

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.get("/v1/regimes/{regime}/statements", response_model=wire.RegimeStatements)
def words(regime: paths.Regime, read: Read) -> Response:
    """List a regime's written statements with their words."""
    return read(regimes.words, regime=regime)


@router.get("/v1/investors/{investor}/statements", response_model=wire.StatementsMade)
def made(investor: paths.Investor, read: Read) -> Response:
    """List what has been stated and told."""
    return read(regimes.made, stream=investor)


@router.post("/v1/investors/{investor}/statements", status_code=201, response_model=wire.Stated)
def state(investor: paths.Investor, body: wire.Stating, write: Write) -> Response:
    """Make a written statement under a foreign regime."""
    return write(regimes.state, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/statements/notices", status_code=201, response_model=wire.Stated)
def tell(investor: paths.Investor, body: wire.Telling, write: Write) -> Response:
    """Give the firm's written notice or warning under a foreign regime."""
    return write(regimes.tell, stream=investor, **body.model_dump())


@router.post("/v1/investors/{investor}/statements/withdrawals", status_code=201, response_model=wire.StatementWithdrawn)
def withdraw(investor: paths.Investor, body: wire.Withdrawing, write: Write) -> Response:
    """Withdraw one's own statement from now on."""
    return write(regimes.withdraw, stream=investor, **body.model_dump())
