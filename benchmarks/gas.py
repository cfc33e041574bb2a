"""Gas of our contracts beside EAS and ONCHAINID with T-REX, on one py-evm chain (Prague rules), in one run.

`.venv/bin/python -m benchmarks.gas` prints the table; `--write` puts it in `docs/numbers.md`, and our own numbers into
`contracts/gas.json`, which `tests/contracts/test_gas.py` compares. Needs the npm packages that `scripts/test` installs.
Random data and fresh recipients everywhere, gas from receipts; for questions, what a call costs beyond 21,000 and its
data (EIP-2028).
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3 import EthereumTesterProvider, Web3
from web3.contract import Contract

from benchmarks import signed_acts
from benchmarks.onchainid import OnchainId
from ledger.chain.artifacts import load
from ledger.ports.anchor import SaleStep
from verifier import merkle

ROOT = Path(__file__).resolve().parent.parent
EAS = ROOT / "node_modules" / "@ethereum-attestation-service" / "eas-contracts" / "artifacts" / "contracts"
ZERO = "0x" + "0" * 40
NOW, YEAR = 1_800_000_000, 31_536_000
REGIME = b"cn_private_fund".ljust(32, b"\0")
RECORDS, BATCH = 1_000, 100
SNAPSHOT = ROOT / "contracts" / "gas.json"
PLACE = re.compile(r"(<!-- gas -->).*?(<!-- /gas -->)", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """One line of the table; gas for all of ``units``. ``eas``, ``onchainid``: None where they have nothing like it.

    ONCHAINID has no batches, so its number is always that of one.
    """

    what: str
    ours: int
    eas: int | None
    units: int = 1
    onchainid: int | None = None


def unique() -> Iterator[bytes]:
    """Yield 32 bytes that look random, the same in every run."""
    number = 0
    while True:
        number += 1
        yield hashlib.sha256(b"gas %d" % number).digest()


VALUES = unique()


class Bench:
    """Both systems on one chain."""

    def __init__(self) -> None:
        self.web3 = Web3(EthereumTesterProvider())
        self.me = self.web3.eth.accounts[0]
        self.web3.eth.default_account = self.me
        institutions = self.ours("Institutions", [(self.me, bytes(32), 127)], 1)
        self.log = self.ours("EvidenceLog", institutions.address)
        self.investors = self.at("InvestorRegistry", self.log.functions.investors().call())
        self.signatures = self.at("SignatureRegistry", self.log.functions.signatures().call())
        self.sales = self.at("SaleProcedure", self.log.functions.sales().call())
        self.onchainid = OnchainId(self)
        schemas = self.theirs("SchemaRegistry")
        self.eas = self.theirs("EAS", schemas.address)
        self.gas(schemas.functions.register("bytes32 leaf", ZERO, True))  # noqa: FBT003 - the schema's own flag
        self.schema = Web3.solidity_keccak(["string", "address", "bool"], ["bytes32 leaf", ZERO, True])

    def ours(self, name: str, *arguments: object) -> Contract:
        """Deploy one of our contracts."""
        return self.deploy(load(name).abi, load(name).creation.hex(), *arguments)

    def theirs(self, name: str, *arguments: object) -> Contract:
        """Deploy one of EAS' contracts from its published artefact."""
        artefact = json.loads((EAS / f"{name}.sol" / f"{name}.json").read_text())
        return self.deploy(artefact["abi"], artefact["bytecode"], *arguments)

    def at(self, name: str, address: Any) -> Contract:
        """Return one of our contracts at an address."""
        return self.bound(address, load(name).abi)

    def gas(self, call: Any, sender: Any = None) -> int:
        """Send a call; returns the gas of its receipt."""
        sent = call.transact({"gas": 29_000_000, "from": sender or self.me})
        receipt = self.web3.eth.wait_for_transaction_receipt(sent)
        if receipt["status"] != 1:
            raise SystemExit(f"{call.fn_name} was reverted: this benchmark no longer fits the contracts")
        return int(receipt["gasUsed"])

    def asking(self, call: Any) -> int:
        """Return what a question costs beyond every transaction's own cost."""
        data = bytes.fromhex(call._encode_transaction_data()[2:])  # noqa: SLF001 - there is no public way
        return self.gas(call) - 21_000 - sum(16 if byte else 4 for byte in data)

    def deploy(self, abi: Any, bytecode: str, *arguments: object) -> Contract:
        """Create a contract."""
        factory = self.web3.eth.contract(abi=abi, bytecode=bytecode)
        sent = factory.constructor(*arguments).transact({"gas": 29_000_000})
        receipt = self.web3.eth.wait_for_transaction_receipt(sent)
        return self.bound(receipt["contractAddress"], abi)

    def bound(self, address: Any, abi: Any) -> Contract:
        """Return a contract at an address."""
        bound = self.web3.eth.contract(address=address, abi=abi)
        if not isinstance(bound, Contract):
            raise TypeError("web3 gives a class where there is no address")
        return bound


