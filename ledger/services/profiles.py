"""Institutions and products as investors: legal form, filing, finances at year end, and who stands behind them."""

from collections.abc import Sequence

from ledger.domain import holders as graph
from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Ref, Value
from ledger.domain.money import Money
from ledger.domain.profile import FORMS
from ledger.errors import CallerError
from ledger.ports.store import Transaction
from ledger.services.guard import investor_of
from ledger.services.investors import own
from ledger.services.ledger import Ledger

OF_PERSONS = "natural_person"


def describe(  # noqa: PLR0913 - the wire's fields, all by name
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    form: str,
    filing_number: str | None = None,
    year_end: str | None = None,
    net_assets: Money | None = None,
    financial_assets: Money | None = None,
    proofs: Sequence[str] = (),
) -> dict[str, Value]:
    """Record what an institution or product is; a later record supersedes an earlier one."""
    own(actor, stream)
    now, state = ledger.clock.now(), investor_of(tx, stream)
    if (state.kind == OF_PERSONS) != (form == OF_PERSONS) or form not in FORMS:
        raise CallerError(
            f"a {state.kind} does not have the form {form}: it is one of {', '.join(FORMS)}", "组织形式与投资者类型不符"
        )
    if (net_assets is not None or financial_assets is not None) and year_end is None:
        raise CallerError("say of which year's end the finances are: name year_end", "须说明财务数据的年末日期")
    fields: dict[str, Value] = {"form": form}
    if filing_number is not None:
        fields["filing_number"] = filing_number
    if year_end is not None:
        fields["year_end"] = year_end
    if net_assets is not None:
        fields["net_assets"] = {**net_assets.as_json()}
    if financial_assets is not None:
        fields["financial_assets"] = {**financial_assets.as_json()}
    known = {p.leaf for p in state.proofs}
    refs = proof_refs(tx, proofs, known)
    (event,) = tx.append([Draft("investor.profiled", stream, stream, actor, now, fields, refs)], now)
    return {"record": event.leaf}


def declare_holders(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    holders: list[Value],
    as_of: str,
    proofs: Sequence[str] = (),
) -> dict[str, Value]:
    """Record everybody behind a pool; refused at once where the graph is broken, round or too deep."""
    own(actor, stream)
    now, state = ledger.clock.now(), investor_of(tx, stream)
    try:
        parsed = graph.parse(holders)
    except ValueError as error:
        raise CallerError(str(error), "持有人清单格式有误") from error
    final = ledger.rules.final_investors(parsed, now)
    fields: dict[str, Value] = {"holders": holders, "as_of": as_of}
    refs = proof_refs(tx, proofs, {p.leaf for p in state.proofs})
    (event,) = tx.append([Draft("investor.holders_declared", stream, stream, actor, now, fields, refs)], now)
    return {"record": event.leaf, "final_investors": len(final)}


def proof_refs(tx: Transaction, proofs: Sequence[str], known: set[str]) -> tuple[Ref, ...]:
    """Name proofs in another record; `CallerError` for one that is not this investor's."""
    if strange := [p for p in proofs if p not in known]:
        raise CallerError(
            f"{len(strange)} of the proofs are not this investor's: upload them first", "证明材料不属于该投资者"
        )
    return tuple(tx.event(proof).ref("proof") for proof in dict.fromkeys(proofs))
