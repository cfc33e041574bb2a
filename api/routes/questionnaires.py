"""Questionnaires, to be shown to the investor."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read
from api.guard import Guarded
from api.routes import paths
from api.schemas.operator import QuestionnaireOut
from ledger.services import questionnaires

router = APIRouter(route_class=Guarded, tags=["investors"])


@router.get("/v1/questionnaires/{questionnaire}", response_model=QuestionnaireOut)
def show(questionnaire: paths.Questionnaire, read: Read) -> Response:
    """Return a questionnaire with its questions and options."""
    return read(lambda ledger, *_: questionnaires.show(ledger, key=questionnaire))
