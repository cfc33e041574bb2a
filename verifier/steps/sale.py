"""The last steps: the order of the sale, the rulesets, the stand-ins, and what the reader has pinned."""

from datetime import timedelta
from typing import Final

from verifier import canonical, receipt
from verifier.digests import sha256
from verifier.errors import UndecidedError, VerificationError
from verifier.record import Record, instant
from verifier.steps import levels
from verifier.steps.case import Case, Found, at, place

EMBEDDED_CHAIN: Final = 0x70666C
"""The chain id by which the embedded development chain says that it is one ("pfl")."""
_OUTSIDERS: Final = ("qualification.confirmed", "visit.completed")
_DECISIONS: Final = ("decision.made", "eligibility.decided")

_STARTS: Final = frozenset(("contract.completed", "payment.received"))
_CONTRACTED: Final = {"signed": frozenset(("contract.completed",)), "paid": frozenset(("payment.received",))}
"""Funds other than securities funds may let their contract say what begins cooling-off (art. 29)."""
_MOST_HOURS: Final = 24 * 366

_AFTER: Final = {
    "match.completed": "sale.opened",
    "match.acknowledged": "match.completed",
    "disclosure.presented": "match.completed",
    "disclosure.item_confirmed": "disclosure.presented",
    "document.signed:risk_disclosure": "disclosure.item_confirmed",
    "qualification.confirmed": "document.signed:risk_disclosure",
    "document.signed:fund_contract": "qualification.confirmed",
    "contract.completed": "document.signed:fund_contract",
    "payment.received": "document.signed:fund_contract",
    "visit.completed": "contract.completed",
    "sale.effective": "visit.completed",
}
"""Each step and what must stand before its first record (募集行为办法 art. 15; `docs/format.md` §11)."""

_INSTEAD: Final = {
    "disclosure.item_confirmed": "disclosure.presented",
    "qualification.confirmed": "document.signed:risk_disclosure",
    "visit.completed": "contract.completed",
}
"""What art. 32 lets an exempt investor skip, and what must stand before the step after it instead."""


def order(case: Case) -> Found:
    """Step 16."""
    sale = [r for _, r in case.records if r.stream == case.bundle.subject]
    if sale[0].type != "sale.opened":
        raise VerificationError("out_of_order", f"the sale does not begin with its opening but with {sale[0].type}")
    first: dict[str, Record] = {}
    for now in sale:
        name = now.type
        if name == "document.signed":
            name += ":" + str(case.fields(now, "purpose")[0])
        needed = _AFTER.get(name)
        if needed in _INSTEAD and needed not in first and needed in _may_skip(case, sale[0]):
            needed = _INSTEAD[needed]
        if needed is not None and needed not in first:
            raise VerificationError("out_of_order", f"{place(now)} stands before any {needed}", leaf=now.leaf_sha256)
        first.setdefault(name, now)
    _require_separation(sale)
    sentence = f"{len(sale)} records of the sale in the law's order"
    if "visit.completed" in first:
        hours = _require_cooling_off(case, sale)
        sentence += f"; no return visit before {hours} hours of cooling-off were over"
    return sentence, {"steps": {name: r.occurred_at for name, r in first.items()}}


def _may_skip(case: Case, opened: Record) -> frozenset[str]:
    """Return the steps that need not be there: for an exempt investor, or a contract that has no return visit.

    Whether the exemption stood, and for what, is for the rules to say again (`docs/law_format.md`).
    """
    if any(r.stream == case.fields(opened, "investor")[0] for r in case.of("exemption.granted")):
        return frozenset(_INSTEAD)
    product = case.fields(opened, "product")[0]
    introduced = [r for r in case.of("product.introduced") if r.stream == product]
    visit = case.fields(introduced[0], "return_visit")[0] if len(introduced) == 1 else True
    return frozenset({"visit.completed"}) if visit is False else frozenset()


def _require_separation(sale: list[Record]) -> None:
    """Refuse whoever sold and then certified or visited (募集 art. 30; separation of duties)."""
    sellers = {r.actor_id for r in sale if r.actor_role == "sales"}
    for now in sale:
        if now.type in _OUTSIDERS and now.actor_id in sellers:
            raise VerificationError(
                "duties_not_separate", f"{place(now)} was done by somebody who sold", leaf=now.leaf_sha256
            )


