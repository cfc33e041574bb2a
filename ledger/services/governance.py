"""What members do with governance: see it, propose, confirm, execute; where one governor decides, at once.

A proposal is shown as what it does before it is confirmed; an act that would change nothing is refused before it costs
anything.
"""

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from ledger.domain.events import Value
from ledger.domain.instants import to_text
from ledger.errors import CallerError, ChainError, ConflictError, ForbiddenError, NotFoundError
from ledger.ports.governance import (
    ROLES,
    Act,
    Admit,
    Assign,
    Foreign,
    Governance,
    Member,
    Proposal,
    Resume,
    Threshold,
)
from ledger.ports.outbox import Outbox
from ledger.ports.outside import Clock
from verifier.keccak import keccak256

TURN: Final = timedelta(minutes=3)
"""How long at most anchoring waits for an act of the same account; after a crash too."""
_PATIENCE_SECONDS, _PAUSE_SECONDS = 60.0, 0.2
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_ID: Final = re.compile(r"0x[0-9a-f]{64}")
_STREAM: Final = re.compile(r"[0-9a-f]{64}")


def members(governance: Governance, at: datetime | None = None) -> dict[str, Value]:
    """Tell who the members are and what each may do, now or at an instant; k, n, and whether writes are stopped."""
    threshold, governors = governance.quorum()
    items: list[Value] = [
        {
            "address": each.address,
            "roles": _listed(each.roles if at is None else governance.roles_at(each.address, at)),
            "since": to_text(each.since) if at is None else None,
            "stream": each.stream,
        }
        for each in governance.members()
    ]
    return {
        "at": to_text(governance.now() if at is None else at),
        "threshold": threshold,
        "governors": governors,
        "paused": governance.paused(),
        "members": items,
    }


def proposals(governance: Governance, *, ended: bool = False) -> dict[str, Value]:
    """List the open proposals, oldest first; with ``ended`` also those that are executed or expired."""
    now, (threshold, _) = governance.now(), governance.quorum()
    told = [_told(each, threshold, now) for each in governance.proposals()]
    items: list[Value] = [each for each in told if ended or each["state"] == "open"]
    return {"threshold": threshold, "proposals": items}


def admit(governance: Governance, address: str, roles: Sequence[str], *, stream: str | None = None) -> dict[str, Value]:
    """Propose to take a member in, with a record stream that is made unless given."""
    wanted = _roles(roles)
    if stream is not None and not _STREAM.fullmatch(stream):
        raise CallerError(
            "a stream is 64 lower-case hex digits: leave it out to have one made", "流标识应为64位十六进制"
        )
    account = checked(address)
    if any(each.address == account for each in governance.members()):
        raise ConflictError(f"{account} is a member already: grant it the role", f"{account} 已是成员")
    return decide(governance, [Admit(account, stream or secrets.token_hex(32), wanted)])


def founder(address: str, roles: str) -> Admit:
    """Return a member of the first hour, for a deployment; ``roles`` with commas between them."""
    return Admit(checked(address), secrets.token_hex(32), _roles([role for role in roles.split(",") if role]))


def grant(governance: Governance, address: str, roles: Sequence[str]) -> dict[str, Value]:
    """Propose to give a member roles beside those that it has."""
    member, wanted = _member(governance, address), _roles(roles)
    if wanted <= member.roles:
        raise ConflictError(f"{member.address} has that already: {_told_roles(member)}", "该成员已具有此角色")
    return decide(governance, [Assign(member.address, member.roles | wanted)])


def revoke(governance: Governance, address: str, roles: Sequence[str] | None) -> dict[str, Value]:
    """Propose to withdraw roles of a member; ``None``: all of them, which suspends it."""
    member = _member(governance, address)
    gone = member.roles if roles is None else _roles(roles)
    if not gone & member.roles:
        raise ConflictError(f"{member.address} does not have that: {_told_roles(member)}", "该成员并无此角色")
    return decide(governance, [Assign(member.address, member.roles - gone)])


def rekey(governance: Governance, old: str, new: str) -> dict[str, Value]:
    """Propose to let another key of a member have its roles and stream; what the old one did stays its own."""
    member, account = _member(governance, old), checked(new)
    if any(each.address == account for each in governance.members()):
        raise ConflictError(f"{account} is a member already: take a key that nobody used", f"{account} 已是成员")
    if not member.roles:
        raise ConflictError(f"{member.address} is suspended: it has nothing to hand on", "该成员已被停用")
    return decide(governance, [Admit(account, member.stream, member.roles), Assign(member.address, frozenset())])


def threshold(governance: Governance, governors: int) -> dict[str, Value]:
    """Propose that so many governors decide."""
    now, of = governance.quorum()
    if governors == now:
        raise ConflictError(f"{now} of {of} governors decide already", "治理门槛未变化")
    return decide(governance, [Threshold(governors)])


def resume(governance: Governance) -> dict[str, Value]:
    """Propose that writes go on."""
    if not governance.paused():
        raise ConflictError("writes are not stopped", "链上写入未暂停")
    return decide(governance, [Resume()])


def pause(governance: Governance) -> dict[str, Value]:
    """Stop all writes of all contracts, at once: any governor may."""
    _require_governor(governance)
    governance.pause()
    return {"paused": True, "by": governance.account}


def decide(governance: Governance, acts: Sequence[Act]) -> dict[str, Value]:
    """Propose acts; where one governor decides, execute them too."""
    _require_governor(governance)
    name = governance.propose(acts, secrets.token_bytes(32))
    if governance.quorum()[0] == 1:
        governance.execute(name)
    return show(governance, name)


