"""Development only: the people of the institution, played by the service, so that one newcomer can go the whole way.

Each act is done by the service of that duty, under its own rules, by a person of its own who is named as a stand-in.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.domain.lifecycle import Stage
from ledger.domain.money import Money
from ledger.errors import ConflictError, NotFoundError
from ledger.ports.store import Transaction
from ledger.services import (
    certifications,
    contracts,
    development,
    due_diligence,
    matches,
    payments,
    qualifications,
    sales,
    staff,
    visits,
)
from ledger.services.guard import investor_of, product_of, sale_facts, staff_of
from ledger.services.ledger import SYSTEM, Ledger

FEE_SHARE = 100
_YEAR = timedelta(days=365)
Act = Callable[[Ledger, Transaction, str], dict[str, Value]]


def act(ledger: Ledger, tx: Transaction, actor: Actor, *, act: str) -> dict[str, Value]:
    """Have the stand-in of a duty do the next thing for this investor; whatever the rules refuse stays refused."""
    done = ACTS[act](ledger, tx, actor.id)
    return {"act": act, "stand_in": True, "done": done}


def stand_in(duty: Role) -> Actor:
    """Return the stand-in of a duty: the same pseudonym always, and nobody else's."""
    return Actor(sha256(f"development stand-in: {duty}".encode()).hexdigest()[:32], duty)


def _offer(ledger: Ledger, tx: Transaction, investor: str) -> dict[str, Value]:
    """Due diligence by compliance, then the adviser opens a sale of the product on sale and matches it."""
    now, seller = ledger.clock.now(), stand_in(Role.SALES)
    if seller.id not in staff_of(tx):
        staff.qualify(
            ledger, tx, SYSTEM, staff=seller.id, certificate="DEVELOPMENT-STAND-IN", valid_until=now + 10 * _YEAR
        )
    if investor_of(tx, investor).diligence is None:
        due_diligence.complete(
            ledger,
            tx,
            stand_in(Role.COMPLIANCE),
            stream=investor,
            beneficial_owners_known=True,
            risk="low",
            source_of_funds=True,
        )
    waiting = [s for s in tx.about(investor, Stream.SALE) if _waits(tx, s)]
    sale = waiting[-1] if waiting else _open(ledger, tx, seller, investor)
    return matches.match(ledger, tx, seller, stream=sale)


def _waits(tx: Transaction, stream: str) -> bool:
    sale = sale_facts(tx, stream).sale
    return sale is not None and sale.matched_at is None and sale.rescinded_at is None


def _open(ledger: Ledger, tx: Transaction, seller: Actor, investor: str) -> str:
    states = [product_of(tx, stream) for stream in tx.streams(Stream.PRODUCT, limit=100)]
    offered = [p for p in states if p.stage is Stage.LISTED and p.approved and p.minimum is not None]
    if not offered or offered[-1].minimum is None:
        raise NotFoundError("no product is on sale: introduce one first", "没有在售产品")
    amount = offered[-1].minimum
    fee = Money(amount.amount / FEE_SHARE, amount.currency)
    opened = sales.open_sale(
        ledger, tx, seller, investor=investor, product=offered[-1].stream, amount=amount, fee=fee, channel="web"
    )
    return str(opened["sale"])


def _certify(ledger: Ledger, tx: Transaction, investor: str) -> dict[str, Value]:
    """Certify by the newest proof and confirm the qualification for the sale."""
    sale, state = _sale(tx, investor), investor_of(tx, investor)
    if not state.proofs:
        raise ConflictError("there is no proof yet: upload one first", "尚未上传证明材料")
    proof, certifier = state.proofs[-1], stand_in(Role.CERTIFIER)
    granted = certifications.grant(
        ledger,
        tx,
        certifier,
        stream=investor,
        sale=sale,
        proof=proof.leaf,
        regime=sale_facts(tx, sale).product.regime,
        branch=state.declared_branch or "financial_assets",
        amount=proof.amount,
        valid_until=ledger.rules.certification_validity(ledger.clock.now()),
    )
    return qualifications.confirm(ledger, tx, certifier, stream=sale, certification=str(granted["certification"]))


def _seal(ledger: Ledger, tx: Transaction, investor: str) -> dict[str, Value]:
    return contracts.complete(ledger, tx, stand_in(Role.COMPLIANCE), stream=_sale(tx, investor))


def _pay(ledger: Ledger, tx: Transaction, investor: str) -> dict[str, Value]:
    """Let the money arrive from the investor's own account in the supervised one."""
    sale = _sale(tx, investor)
    facts = sale_facts(tx, sale)
    if facts.amount is None or facts.fee is None:
        raise ConflictError("the sale is not open", "认购尚未发起")
    return payments.receive(
        ledger,
        tx,
        stand_in(Role.COMPLIANCE),
        stream=sale,
        amount=Money(facts.amount.amount + facts.fee.amount, facts.amount.currency),
        payer_is_investor=True,
        payer_account="6222000000000001",
        account=facts.product.raising_account,
        slip=f"DEVELOPMENT-{to_text(ledger.clock.now())[:10]}",
    )


def _pass_time(ledger: Ledger, tx: Transaction, investor: str) -> dict[str, Value]:
    """Advance the simulated clock to the end of cooling-off; the evidence says so."""
    facts = sale_facts(tx, _sale(tx, investor))
    by = ledger.rules.cooling_off_start(facts.product)
    ends = None if facts.sale is None else facts.sale.cooling_off_ends(ledger.rules.cooling_off(facts.product), by)
    if ends is None:
        raise ConflictError("cooling-off has not begun", "冷静期尚未开始")
    left = int((ends - ledger.clock.now()).total_seconds()) + 1
    if left <= 0:
        raise ConflictError("cooling-off is over already", "冷静期已经届满")
    return development.advance_clock(ledger, tx, stand_in(Role.ADMIN), seconds=left)


def _visit(ledger: Ledger, tx: Transaction, investor: str) -> dict[str, Value]:
    """Take up what the investor answered: somebody outside sales confirms the visit."""
    sale = _sale(tx, investor)
    answered = [e for e in tx.events(sale) if e.type == "visit.answered"]
    answers = answered[-1].fields["answers"] if answered else None
    if not isinstance(answers, dict):
        raise ConflictError("the investor has not answered the questions yet", "投资者尚未回答回访问题")
    return visits.complete(
        ledger,
        tx,
        stand_in(Role.VISITOR),
        stream=sale,
        answers={item: bool(value) for item, value in answers.items()},
        leading=False,
        channel="web",
        script=visits.SCRIPT,
    )


def _sale(tx: Transaction, investor: str) -> str:
    """Return the investor's newest sale."""
    known = tx.about(investor, Stream.SALE)
    if not known:
        raise NotFoundError("there is no sale yet", "尚无认购")
    return known[-1]


ACTS: dict[str, Act] = {
    "offer": _offer,
    "certify": _certify,
    "seal": _seal,
    "pay": _pay,
    "pass_time": _pass_time,
    "visit": _visit,
}
