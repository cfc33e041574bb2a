"""Records, their proofs, and the signed heads of the log. Nothing here is personal."""

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Read
from api.guard import Guarded
from api.routes import paths
from api.schemas import evidence as wire
from ledger.services import records

router = APIRouter(route_class=Guarded, tags=["records"])


@router.get("/v1/records/{leaf}", response_model=wire.RecordOut)
def show(leaf: paths.Leaf, read: Read) -> Response:
    """Return a record as it stands in the log."""
    return read(lambda _, reader, __: records.show(reader, leaf=leaf))


@router.get("/v1/records/{leaf}/proof", response_model=wire.ProofOfRecord)
def prove(leaf: paths.Leaf, read: Read) -> Response:
    """Prove a record against the first final checkpoint; 409 until it is anchored."""
    return read(lambda ledger, reader, _: records.prove(ledger, reader, leaf=leaf))


@router.get("/v1/streams/{stream}/completeness", response_model=wire.ProofOfStream)
def complete(stream: paths.Stream, read: Read, size: paths.Size = None) -> Response:
    """Prove which record of a stream is its newest under a checkpoint, or that it has none there."""
    return read(lambda ledger, *_: records.complete(ledger, stream=stream, size=size))


@router.get("/v1/checkpoints", response_model=wire.CheckpointPage)
def checkpoints(read: Read, after: paths.AfterSize = 0, limit: paths.Limit = 50) -> Response:
    """List checkpoints by size."""
    return read(lambda ledger, *_: records.checkpoints(ledger, after=after, limit=limit))


@router.get("/v1/checkpoints/latest", response_model=wire.CheckpointOut)
def latest(read: Read) -> Response:
    """Return the newest checkpoint."""
    return read(lambda ledger, *_: records.latest_checkpoint(ledger))


@router.get("/v1/checkpoints/consistency", response_model=wire.ConsistencyOut)
def consistency(read: Read, old: paths.SealedSize, new: paths.SealedSize) -> Response:
    """Prove that the checkpoint of one size continues that of a smaller one, in both trees."""
    return read(lambda ledger, *_: records.consistency(ledger, old=old, new=new))
