"""``pfl check``: one question, every finding with its article."""

import json
import sys
from typing import Annotated

import typer

from ledger.cli.common import Data, Json, opened
from ledger.cli.findings import show
from ledger.domain.instants import from_text
from ledger.domain.money import Money
from ledger.errors import CallerError

Instant = Annotated[str | None, typer.Option(help="Instant, YYYY-MM-DDThh:mm:ss.ffffffZ")]
EXIT = {"eligible": 0, "ineligible": 1, "conditional": 2}


def check(
    investor: Annotated[str, typer.Argument(help="Investor id.")],
    product: Annotated[str, typer.Argument(help="Product id.")],
    amount: Annotated[str, typer.Argument(help="Amount net of fee, such as 1000000.00")],
    fee: Annotated[str, typer.Option(help="Fee on top.")] = "0",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "CNY",
    at: Instant = None,
    known_at: Instant = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every finding, not only what stands in the way.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Ask: may this investor buy this product, this amount, then? Exit 0 eligible, 1 not, 2 conditional."""
    from ledger.services import eligibility  # noqa: PLC0415 - only here

    try:
        asked, on_top = Money.parse(amount, currency), Money.parse(fee, currency)
        as_of, known = (None if text is None else from_text(text) for text in (at, known_at))
    except ValueError as error:
        raise CallerError(f"cannot read the question: {error}") from error
    with opened(data) as ledger, ledger.store.snapshot() as reader:
        decision = eligibility.decide(
            ledger, reader, eligibility.Question(investor, product, asked, on_top, as_of, known)
        )
    if as_json:
        typer.echo(json.dumps(decision.as_json(), ensure_ascii=False, indent=1))
    else:
        show(decision, explain=explain)
    sys.exit(EXIT[decision.answer.value])
