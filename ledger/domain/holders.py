"""Who stands behind an investor: a graph of holders as declared. Whom the law looks through to is a rule's business."""

from dataclasses import dataclass

from ledger.domain.events import Value
from ledger.domain.money import Money

KINDS = ("natural_person", "legal_person", "partnership", "contract")
POOLS = frozenset({"partnership", "contract"})
"""Forms without legal personality, which pool money (105号 art. 13)."""

ROOT = "investor"
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder. ``branch`` and ``amount``: how it qualifies by itself, if said; ``holders``: the ids behind it."""

    id: str
    kind: str
    branch: str = ""
    amount: Money | None = None
    holders: tuple[str, ...] = ()


def parse(value: Value) -> tuple[Holder, ...]:
    """Read the declared list, of which one is the `ROOT`; ``ValueError`` names the entry and what is wrong with it."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST:
        raise ValueError(f"holders must be a list of 1 to {MOST} entries")
    found = tuple(_holder(n, entry) for n, entry in enumerate(value))
    ids = [holder.id for holder in found]
    if twice := next((i for i in ids if ids.count(i) > 1), None):
        raise ValueError(f"holder {twice!r} is listed twice: list each once and name it where it holds")
    if ROOT not in ids:
        raise ValueError(f"one entry must be the investor itself: give it the id {ROOT!r}")
    known = set(ids)
    for holder in found:
        if absent := next((i for i in holder.holders if i not in known), None):
            raise ValueError(f"holder {holder.id!r} names {absent!r}, which is not listed")
        if holder.holders and holder.kind not in POOLS:
            raise ValueError(f"holder {holder.id!r} is a {holder.kind}, which is not looked through: leave holders out")
    return found


def _holder(place: int, entry: Value) -> Holder:
    if not isinstance(entry, dict) or not {"id", "kind"} <= set(entry) <= _MEMBERS:
        raise ValueError(f"holder {place} must have id and kind, and may have branch, amount, currency and holders")
    name, kind, branch, ids = (entry.get(key, default) for key, default in _DEFAULTS.items())
    if not isinstance(name, str) or not name or kind not in KINDS or not isinstance(branch, str):
        raise ValueError(f"holder {place} must have an id, and a kind of {', '.join(KINDS)}; branch is a word")
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids) or len(set(map(str, ids))) != len(ids):
        raise ValueError(f"holder {place}: holders must be ids, each once")
    amount, currency = entry.get("amount"), entry.get("currency", "CNY")
    if not isinstance(amount, str | None) or not isinstance(currency, str):
        raise ValueError(f"holder {place}: amount must be a decimal string such as 3000000.00")  # noqa: TRY004 - one error for bad input
    money = None if amount is None else Money.parse(amount, currency)
    return Holder(name, str(kind), branch, money, tuple(str(i) for i in ids))


_DEFAULTS: dict[str, Value] = {"id": "", "kind": "", "branch": "", "holders": []}
_MEMBERS = {*_DEFAULTS, "amount", "currency"}
