"""Keys that outlive a sale: a passkey, a wallet, a national certificate."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import credentials as wire
from ledger.services import credentials, wallet_approvals

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.get("/v1/investors/{investor}/credentials", response_model=wire.Credentials)
def index(investor: paths.Investor, read: Read) -> Response:
    """List the credentials in use."""
    return read(credentials.index, stream=investor)


@router.post(
    "/v1/investors/{investor}/credentials/challenges", status_code=201, response_model=wire.CredentialChallenged
)
def challenge(investor: paths.Investor, body: wire.CredentialChallenge, write: Write) -> Response:
    """Get what the device must answer."""
    return write(credentials.challenge, stream=investor, suite=body.suite)


@router.post("/v1/investors/{investor}/credentials", status_code=201, response_model=wire.CredentialRegistered)
def register(investor: paths.Investor, body: wire.CredentialAnswer, write: Write) -> Response:
    """Register the key, once the answer holds."""
    asked = {"stream": investor, **body.model_dump()}
    word = wallet_approvals.ask(write.ledger, write.before(credentials.to_ask, **asked))
    return write(credentials.register, **asked, word=word)


@router.post(
    "/v1/investors/{investor}/credentials/{credential}/withdrawal",
    status_code=201,
    response_model=wire.CredentialWithdrawn,
)
def withdraw(
    investor: paths.Investor, credential: paths.Leaf, body: wire.CredentialWithdrawal, write: Write
) -> Response:
    """End the use of a key; what it approved stays approved."""
    return write(credentials.withdraw, stream=investor, credential=credential, reason=body.reason)
