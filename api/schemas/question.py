"""The eligibility question as one model: read by one validator, documented as query parameters."""

from typing import Any

from pydantic import Field

from api.schemas import base
from ledger.services.batches import LIMIT


class Question(base.Wire):
    """May this investor buy this product, this amount, then? Everything is in the query string."""

    investor: base.Stream = Field(description="investor stream", examples=[base.EXAMPLE_INVESTOR])
    product: base.Stream = Field(description="product stream", examples=[base.EXAMPLE_PRODUCT])
    amount: base.Amount
    currency: base.Currency = "CNY"
    fee: base.Amount = "0"
    at: base.Instant | None = Field(default=None, description="as of when; default now")
    known_at: base.Instant | None = Field(default=None, description="with what was known when; default now")
    receipt: bool = Field(default=False, description="record the decision and return its leaf")


class BatchQuestion(base.Wire):
    """Who of these investors may buy this product, this amount, then?"""

    model_config = base.example(
        investors=[base.EXAMPLE_INVESTOR], product=base.EXAMPLE_PRODUCT, amount="1000000.00", currency="CNY", fee="0"
    )

    investors: list[base.Stream] = Field(min_length=1, max_length=LIMIT, description="each once")
    product: base.Stream
    amount: base.Amount
    currency: base.Currency = "CNY"
    fee: base.Amount = "0"
    at: base.Instant | None = Field(default=None, description="as of when; default now")
    known_at: base.Instant | None = Field(default=None, description="with what was known when; default now")


def parameters(model: type[base.Wire]) -> list[dict[str, Any]]:
    """Return OpenAPI query parameters for a flat model."""
    schema = model.model_json_schema()
    found = []
    for name, part in schema["properties"].items():
        shape = next((p for p in part.get("anyOf", ()) if p.get("type") != "null"), part)
        kept = {k: v for k, v in shape.items() if k in ("type", "pattern", "format", "default")}
        examples = part.get("examples") or shape.get("examples") or [part.get("default")]
        parameter = {
            "name": name,
            "in": "query",
            "required": name in schema["required"],
            "schema": kept,
            "example": examples[0],
        }
        if "description" in part:
            parameter["description"] = part["description"]
        found.append(parameter)
    return found
