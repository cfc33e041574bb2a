"""What the outbox and the chain say, for the operator: what waits, what was replaced, what is final, what is wrong."""

from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import LedgerError
from ledger.ports.log import Block, SealedCheckpoint
from ledger.services.anchor_moves import require_final_holds
from ledger.services.ledger import Ledger

LISTED = 20


def read(ledger: Ledger) -> dict[str, Value]:
    """Return all of it; a chain that is away, or that contradicts the log, is told under ``problem``."""
    final = ledger.log.latest(final=True)
    waiting: list[Value] = [_waiting(ledger, sealed) for sealed in ledger.log.waiting(limit=LISTED)]
    left_out: list[Value] = [{"size": size, "record": leaf} for size, leaf in ledger.log.left_out()]
    chain, problem = _chain(ledger)
    return {
        "log": ledger.secrets.log_vkey(),
        "chain": chain,
        "problem": problem,
        "final": None if final is None else {"size": final.checkpoint.size, **_block(final.block)},
        "counts": {**ledger.log.counts()},
        "waiting": waiting,
        "left_out": left_out,
        "cosignatures": _cosignatures(ledger),
    }


def _chain(ledger: Ledger) -> tuple[Value, Value]:
    chain: Value = None
    try:
        found = ledger.anchor.status()
        chain = {
            "kind": found.kind,
            "chain_id": found.chain_id,
            "block": found.block,
            "block_time": to_text(found.block_time),
            "contracts": {**found.contracts},
            "trust": found.trust,
            "anchored_size": ledger.anchor.anchored_size(),
            "cosigned": _cosigned(ledger),
        }
        require_final_holds(ledger)
    except LedgerError as error:
        return chain, {"code": error.code, "message": error.message}
    return chain, None


def _cosigned(ledger: Ledger) -> Value:
    """Return the newest checkpoint that is cosigned on the chain, and by how many; ``None`` if there is none."""
    relays = () if ledger.witnessing is None else ledger.witnessing.book.relayed()
    size = max((relay.size for relay in relays if relay.state == "done"), default=0)
    return {"size": size, "witnesses": ledger.anchor.witness_count(size)} if size else None


def _cosignatures(ledger: Ledger) -> list[Value]:
    """Tell what became of each witness's newest cosignature that was to go on the chain."""
    relays = () if ledger.witnessing is None else ledger.witnessing.book.relayed()
    return [
        {
            "witness": relay.vkey.partition("+")[0],
            "account": relay.signed.witness,
            "size": relay.size,
            "state": relay.state,
            "transaction": relay.transaction,
            "problem": relay.problem or None,
        }
        for relay in relays
    ]


def _waiting(ledger: Ledger, sealed: SealedCheckpoint) -> dict[str, Value]:
    attempts = () if sealed.transaction is None else ledger.log.attempts(sealed.transaction)
    return {
        "size": sealed.checkpoint.size,
        "state": sealed.state,
        "sealed_at": to_text(sealed.sealed_at),
        "transaction": sealed.transaction,
        "nonce": attempts[-1].nonce if attempts else None,
        "price_wei": str(attempts[-1].price) if attempts else None,
        "replaced": [each.transaction for each in attempts if each.transaction != sealed.transaction],
        **_block(sealed.block),
    }


def _block(block: Block | None) -> dict[str, Value]:
    return {"block": None, "block_hash": None} if block is None else {"block": block.number, "block_hash": block.hash}
