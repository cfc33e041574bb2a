"""May this investor buy this product, this amount, now? The hottest path: no thread hop unless it writes."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.deps import Read, Record, as_json
from api.guard import Guarded
from api.schemas import base
from api.schemas.evidence import DecisionOut
from ledger.domain.actors import Actor
from ledger.domain.decision import Decision
from ledger.domain.events import Value
from ledger.ports.store import Reader, Transaction
from ledger.services import eligibility
from ledger.services.ledger import Ledger

router = APIRouter(route_class=Guarded, tags=["eligibility"])


@router.get("/v1/eligibility", response_model=DecisionOut)
async def decide(  # noqa: PLR0913, PLR0917 - each is one query parameter
    read: Read,
    record: Record,
    investor: Annotated[str, Query(pattern=base.HEX64, examples=[base.EXAMPLE_INVESTOR])],
    product: Annotated[str, Query(pattern=base.HEX64, examples=[base.EXAMPLE_PRODUCT])],
    amount: Annotated[str, Query(pattern=base.AMOUNT, examples=["1000000.00"])],
    currency: Annotated[str, Query(pattern=base.CURRENCY)] = "CNY",
    fee: Annotated[str, Query(pattern=base.AMOUNT)] = "0",
    at: Annotated[base.Instant | None, Query(description="as of when; default now")] = None,
    known_at: Annotated[base.Instant | None, Query(description="with what was known when; default now")] = None,
    *,
    receipt: Annotated[bool, Query(description="record the decision and return its leaf")] = False,
) -> Response:
    """Decide, with every finding, its article, and the first instant at which the answer may change."""

    def decided(ledger: Ledger, reader: Reader, _actor: Actor) -> Decision:
        return eligibility.decide(
            ledger,
            reader,
            investor_stream=investor,
            product_stream=product,
            amount=base.money(amount, currency),
            fee=base.money(fee, currency),
            at=at,
            known_at=known_at,
        )

    def recorded(ledger: Ledger, tx: Transaction, actor: Actor) -> dict[str, Value]:
        return eligibility.with_receipt(ledger, tx, actor, decided(ledger, tx, actor))

    if receipt:
        return await run_in_threadpool(record, recorded)
    return as_json(read.value(decided).as_json())
