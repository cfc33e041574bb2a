"""A sale's papers page by page, and for how long each page was read."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas import reading as wire
from ledger.services import contracts, reading, visits

router = APIRouter(route_class=Guarded, tags=["pages"])


@router.get("/v1/sales/{sale}/papers/{sha256}", response_model=wire.PaperOut)
def show(sale: paths.Sale, sha256: paths.Sha256, read: Read) -> Response:
    """Return a paper of the sale as text, page by page, with what was read of it."""
    return read(reading.paper, stream=sale, sha256=sha256)


@router.get(
    "/v1/sales/{sale}/papers/{sha256}/pages/{page}",
    response_class=Response,
    responses={
        200: {
            "description": "the page as a picture",
            "content": {"image/png": {"schema": {"type": "string", "format": "binary"}, "example": "PNG …"}},
        }
    },
)
def picture(sale: paths.Sale, sha256: paths.Sha256, page: paths.Page, read: Read) -> Response:
    """Return one page as a picture."""
    content = read.value(reading.picture, stream=sale, sha256=sha256, page=page)
    return Response(content, media_type="image/png")


@router.post("/v1/sales/{sale}/readings", status_code=201, response_model=wire.ReadingRecorded)
def record(sale: paths.Sale, body: wire.Reading, write: Write) -> Response:
    """Record for how long one page was visible."""
    return write(reading.record, stream=sale, sha256=body.document, page=body.page, seconds=body.seconds)


@router.post("/v1/sales/{sale}/contract", status_code=201, response_model=wire.ContractShown)
def present_contract(sale: paths.Sale, write: Write) -> Response:
    """Draw up and show the fund contract before it is signed."""
    return write(contracts.present, stream=sale)


@router.post("/v1/sales/{sale}/visit-answers", status_code=201, response_model=wire.VisitAnswered)
def answer_visit(sale: paths.Sale, body: wire.VisitAnswers, write: Write) -> Response:
    """Answer the return visit's questions in writing; somebody outside sales takes them up."""
    return write(visits.answer, stream=sale, answers=body.answers)