def checkpoints(bench: Bench) -> Iterator[Row]:
    """Anchoring."""
    anchor, timestamp = bench.log.functions.anchor, bench.eas.functions.timestamp
    bench.gas(anchor(1, next(VALUES), next(VALUES), next(VALUES)))
    bench.gas(timestamp(next(VALUES)))
    ours = bench.gas(anchor(1 + RECORDS, next(VALUES), next(VALUES), next(VALUES)))
    theirs = bench.gas(timestamp(next(VALUES)))
    yield Row(f"anchor {RECORDS:,} records (EAS: timestamp of a root)", ours, theirs, RECORDS)
    heads = [(10_000 + n, next(VALUES), next(VALUES), next(VALUES)) for n in range(BATCH)]
    roots = [next(VALUES) for _ in range(BATCH)]
    ours = bench.gas(bench.log.functions.anchorBatch(heads))
    theirs = bench.gas(bench.eas.functions.multiTimestamp(roots))
    yield Row(f"a backlog of {BATCH} heads (EAS: multiTimestamp)", ours, theirs, BATCH)
    leaves = [merkle.SHA256.leaf(b"%d" % n) for n in range(1024)]
    root = merkle.root(merkle.SHA256, leaves)
    path = list(merkle.inclusion_path(merkle.SHA256, leaves, 777, 1024))
    small = bench.ours("EvidenceLog", bench.log.functions.institutions().call())
    bench.gas(small.functions.anchor(1024, root, root, root))
    question = small.functions.verifyInclusion(leaves[777], 777, (1024, root, root, root), path)
    yield Row("ask: is this record among 1,024?", bench.asking(question), None)


def certifications(bench: Bench) -> Iterator[Row]:
    """Certifications that a contract can read, with expiry."""
    one, many, carried = ([_certification() for _ in range(count)] for count in (1, BATCH, BATCH))
    renewed = [(item[0], REGIME, next(VALUES), NOW + 1, NOW + 2 * YEAR) for item in many]
    certify, attest = bench.investors.functions.certify, bench.eas.functions.attest
    theirs = bench.gas(attest((bench.schema, _attestation())))
    wallet, data = list(bench.web3.eth.accounts)[1], [next(VALUES) for _ in range(3)]
    identity = bench.onchainid.first(wallet, "investor", data[0])
    yield Row(
        "certify a new investor (attest 32 B; identity, claim, registry)", bench.gas(certify(one)), theirs, 1, identity
    )
    another = bench.onchainid.claim(wallet, data[1], topic=43)
    more = bench.gas(certify([_certification()]))
    yield Row("certify a known investor (attest; claim of another topic)", more, theirs, 1, another)
    theirs = bench.gas(_attestations(bench))
    yield Row(f"certify, {BATCH} (EAS: multiAttest)", bench.gas(certify(many)), theirs, BATCH)
    head = (1 << 30, next(VALUES), next(VALUES), next(VALUES))
    ours = bench.gas(bench.log.functions.anchorWith(head, (carried, [], [], [], [], [])))
    yield Row(f"certify, {BATCH}, with their checkpoint", ours, theirs, BATCH)
    again = bench.onchainid.claim(wallet, data[2])
    yield Row(f"renew, {BATCH}, history kept (theirs: written over)", bench.gas(certify(renewed)), theirs, BATCH, again)
    asked = bench.onchainid.ask(wallet)
    yield from _revocations(bench, renewed, bench.onchainid.revoke(wallet, data[2]))
    investor = one[0][0]
    assessment = next(VALUES)
    bench.gas(bench.investors.functions.assess([(investor, REGIME, assessment, 3, False, NOW, NOW + YEAR)]))
    question = bench.investors.functions.eligibleAt(investor, REGIME, 3, NOW + 5)
    if question.call() != [True, 0]:
        raise SystemExit("eligibleAt no longer answers as this benchmark expects")
    theirs = bench.asking(bench.eas.functions.getAttestation(_uids(bench, 1)[0]))
    yield Row(
        "ask: eligible at T? (getAttestation judges nothing; isVerified)", bench.asking(question), theirs, 1, asked
    )
    end = bench.investors.functions.end([(investor, REGIME, assessment, next(VALUES), NOW + 9)])
    yield Row("end an assessment early, one", bench.gas(end), None)


