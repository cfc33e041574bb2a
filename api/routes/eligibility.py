"""May this investor buy this product, this amount, now? The hottest path: one validator, no thread hop for a read."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import decisions, deps, fields
from api.deps import Read
from api.guard import Guarded
from api.schemas import base
from api.schemas.evidence import BatchOut, DecisionOut
from api.schemas.question import BatchQuestion, Question, parameters
from ledger.domain.actors import Actor
from ledger.domain.events import Value
from ledger.services import batches, eligibility
from ledger.services.ledger import Ledger
from ledger.services.write import Reader, Transaction

router = APIRouter(route_class=Guarded, tags=["eligibility"])


@router.get("/v1/eligibility", response_model=DecisionOut, openapi_extra={"parameters": parameters(Question)})
async def decide(request: Request) -> Response:
    """Decide, with every finding, its article, and the first instant at which the answer may change."""
    asked = fields.validate(Question, dict(request.query_params))

    question = eligibility.Question(
        asked.investor,
        asked.product,
        base.money(asked.amount, asked.currency),
        base.money(asked.fee, asked.currency),
        asked.at,
        asked.known_at,
    )

    def recorded(ledger: Ledger, tx: Transaction, actor: Actor) -> dict[str, Value]:
        return eligibility.with_receipt(ledger, tx, actor, eligibility.decide(ledger, tx, question))

    if asked.receipt:
        return await run_in_threadpool(deps.recording_of(request), recorded)
    return decisions.respond(eligibility.ask(request.app.state.ledger, question))


@router.post("/v1/eligibility/batch", response_model=BatchOut)
def decide_batch(read: Read, asked: BatchQuestion) -> Response:
    """Decide on up to 1,000 investors at once; reads only, so it takes no idempotency key."""

    def decided(ledger: Ledger, reader: Reader, _actor: Actor) -> dict[str, Value]:
        return batches.decide_batch(
            ledger,
            reader,
            investor_streams=asked.investors,
            product_stream=asked.product,
            amount=base.money(asked.amount, asked.currency),
            fee=base.money(asked.fee, asked.currency),
            at=asked.at,
            known_at=asked.known_at,
        )

    return read(decided)
