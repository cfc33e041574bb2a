"""Shortest reading times, where a policy has some: signatures are held to them, and so is the evidence."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.actors import Actor, Role
from ledger.errors import RefusedError
from ledger.ports.store import Transaction
from ledger.rules import Rules
from ledger.rules.loader import read
from ledger.services import reports, rulesets, signatures
from ledger.services.ledger import Ledger
from ledger.services.replay import Comparison, replay
from ledger.services.write import run
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale
from verifier import verify
from verifier.report import Outcome

FILE = "policy/default/reading_time.toml"
PAGE, TOTAL = 5, 60


@pytest.fixture(scope="module")
def strict(service: Service) -> Ledger:
    """The same ledger under a policy that wants five seconds a page of the risk disclosure and a minute in all."""
    assert service.ledger is not None
    files = read()
    files[FILE] = files[FILE].replace("page = 0, total = 0", f"page = {PAGE}, total = {TOTAL}", 1)
    ledger = replace(service.ledger, rules=Rules.from_files(files))
    rulesets.adopt(ledger)
    return ledger


@pytest.fixture(scope="module")
def sale(service: Service, fund: str) -> Sale:
    """A sale whose risk disclosure is confirmed and not signed yet."""
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    sale.match()
    sale.confirm(sale.disclose()["items"])
    sale.certify_device()
    return sale


def tell(sale: Sale, sha256: str, page: int, seconds: int) -> Any:
    return sale.investor.link.post(f"{sale.here}/readings", {"document": sha256, "page": page, "seconds": seconds})


def prepare(ledger: Ledger, sale: Sale) -> dict[str, Any]:
    actor = Actor(sale.investor.stream, Role.INVESTOR)

    def ask(tx: Transaction) -> dict[str, Any]:
        return signatures.prepare(ledger, tx, actor, stream=sale.stream, purpose="risk_disclosure")

    return run(ledger, ask)


def lacking(ledger: Ledger, sale: Sale) -> str:
    with pytest.raises(RefusedError) as caught:
        prepare(ledger, sale)
    findings: Any = caught.value.findings
    assert [finding.rule for finding in findings] == ["policy/reading_time"]
    return str(findings[0].reason_en)


def test_what_was_not_read_is_not_signed_and_the_evidence_says_how_long(
    service: Service, strict: Ledger, sale: Sale
) -> None:
    shown = next(d for e in _events(strict, sale) if e.type == "disclosure.presented" for d in e.documents)
    paper = done(sale.investor.link.get(f"{sale.here}/papers/{shown.sha256}"))
    assert (paper["minimum"], paper["read"]) == ({"page": 0, "total": 0}, {})
    total = len(paper["pages"])
    told = refused(tell(sale, shown.sha256, 1, 3600), "invalid_request", 422)
    assert "for longer than the paper has been there" in told["detail"]

    service.advance(minutes=30)
    for page in range(2, total + 1):
        done(tell(sale, shown.sha256, page, PAGE), 201)
    done(tell(sale, shown.sha256, 1, PAGE - 1), 201)
    read = PAGE * total - 1
    assert lacking(strict, sale) == (
        f"the paper was not read for long enough (page 1: 1 s more, {TOTAL - read} s more in all)"
    )
    done(tell(sale, shown.sha256, 2, TOTAL - read - 1), 201)
    assert lacking(strict, sale).endswith("(page 1: 1 s more, 1 s more in all)")
    done(tell(sale, shown.sha256, 1, 1), 201)
    ready = prepare(strict, sale)
    device = sale.investor.device
    made = signatures.Made(
        device.sign(ready["statement"].encode()).hex(), device.sign(bytes.fromhex(ready["pdf_to_sign"])).hex()
    )
    investor = Actor(sale.investor.stream, Role.INVESTOR)
    task = str(ready["signature"])
    run(strict, lambda tx: signatures.complete(strict, tx, investor, stream=sale.stream, signature=task, made=made))
    record = _events(strict, sale)[-1]
    assert record.fields["reading"] == {"ruleset": strict.rules.digest, "page": PAGE, "total": TOTAL}

    reports.make(strict, Actor("a" * 32, Role.AUDITOR), stream=sale.stream)
    report = done_bytes(service, sale, "report.pdf")
    assert verify.verify(report).verdict is Outcome.HOLDS
    again = replay(report)
    assert (again.outcome, [one.detail for one in again.readings]) == (
        Comparison.SAME,
        [f"{PAGE} s a page and {TOTAL} s in all were demanded"],
    )


def _events(ledger: Ledger, sale: Sale) -> Any:
    with ledger.store.snapshot() as reader:
        return reader.events(sale.stream)


def done_bytes(service: Service, sale: Sale, name: str) -> bytes:
    return service.staff["auditor"].get(f"{sale.here}/reports/{name}").content
