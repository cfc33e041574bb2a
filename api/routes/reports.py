"""Audit reports: made on request, then read as two files; reading another person's is itself recorded."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Record, Write
from api.guard import Guarded
from api.routes import paths
from api.schemas.evidence import ReportMade
from ledger.services import reports

router = APIRouter(route_class=Guarded, tags=["reports"])
_PDF = {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 …"}}}
_JSON = {"content": {"application/json": {"schema": {"type": "object"}, "example": {"v": 1, "kind": "pfl-evidence"}}}}


@router.post("/v1/sales/{sale}/reports", status_code=201, response_model=ReportMade)
def make(sale: paths.Sale, write: Write) -> Response:
    """Make report.pdf and evidence.json of a sale; waits until its records are anchored."""
    return write.outside(lambda ledger, actor: reports.make(ledger, actor, stream=sale))


@router.get(
    "/v1/sales/{sale}/reports/report.pdf",
    response_class=Response,
    responses={200: {"description": "the newest report", **_PDF}},
)
def report_pdf(sale: paths.Sale, record: Record) -> Response:
    """Return the newest report of a sale."""
    content = record.value(reports.read, stream=sale, role="report")
    headers = {"Content-Disposition": 'attachment; filename="report.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get(
    "/v1/sales/{sale}/reports/evidence.json",
    response_class=Response,
    responses={200: {"description": "the newest evidence bundle", **_JSON}},
)
def evidence_json(sale: paths.Sale, record: Record) -> Response:
    """Return the newest evidence bundle of a sale, byte for byte."""
    content = record.value(reports.read, stream=sale, role="evidence")
    headers = {"Content-Disposition": 'attachment; filename="evidence.json"'}
    return Response(content, media_type="application/json", headers=headers)