def _require_cooling_off(case: Case, sale: list[Record]) -> int:
    """Refuse a successful visit within the product's cooling-off, which starts when both signed and paid."""
    product = case.fields(sale[0], "product")[0]
    introduced = [r for r in case.of("product.introduced") if r.stream == product]
    if len(introduced) != 1:
        raise UndecidedError("product_missing", "the bundle does not hold the product's introduction")
    hours = case.fields(introduced[0], "cooling_off_hours")[0]
    if type(hours) is not int or not 0 <= hours <= _MOST_HOURS:
        raise VerificationError("bad_member", f"cooling_off_hours is not a whole number up to {_MOST_HOURS}")
    contract = case.fields(introduced[0], "cooling_off_from")[0] if "cooling_off_from" in introduced[0].fields else ""
    needed = _CONTRACTED.get(contract, _STARTS)
    starts: dict[str, str] = {}
    for now in sale:
        if now.type in needed:
            starts[now.type] = max(starts.get(now.type, ""), now.occurred_at)
        if now.type == "visit.completed" and case.fields(now, "successful")[0] is True:
            if starts.keys() != needed:
                raise VerificationError("out_of_order", f"{place(now)} stands before signature and payment")
            passed = instant(now.occurred_at, "visit") - instant(max(starts.values()), "cooling-off")
            if passed < timedelta(hours=hours):
                raise VerificationError(
                    "visit_in_cooling_off",
                    f"{place(now)} was after {passed}, within cooling-off of {hours} hours",
                )
    return hours


def rulesets(case: Case) -> Found:
    """Step 17."""
    held: set[str] = set()
    for number, ruleset in enumerate(case.bundle.rulesets):
        with at(f"rulesets[{number}]"):
            if sha256(canonical.encode(ruleset.files)).hex() != ruleset.digest:
                raise VerificationError(
                    "ruleset_differs", "the files are not what the digest says", digest=ruleset.digest
                )
        held.add(ruleset.digest)
    missing: set[str] = set()
    decisions = case.of(*_DECISIONS)
    for now in decisions:
        match case.fields(now, "decision")[0]:
            case {"ruleset": str(digest)}:
                missing |= {digest} - held
            case _:
                raise VerificationError(
                    "bad_decision", f"{place(now)} does not say by which ruleset", leaf=now.leaf_sha256
                )
    if missing:
        raise UndecidedError(
            "ruleset_missing", "the bundle lacks rulesets that decisions name", missing=sorted(missing)
        )
    return f"{len(held)} rulesets fit their digests; {len(decisions)} decisions name them", {"rulesets": sorted(held)}


def stand_ins(case: Case) -> Found:
    """Step 18."""
    declared = set(case.bundle.stand_ins)
    used: set[str] = set()
    if case.of("clock.advanced"):
        used.add("clock:simulated")
    if any(map(levels.is_development, [*case.roots(), *case.sm2_roots()])):
        used.add("ca:development")
    if any(map(levels.is_development, case.timestamp_roots())):
        used.add("tsa:development")
    if any(claim.chain_id == EMBEDDED_CHAIN for claim in case.claims):
        used.add("chain:embedded")
    if hidden := sorted(used - declared):
        raise VerificationError("undeclared_stand_in", f"development parts took part undeclared: {', '.join(hidden)}")
    return f"declared: {', '.join(sorted(declared)) or 'none'}", {"declared": sorted(declared)}


def pins(case: Case) -> Found:
    """Step 19."""
    if case.trust is None:
        return "nothing pinned: keys, roots and chain are the operator's word; pin them with --trust", {"pinned": []}
    used = {
        "log": [case.bundle.log_key],
        "seal": [case.bundle.seal_key.hex()],
        "roots": [der.hex() for der in (*case.bundle.roots, *case.bundle.sm2_roots)],
        "timestamp_roots": [der.hex() for der in case.bundle.timestamp_roots],
        "contracts": [claim.contract.hex() for claim in case.claims],
        "blocks": [receipt.block_hash(claim) for claim in case.claims],
    }
    pinned = []
    for name, values in used.items():
        allowed = getattr(case.trust, name)
        if allowed is None:
            continue
        if strange := sorted(set(values) - allowed):
            raise VerificationError(
                "not_pinned", f"{name}: {len(strange)} are not among those you pinned", found=strange
            )
        pinned.append(name)
    if case.trust.validators is not None:
        if len(case.blocks) != len(case.bundle.anchors):
            raise UndecidedError("rests_on", "the pinned validators rest on the anchors, which do not hold")
        for proven in case.blocks:
            levels.require_validators(case, proven)
        pinned.append("validators")
    return f"pinned and found: {', '.join(pinned)}", {"pinned": pinned}