def confirm(governance: Governance, proposal: str) -> dict[str, Value]:
    """Confirm a proposal."""
    found = _find(governance, proposal)
    _require_governor(governance)
    governance.confirm(found.id)
    return show(governance, found.id)


def withdraw(governance: Governance, proposal: str) -> dict[str, Value]:
    """Take one's confirmation back."""
    found = _find(governance, proposal)
    governance.withdraw(found.id)
    return show(governance, found.id)


def execute(governance: Governance, proposal: str) -> dict[str, Value]:
    """Do what enough governors confirmed."""
    found = _find(governance, proposal)
    _require_governor(governance)
    governance.execute(found.id)
    return show(governance, found.id)


def show(governance: Governance, proposal: str) -> dict[str, Value]:
    """Tell one proposal: what it does, who confirmed, and whether it can be executed."""
    return _told(_find(governance, proposal), governance.quorum()[0], governance.now())


def checked(address: str) -> str:
    """Return an address in its EIP-55 form; `CallerError` for another thing, or one whose capitals show a slip."""
    if not _ADDRESS.fullmatch(address):
        raise CallerError(f"{address!r} is no address: write 0x and 40 hex digits", "地址应为 0x 加40位十六进制")
    plain = address[2:].lower()
    marks = keccak256(plain.encode()).hex()
    proper = "0x" + "".join(c.upper() if int(mark, 16) > 7 else c for c, mark in zip(plain, marks, strict=False))  # noqa: PLR2004 - EIP-55
    if address[2:] not in {plain, plain.upper(), proper[2:]}:
        raise CallerError(f"{address} has a slip: its capitals are not those of EIP-55, copy it again", "地址校验不符")
    return proper


@contextmanager
def turn(log: Outbox, clock: Clock) -> Iterator[None]:
    """Be the only process that uses the operator's account: its nonces are anchoring's too."""
    holder, deadline = secrets.token_hex(16), time.monotonic() + _PATIENCE_SECONDS
    while True:
        now = clock.now()
        with log.lease(holder, now, now + TURN) as mine:
            if mine:
                yield
                return
        if time.monotonic() > deadline:
            raise ChainError(
                "another process uses the operator's account all the time: try again, or act with a --key of your own",
                "运营账户正被占用，请稍后再试",
            )
        time.sleep(_PAUSE_SECONDS)


def _require_governor(governance: Governance) -> None:
    account = governance.account
    found = next((each for each in governance.members() if each.address == account), None)
    if found is None:
        raise ForbiddenError(
            f"{account} is no member of the consortium: act with the key of one (`pfl chain members`)",
            f"{account} 不是联盟成员，请使用成员密钥",
        )
    if "governor" not in found.roles:
        raise ForbiddenError(
            f"{account} is a member but no governor ({_told_roles(found)}): a governor has to act",
            f"{account} 不是治理成员，请由治理成员操作",
        )


def _member(governance: Governance, address: str) -> Member:
    account = checked(address)
    found = next((each for each in governance.members() if each.address == account), None)
    if found is None:
        raise NotFoundError(f"{account} is no member: have it admitted first", f"{account} 不是成员，请先接纳")
    return found


def _find(governance: Governance, proposal: str) -> Proposal:
    if not _ID.fullmatch(proposal):
        raise CallerError(
            f"{proposal!r} is no proposal: write 0x and 64 hex digits, as `pfl chain proposals` shows them",
            "提案编号应为 0x 加64位十六进制",
        )
    found = next((each for each in governance.proposals() if each.id == proposal), None)
    if found is None:
        raise NotFoundError(f"nobody proposed {proposal}: see `pfl chain proposals --all`", f"没有提案 {proposal}")
    return found


def _roles(names: Sequence[str]) -> frozenset[str]:
    if unknown := sorted(set(names) - set(ROLES)):
        raise CallerError(f"{unknown[0]!r} is no role: choose among {', '.join(ROLES)}", "没有该角色")
    if not names:
        raise CallerError(f"name a role: {', '.join(ROLES)}", "请指定角色")
    return frozenset(names)


def _listed(roles: frozenset[str]) -> list[Value]:
    return [role for role in ROLES if role in roles]


def _told_roles(member: Member) -> str:
    return ", ".join(role for role in ROLES if role in member.roles) or "suspended"


def _told(proposal: Proposal, needed: int, now: datetime) -> dict[str, Value]:
    acts: list[Value] = [_act(act) for act in proposal.acts]
    confirmations: list[Value] = list(proposal.confirmations)
    expired = not proposal.executed and now > proposal.expires_at
    state = "executed" if proposal.executed else "expired" if expired else "open"
    return {
        "proposal": proposal.id,
        "acts": acts,
        "state": state,
        "proposed_by": proposal.proposer,
        "confirmed_by": confirmations,
        "counting": proposal.counting,
        "needed": needed,
        "ready": state == "open" and proposal.counting >= needed,
        "expires_at": to_text(proposal.expires_at),
    }


def _act(act: Act) -> dict[str, Value]:
    match act:
        case Admit(address, stream, roles):
            return {"act": "admit", "member": address, "roles": _listed(roles), "stream": stream}
        case Assign(address, roles):
            return {"act": "assign", "member": address, "roles": _listed(roles)}
        case Threshold(governors):
            return {"act": "threshold", "governors": governors}
        case Resume():
            return {"act": "resume"}
        case Foreign(call):
            return {"act": "unknown", "call": f"0x{call.hex()}"}
