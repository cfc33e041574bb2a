"""The sale that the vectors tell, step by step; a defect changes one step and leaves the rest true."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from tests.vector_source import asn1, keys, papers
from tests.vector_source.approvals import Approver
from tests.vector_source.world import Kept, Log, text
from verifier import canonical, certificates, digests

SYSTEM = ("0" * 32, "system")
SELLER, CERTIFIER, VISITOR = ("5" * 32, "sales"), ("6" * 32, "certifier"), ("7" * 32, "visitor")
COMPLIANCE, ADMIN = ("8" * 32, "compliance"), ("9" * 32, "admin")
ITEMS = ("本人已了解基金的风险", "本人以自有资金认购", "本人符合合格投资者条件")
ORDER = (
    *("product", "investor", "open_sale", "match", "present", "confirm", "sign_disclosure"),
    *("qualify", "sign_contract", "complete", "pay", "cool_off", "visit", "effective"),
)


@dataclass
class Reads:
    """What a browser told of a paper before it was signed, and what policy demanded."""

    told: tuple[tuple[int, Any], ...] = ((1, 5), (2, 3), (2, 4))
    """Page and seconds of each reading."""
    minimum: Any = field(default_factory=lambda: {"ruleset": "ab" * 32, "page": 5, "total": 12})
    pages: tuple[Any, ...] = (2, 2, 2)
    paper: Callable[[str], str] = lambda sha256: sha256
    forgets: bool = False
    """A reading that the signature refers to is not in the bundle."""


@dataclass
class Story:
    """One sale. Fields are what a defect may change."""

    seed: str
    order: tuple[str, ...] = ORDER
    checkpoints_after: frozenset[str] = frozenset({"investor", "sign_disclosure", "pay", "effective"})
    cooling_off: timedelta = timedelta(hours=24, minutes=5)
    visitor: tuple[str, str] = VISITOR
    statement: Callable[[dict[str, Any]], None] = lambda _: None
    high_s: bool = False
    signer: asn1.Identity | None = None
    pdf: Callable[[bytes], bytes] = lambda content: content
    shown: Callable[[bytes], bytes] = lambda content: content
    digest: Callable[[dict[str, Any]], None] = lambda _: None
    key: Callable[[str], str] = lambda key: key
    patches: dict[str, Callable[[dict[str, Any]], None]] = field(default_factory=dict)
    approver: Approver | None = None
    approves: bool = True
    registers: bool = True
    withdraws: str = ""
    reads: Reads | None = None
    other_suite: str | None = None
    credential_key: Callable[[str], str] = lambda key: key

    log_type: type[Log] = Log

    def tell(self) -> "Story":
        """Run all steps."""
        self.log = self.log_type(self.seed, patches=self.patches)
        self.operator, self.product_stream, self.investor_stream, self.sale = (self.log.hex(32) for _ in range(4))
        self.buyer = (self.investor_stream, "investor")
        self.certificate = self.signer or self.issued()
        self.chain = [certificates.to_pem(_der(c)) for c in (self.certificate.certificate, *self.certificate.above)]
        self.signatures: dict[str, Any] = {}
        for step in self.order:
            getattr(self, step)()
            self.log.filler(3)
            if step in self.checkpoints_after:
                self.log.seal()
        return self

    def issued(self) -> asn1.Identity:
        """Certify the key that signs the papers."""
        return keys.certify(
            "投资者",
            keys.p256("investor"),
            keys.ISSUER,
            holder=self.investor_stream,
            start=self.log.now,
            lasts=timedelta(days=2),
        )

    def _operator(self, kind: str, actor: tuple[str, str], /, **fields: Any) -> None:
        self.log.append(kind, self.operator, actor, fields)

    def _product(self, kind: str, actor: tuple[str, str], /, **fields: Any) -> None:
        self.log.append(kind, self.product_stream, actor, fields)

    def _investor(self, kind: str, actor: tuple[str, str], /, **fields: Any) -> Any:
        return self.log.append(kind, self.investor_stream, actor, fields)

    def _sale(self, kind: str, actor: tuple[str, str], fields: dict[str, Any], **more: Any) -> Any:
        return self.log.append(kind, self.sale, actor, fields, **more)

    def product(self) -> None:
        self._operator("institution.registered", SYSTEM, name="示范基金销售", kind="distributor", licence="0001")
        self._product("product.introduced", COMPLIANCE, name="示范一号", code="SX0001", cooling_off_hours=24)
        self._product(
            "product.rated", COMPLIANCE, risk_level="R3", valid_until=text(self.log.now + timedelta(days=365))
        )
        self._product("product.listed", COMPLIANCE, from_day="2026-03-02")

    def investor(self) -> None:
        self._investor("investor.registered", SELLER, kind="natural", name="张三", mobile="13800000000")
        self.identity = self._investor("investor.identity_verified", SYSTEM, method="one_time_code")
        self._investor("assessment.completed", SYSTEM, tolerance="C4", lowest=False, score=72)
        self._investor("certificate.issued", SYSTEM, suite="x509-p256", certificate=self.chain)
        self._register()
        digest = digests.sha256(
            canonical.encode({"cn/example/art1_minimum.toml": 'amount = "1000000"\n', "units.toml": "[units]\n"})
        )
        decision = {"answer": "eligible", "ruleset": digest.hex()}
        self._investor("eligibility.decided", SYSTEM, decision=decision)

    def _register(self) -> None:
        self.refs: dict[str, str] = {}
        if self.approver is None:
            return
        held, key = self.approver.credential(self.investor_stream)
        if self.registers:
            fields = {"suite": self.approver.suite, "credential": held, "key": self.credential_key(key)}
            self.refs = {"credential": self._investor("credential.registered", self.buyer, **fields).leaf}
        if self.withdraws:
            refs = self.refs if self.withdraws == "this" else {"credential": self.identity.leaf}
            lost = {"reason": "lost"}
            self.log.append("credential.withdrawn", self.investor_stream, self.buyer, lost, refs=refs)

    def open_sale(self) -> None:
        money = {"amount": "1000000.00", "currency": "CNY"}
        fields = {
            "investor": self.investor_stream,
            "product": self.product_stream,
            "amount": money,
            "channel": "online",
        }
        self._sale("sale.opened", SELLER, fields)

    def match(self) -> None:
        self._sale(
            "match.completed", SYSTEM, {"tolerance": "C4", "lowest": False, "risk_level": "R3", "outcome": "suitable"}
        )

    def present(self) -> None:
        self.disclosure = papers.pdf("Risk disclosure statement")
        items = [{"item": i, "zh": zh, "en": f"item {i}", "text_sha256": _text(zh)} for i, zh in enumerate(ITEMS, 1)]
        document = self.log.document(self.disclosure, "shown")
        self._sale("disclosure.presented", SYSTEM, {"items": items}, documents=[document])

    def confirm(self) -> None:
        self.items = []
        for item, zh in enumerate(ITEMS, 1):
            fields = {"item": item, "text_sha256": _text(zh)}
            kept = self._sale("disclosure.item_confirmed", self.buyer, fields)
            self.items.append(fields | {"confirmed_at": kept.body["occurred_at"]})

    def sign_disclosure(self) -> None:
        self._sign("risk_disclosure", self.disclosure, self.items)

    def qualify(self) -> None:
        self._sale("qualification.confirmed", CERTIFIER, {"certification": self.identity.leaf})

    def sign_contract(self) -> None:
        self._sign("fund_contract", papers.pdf("Fund contract"), [])

    def complete(self) -> None:
        record, content = self.signatures["fund_contract"]
        self.log.pass_time(minutes=3)
        completed = papers.signed(content, keys.INSTITUTION, self.log.now, 30)
        document = self.log.document(completed, "completed")
        fields = {"countersigned_by": "示范基金销售"}
        self._sale("contract.completed", COMPLIANCE, fields, refs={"signature": record.leaf}, documents=[document])

    def pay(self) -> None:
        money = {"amount": "1010000.00", "currency": "CNY"}
        self._sale("payment.received", COMPLIANCE, {"amount": money, "payer_is_investor": True, "account": "6222-0001"})

    def cool_off(self) -> None:
        before = self.log.now
        self.log.now += self.cooling_off
        self._operator("clock.advanced", ADMIN, seconds=int(self.cooling_off.total_seconds()), **{"from": text(before)})

    def visit(self) -> None:
        answers = {str(n): True for n in range(1, 9)}
        self.last_visit = self._sale(
            "visit.completed", self.visitor, {"answers": answers, "leading": False, "successful": True}
        )

    def effective(self) -> None:
        leaf = self.last_visit.leaf
        self._sale("sale.effective", SYSTEM, {"visit": leaf}, refs={"visit": leaf})

    def _read(self, sha256: str) -> list[tuple[str, str]]:
        leaves: list[tuple[str, str]] = []
        if self.reads is None:
            return leaves
        for (page, seconds), pages in zip(self.reads.told, self.reads.pages, strict=False):
            fields = {"document": self.reads.paper(sha256), "page": page, "pages": pages, "seconds": seconds}
            leaves.append(("read", self._sale("document.page_read", self.buyer, fields).leaf))
        return leaves

    def _sign(self, purpose: str, content: bytes, items: list[dict[str, Any]]) -> None:
        self.log.pass_time(minutes=2)
        shown = self.log.document(content, "shown")
        read = self._read(shown["sha256"])
        body = {
            "v": 1,
            "purpose": purpose,
            "sale": self.sale,
            "investor": self.investor_stream,
            "product": self.product_stream,
            "documents": [{"role": "shown", "sha256": shown["sha256"], "sm3": shown["sm3"]}],
            "items": items,
            "intent": "本人自愿签署。",
            "identity": {"method": "one_time_code", "record": self.identity.leaf},
            "signed_at": text(self.log.now),
            "nonce": self.log.hex(16),
        }
        self.statement(body)
        statement = canonical.encode(body)
        signed = self.pdf(papers.signed(self.shown(content), self.certificate, self.log.now))
        named = [shown, self.log.document(signed, "signed")]
        self.digest(named[1])
        fields: dict[str, Any] = {
            "purpose": purpose,
            "suite": "x509-p256",
            "statement": statement.decode(),
            "signature": asn1.sign(self.certificate.key, statement, high_s=self.high_s).hex(),
            "certificate": self.chain,
            "key": self.key(certificates.key_digest(self.certificate.certificate)),
        }
        if self.approver is not None and self.approves:
            fields |= {"suite": self.other_suite or self.approver.suite, "approval": self.approver.approve(statement)}
        if self.reads is not None:
            fields["reading"] = self.reads.minimum
            if self.reads.forgets:
                read.append(("read", self.identity.leaf))
        refs = [*self.refs.items(), *read]
        kept = self._sale("document.signed", self.buyer, fields, documents=named, refs=refs)
        self.signatures[purpose] = (kept, signed)


def tell(story: Story, wanted: str, name: str, value: Any) -> bool:
    """Tell a story with another value in one field of the first record of a type; say whether there was one."""
    done: list[bool] = []

    class Other(Log):
        def append(self, kind: str, stream: str, actor: tuple[str, str], fields: dict[str, Any], **more: Any) -> Kept:
            if kind == wanted and not done:
                done.append(True)
                fields = {**fields, name: value}
            return super().append(kind, stream, actor, fields, **more)

    story.log_type = Other
    story.tell()
    return bool(done)


def _der(certificate: Any) -> bytes:
    return bytes(certificate.public_bytes(Encoding.DER))


def _text(words: str) -> str:
    return digests.sha256(words.encode()).hex()
