"""An audit report: the evidence bundle, verified, laid out as PDF with the bundle attached, and sealed."""

import logging
import time

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import to_text
from ledger.errors import ConflictError, IntegrityError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.services import evidence
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.report_facts import report_facts
from verifier import verify
from verifier.report import Outcome

_log = logging.getLogger(__name__)
WAIT_SECONDS = 20
POLL_SECONDS = 0.2


def make(ledger: Ledger, actor: Actor, *, stream: str) -> dict[str, Value]:
    """Make report.pdf and evidence.json of a sale; waits until its records are anchored, for a bounded time.

    `ConflictError` when anchoring does not catch up; `IntegrityError` when our own verifier refuses the bundle.
    """
    wait_until_anchored(ledger, stream)
    now = ledger.clock.now()
    with ledger.store.snapshot() as reader:
        bundle = evidence.build(ledger, reader, stream, at=now)
        checked = verify.verify(bundle)
        if checked.verdict is not Outcome.HOLDS:
            refused = [f"{s.key}: {s.code}" for s in checked.steps if s.outcome is not Outcome.HOLDS]
            _log.error("our own verifier refuses the bundle of sale %s at %s", stream, "; ".join(refused))
            raise IntegrityError(
                "our own verifier refuses this bundle: run `pfl fsck` before anything else",
                "自检未通过：请先运行 pfl fsck",
                steps=[s for s in checked.as_json()["steps"] if s["outcome"] != "holds"],
            )
        facts = report_facts(ledger, reader, stream, bundle, checked, now)
        investor = sale_investor(reader, stream)
    pdf = ledger.pdf.seal(ledger.papers.report(facts, bundle), field="Institution", reason="审计报告用印", at=now)
    report = ledger.documents.put(pdf, subject=investor, media_type="application/pdf", role="report")
    kept = ledger.documents.put(bundle, subject=investor, media_type="application/json", role="evidence")
    fields: dict[str, Value] = {"evidence_sha256": kept.sha256, "verdict": checked.verdict.value}
    with ledger.store.transaction() as tx:
        (event,) = tx.append(
            [Draft("report.made", stream, investor, actor, now, fields, documents=(report, kept))], now
        )
    return {
        "record": event.leaf,
        "report": {"sha256": report.sha256, "bytes": report.bytes},
        "evidence": {"sha256": kept.sha256, "bytes": kept.bytes},
        "verdict": checked.verdict.value,
        "made_at": to_text(now),
    }


def latest(ledger: Ledger, reader: Reader, *, stream: str, role: str) -> bytes:
    """Return the newest report (``report``) or bundle (``evidence``) of a sale; `NotFoundError` before `make`."""
    made = [e for e in reader.events(stream) if e.type == "report.made"]
    if not made:
        raise NotFoundError("no report was made of this sale yet: make one first", "该认购尚未出具报告")
    document = next(d for d in made[-1].documents if d.role == role)
    return ledger.documents.get(document.sha256, subject=sale_investor(reader, stream))


def read(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, role: str) -> bytes:
    """As `latest`; reading another person's is itself recorded."""
    content = latest(ledger, tx, stream=stream, role=role)
    if actor.role is not Role.INVESTOR:
        now = ledger.clock.now()
        fields: dict[str, Value] = {
            "reader": actor.id,
            "subject": sale_investor(tx, stream),
            "purpose": f"{role}_read",
        }
        tx.append([Draft("access.logged", ledger.operator, ledger.operator, SYSTEM, now, fields)], now)
    return content


def wait_until_anchored(ledger: Ledger, stream: str) -> None:
    """Wait until the newest record of a sale is under a final checkpoint; holds no transaction meanwhile."""
    with ledger.store.snapshot() as reader:
        if reader.kind_of(stream) is not Stream.SALE:
            raise NotFoundError("there is no such sale", "没有该认购")
        newest = reader.size() - 1
    deadline = time.monotonic() + WAIT_SECONDS
    while ledger.log.covering(newest, final=True) is None:
        if time.monotonic() > deadline:
            raise ConflictError(
                "the sale's newest records are not anchored yet: see /health, then ask again",
                "最新记录尚未上链：请查看 /health 后重试",
            )
        time.sleep(POLL_SECONDS)


def sale_investor(reader: Reader, stream: str) -> str:
    """Return the investor of a sale."""
    opened: Event = next(e for e in reader.events(stream) if e.type == "sale.opened")
    return opened.text("investor")
