"""Reviews by a person of what was decided about an investor."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import reviews as wire
from ledger.services import reviews

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.get("/v1/investors/{investor}/reviews", response_model=wire.Reviews)
def index(investor: paths.Investor, read: Read) -> Response:
    """List the reviews with the reasons that were given."""
    return read(reviews.index, stream=investor)


@router.get("/v1/reviews", response_model=wire.ReviewQueue)
def queue(read: Read) -> Response:
    """List the reviews that wait for a person."""
    return read(reviews.queue)


@router.post("/v1/investors/{investor}/reviews", status_code=201, response_model=wire.ReviewRequested)
def request(investor: paths.Investor, body: wire.ReviewRequest, write: Write) -> Response:
    """Ask that a person look at a refusal or a result."""
    return write(reviews.request, stream=investor, **body.model_dump())


@router.post(
    "/v1/investors/{investor}/reviews/{review}/completion", status_code=201, response_model=wire.ReviewCompleted
)
def complete(investor: paths.Investor, review: paths.Leaf, body: wire.ReviewResult, write: Write) -> Response:
    """Give the result of a review with its reasons. Refused to whoever decided."""
    return write(reviews.complete, stream=investor, review=review, **body.model_dump())
