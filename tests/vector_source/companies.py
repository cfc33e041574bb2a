"""The same sale to an institution: people named, a power of attorney, a seal, and the signatory's own key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from tests.vector_source import asn1, keys
from tests.vector_source.story import SELLER, SYSTEM, Story
from tests.vector_source.world import START, text
from verifier import canonical, certificates, digests

NAME, CHIEF, CLERK = "示范实业有限公司", "王法定", "李经办"
COMPLIANCE = ("8" * 32, "compliance")
DAY = timedelta(days=1)


@dataclass
class CompanyStory(Story):
    """Fields are what a defect may change; instants are counted from the start of the story."""

    capacity: str = "signatory"
    scopes: Any = ("after_sale", "profile", "subscribe")
    start: timedelta = timedelta()
    end: timedelta = 30 * DAY
    limits: Any = None
    names: Callable[[list[tuple[str, str]], str], list[tuple[str, str]]] = lambda named, _kind: named
    organization: str | None = NAME
    own: Callable[[dict[str, Any]], Any] = lambda own: own
    own_name: str = CLERK
    own_key: str = "signatory"
    own_holder: Callable[[str], str] = lambda holder: holder
    signs: bool = True
    colleague_identifies: bool = False
    power_for: str = ""

    def issued(self) -> asn1.Identity:
        """Certify the seal: the institution is its organization."""
        return keys.certify(
            NAME,
            keys.p256("investor"),
            keys.ISSUER,
            holder=self.investor_stream,
            organization=self.organization,
            start=self.log.now,
            lasts=2 * DAY,
        )

    def investor(self) -> None:
        self.authority = ""
        self._investor("investor.registered", SELLER, kind="institution", name=NAME, mobile="01088886666")
        self.chief = self._named("legal_representative", CHIEF)
        self.clerk = self._named("signatory", CLERK)
        self.power = self._power()
        self.authority = self.chief if self.capacity == "legal_representative" else self.power
        self.person = self.chief if self.capacity == "legal_representative" else self.clerk
        self.identity = self._investor("investor.identity_verified", self.buyer, method="one_time_code")
        if self.colleague_identifies:
            mine, self.authority = self.authority, self.chief
            self.identity = self._investor("investor.identity_verified", self.buyer, method="one_time_code")
            self.authority = mine
        self._investor("assessment.completed", SYSTEM, tolerance="C4", lowest=False, score=72)
        self._register()
        digest = digests.sha256(
            canonical.encode({"cn/example/art1_minimum.toml": 'amount = "1000000"\n', "units.toml": "[units]\n"})
        )
        self._investor("eligibility.decided", SYSTEM, decision={"answer": "eligible", "ruleset": digest.hex()})

    def revoke(self) -> None:
        fields = {"reason": "left"}
        self.log.append("power.revoked", self.investor_stream, COMPLIANCE, fields, refs={"power": self.power})

    def succeed(self) -> None:
        self._named("legal_representative", "赵法定")

    def _named(self, capacity: str, name: str) -> str:
        fields = {"capacity": capacity, "name": name, "id_type": "x", "id_number": "1", "mobile": "2"}
        return str(self._investor("representative.named", SELLER, **fields).leaf)

    def _power(self) -> str:
        fields: dict[str, Any] = {
            "scopes": list(self.scopes) if isinstance(self.scopes, tuple) else self.scopes,
            "signed_on": "2026-03-02",
            "valid_from": text(START + self.start),
            "valid_until": text(START + self.end),
            **(self.limits(self) if self.limits else {}),
        }
        refs = {"representative": self.power_for or self.clerk, "signed_by": self.chief}
        return str(self.log.append("power.granted", self.investor_stream, COMPLIANCE, fields, refs=refs).leaf)

    def _as(self, kind: str, actor: tuple[str, str], refs: Any) -> list[tuple[str, str]]:
        named = list(refs.items()) if isinstance(refs, dict) else list(refs or [])
        return self.names([*named, ("authority", self.authority)], kind) if actor == self.buyer else named

    def _investor(self, kind: str, actor: tuple[str, str], /, **fields: Any) -> Any:
        return self.log.append(kind, self.investor_stream, actor, fields, refs=self._as(kind, actor, None))

    def _sale(self, kind: str, actor: tuple[str, str], fields: dict[str, Any], **more: Any) -> Any:
        if kind == "document.signed" and self.signs:
            fields = {**fields, "signatory": self.own(self._signed(fields["statement"].encode()))}
        return super()._sale(kind, actor, fields, **{**more, "refs": self._as(kind, actor, more.get("refs"))})

    def _signed(self, statement: bytes) -> dict[str, Any]:
        name = CHIEF if self.capacity == "legal_representative" else self.own_name
        mine = keys.certify(
            name,
            keys.p256(self.own_key),
            keys.ISSUER,
            holder=self.own_holder(self.person),
            start=self.log.now - DAY,
            lasts=2 * DAY,
        )
        chain = [certificates.to_pem(c.public_bytes(Encoding.DER)) for c in (mine.certificate, *mine.above)]
        return {"certificate": chain, "signature": asn1.sign(mine.key, statement).hex()}
