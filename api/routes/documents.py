"""Stored documents, re-hashed on every read; reading somebody's is itself recorded."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import Record
from api.guard import Guarded
from api.routes import paths
from api.schemas import base
from ledger.services import documents

router = APIRouter(route_class=Guarded, tags=["documents"])
_BINARY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the document's bytes",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 …"}},
    }
}


@router.get("/v1/documents/{sha256}", response_class=Response, responses=_BINARY)
def read_document(
    sha256: paths.Sha256,
    record: Record,
    subject: Annotated[str, Query(pattern=base.HEX64, description="whose it is", examples=[base.EXAMPLE_INVESTOR])],
) -> Response:
    """Return a document of an investor."""
    found = record.value(documents.read, sha256=sha256, subject=subject)
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:16]}"', "ETag": f'"{sha256}"'}
    return Response(found.content, media_type=found.ref.media_type, headers=headers)
