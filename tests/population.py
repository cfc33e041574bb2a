"""Fill a ledger with one product on sale and many investors of every sort, as the services would have recorded them."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Value
from ledger.domain.instants import to_text
from ledger.ports.store import Transaction
from ledger.services.ledger import SYSTEM, Ledger

SALES, CERTIFIER = Actor("1" * 32, Role.SALES), Actor("2" * 32, Role.CERTIFIER)
COMPLIANCE, ADMIN = Actor("3" * 32, Role.COMPLIANCE), Actor("4" * 32, Role.ADMIN)
CHANCE = random.Random(1)
MONEY: Value = {"amount": "3500000.00", "currency": "CNY"}
AT_ONCE = 100


def product(ledger: Ledger, now: datetime) -> str:
    """Introduce, rate R3, approve and list a securities fund."""
    introduced: dict[str, Value] = {
        "name": "基准一号",
        "code": "BENCH1",
        "manager": "基准基金管理有限公司",
        "regime": "cn_private_fund",
        "fund_type": "securities",
        "legal_form": "contract",
        "filing_number": "BENCH1",
        "raising_account": "110000000000000001",
        "minimum": {"amount": "1000000.00", "currency": "CNY"},
        "cooling_off_hours": 24,
        "return_visit": True,
        "special_risks": [],
    }
    rated: dict[str, Value] = {
        "risk_level": "R3",
        "manager_risk_level": "R3",
        "factors": {"leverage": "none"},
        "valid_until": to_text(now + timedelta(days=365)),
    }
    with ledger.store.transaction() as tx:
        stream = tx.create(Stream.PRODUCT)
        acts: list[tuple[str, Actor, dict[str, Value]]] = [
            ("product.introduced", COMPLIANCE, introduced),
            ("product.mandate_recorded", COMPLIANCE, {"basis": "manager"}),
            ("product.rated", COMPLIANCE, rated),
            ("product.approved", ADMIN, {"opinion": "准入同意"}),
            ("product.listed", COMPLIANCE, {"from_day": to_text(now)[:10]}),
        ]
        tx.append([Draft(name, stream, stream, who, now, fields) for name, who, fields in acts], now)
    return stream


def investors(ledger: Ledger, product_stream: str, count: int, now: datetime, seed: int = 1) -> list[str]:
    """Register and assess so many; most are certified too. The same seed gives the same sorts in the same order."""
    chance = random.Random(seed)
    made: list[str] = []
    while len(made) < count:
        with ledger.store.transaction() as tx:
            made += [investor(tx, product_stream, now, chance) for _ in range(min(AT_ONCE, count - len(made)))]
    return made


def investor(
    tx: Transaction,
    product_stream: str,
    now: datetime,
    chance: random.Random,
    *,
    tolerance: str | None = None,
    certified: bool | None = None,
    kind: str = "natural_person",
) -> str:
    """Register and assess one; certify four of five, where it is not said whether."""
    stream = tx.create(Stream.INVESTOR)
    person = Actor(stream, Role.INVESTOR)
    level = tolerance or chance.choice(["C1", "C2", "C3", "C4", "C5"])
    tx.append(list(_gate(stream, person, product_stream, now, level, kind)), now)
    if certified if certified is not None else chance.random() < 0.8:
        _certified(tx, stream, person, now)
    return stream


def _gate(stream: str, person: Actor, shown: str, now: datetime, tolerance: str, kind: str) -> Iterator[Draft]:
    acts: list[tuple[str, Actor, dict[str, Value]]] = [
        (
            "investor.registered",
            SALES,
            {
                "kind": kind,
                "name": "基准",
                "id_type": "resident_id",
                "id_number": "110101199001011234",
                "mobile": "13800000000",
                "channel": "web",
            },
        ),
        ("investor.code_sent", SYSTEM, {"method": "sms", "code_digest": "0" * 64, "expires_at": to_text(now)}),
        ("investor.identity_verified", person, {"method": "sms"}),
        ("agreement.accepted", person, {"agreement": "network-service", "version": "1"}),
        (
            "qualification.declared",
            person,
            {
                "active": True,
                "branch": "financial_assets",
                "own_funds": True,
                "self_purchase": True,
                "statement": "本人符合合格投资者条件",
            },
        ),
        (
            "questionnaire.submitted",
            person,
            {"questionnaire": "natural_person", "version": "2024-01-01", "answers": {"q1": "a"}, "device": "web"},
        ),
        (
            "assessment.completed",
            SYSTEM,
            {
                "tolerance": tolerance,
                "lowest": tolerance == "C1",
                "score": 50,
                "questionnaire": "natural_person",
                "version": "2024-01-01",
                "valid_until": to_text(now + timedelta(days=365)),
                "reasons": [],
            },
        ),
        ("assessment.notified", person, {"tolerance": tolerance}),
        ("cdd.completed", COMPLIANCE, {"beneficial_owners_known": True, "risk": "low", "source_of_funds": None}),
        ("product.shown", person, {"product": shown}),
    ]
    for name, who, fields in acts:
        yield Draft(name, stream, stream, who, now, fields)


def _certified(tx: Transaction, stream: str, person: Actor, now: datetime) -> None:
    proof: dict[str, Value] = {"kind": "bank_statement", "as_of": to_text(now)[:10], "amount": MONEY}
    (uploaded,) = tx.append([Draft("proof.uploaded", stream, stream, person, now, proof)], now)
    granted: dict[str, Value] = {
        "regime": "cn_private_fund",
        "branch": "financial_assets",
        "amount": MONEY,
        "valid_until": to_text(now + timedelta(days=180)),
        "sale": "0" * 64,
    }
    tx.append([Draft("certification.granted", stream, stream, CERTIFIER, now, granted, (uploaded.ref("proof"),))], now)