def _revocations(bench: Bench, granted: list[tuple[Any, ...]], onchainid: int) -> Iterator[Row]:
    items = [(item[0], REGIME, item[2], next(VALUES), NOW + 9) for item in granted]
    uids = _uids(bench, BATCH)
    revoke, single, batch = (
        bench.investors.functions.revoke,
        bench.eas.functions.revoke,
        bench.eas.functions.multiRevoke,
    )
    theirs = bench.gas(single((bench.schema, (uids[0], 0))))
    yield Row("revoke, one (ONCHAINID: revokeClaimBySignature)", bench.gas(revoke(items[:1])), theirs, 1, onchainid)
    theirs = bench.gas(batch([(bench.schema, [(uid, 0) for uid in uids[1:]])]))
    yield Row(f"revoke, {BATCH - 1}", bench.gas(revoke(items[1:])), theirs, BATCH - 1)


def signatures(bench: Bench) -> Iterator[Row]:
    """Signatures that an operator recorded."""
    items = [(next(VALUES), next(VALUES), next(VALUES), b"x509-p256".ljust(16, b"\0"), NOW) for _ in range(BATCH)]
    ours, theirs = bench.gas(bench.signatures.functions.record(items)), bench.gas(_attestations(bench))
    yield Row(f"record signatures, {BATCH} (EAS: multiAttest)", ours, theirs, BATCH)


def sales(bench: Bench) -> Iterator[Row]:
    """The steps of sales, which nobody else enforces."""
    names = [next(VALUES) for _ in range(BATCH)]
    for number, step in enumerate(SaleStep, 1):
        if step is SaleStep.EFFECTIVE:
            break
        at = NOW - 100 * 86_400 + 3600 * number + (100_000 if step is SaleStep.VISITED else 0)
        opened = (24, 0, True) if step is SaleStep.OPENED else (0, 0, False)
        items = [(name, next(VALUES), number - 1, number, at, *opened, 0) for name in names]
        cost = bench.gas(bench.log.functions.recordAhead(([], [], [], [], [], items)))
        if step in {SaleStep.OPENED, SaleStep.SIGNED, SaleStep.VISITED}:
            yield Row(f"a step of a sale, {BATCH}: {step.value}", cost, None, BATCH)
    question = bench.sales.functions.proofOfOrder(names[0])
    yield Row("ask: proof of a sale's order, with all times", bench.asking(question), None)


def _certification() -> tuple[Any, ...]:
    return next(VALUES), REGIME, next(VALUES), NOW, NOW + YEAR


def _attestation() -> tuple[Any, ...]:
    recipient = Web3.to_checksum_address(next(VALUES)[:20])
    return recipient, 4_000_000_000, True, bytes(32), next(VALUES), 0


def _attestations(bench: Bench, count: int = BATCH) -> Any:
    return bench.eas.functions.multiAttest([(bench.schema, [_attestation() for _ in range(count)])])


def _uids(bench: Bench, count: int) -> list[bytes]:
    sent = _attestations(bench, count).transact({"gas": 29_000_000})
    receipt = bench.web3.eth.get_transaction_receipt(sent)
    return [bytes(event["args"]["uid"]) for event in bench.eas.events.Attested().process_receipt(receipt)]


def table(rows: Iterable[Row]) -> str:
    """Return the Markdown table."""
    head = ("what", "ours", "EAS", "ours / EAS", "ONCHAINID, T-REX", "ours / ONCHAINID")
    lines = [head, ("---", *("---:" for _ in head[1:]))]
    for row in rows:
        ours, eas = row.ours / row.units, row.eas / row.units if row.eas else None
        lines.append((row.what, f"{ours:,.1f}", *_beside(ours, eas), *_beside(ours, row.onchainid)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _beside(ours: float, theirs: float | None) -> tuple[str, str]:
    return ("–", "–") if theirs is None else (f"{theirs:,.1f}", f"{ours / theirs:.2f}")


def measure() -> tuple[Row, ...]:
    """Return all rows, measured on a fresh chain."""
    bench = Bench()
    delegated = (Row(*cost) for cost in signed_acts.costs(bench, VALUES))
    return (*checkpoints(bench), *certifications(bench), *signatures(bench), *sales(bench), *delegated)


def snapshot(rows: Iterable[Row]) -> str:
    """Return our own gas by row, as it is committed."""
    return json.dumps({row.what: row.ours for row in rows}, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Measure, print, and with ``--write`` put the numbers where they are read."""
    rows = measure()
    measured = table(rows)
    print(measured)
    if "--write" in sys.argv[1:]:
        SNAPSHOT.write_text(snapshot(rows), "utf-8")
        page = ROOT / "docs" / "numbers.md"
        text, count = PLACE.subn(lambda found: f"{found[1]}\n{measured}\n{found[2]}", page.read_text("utf-8"))
        if count != 1:
            raise SystemExit("docs/numbers.md has lost the place of the table")
        page.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
