"""Members of the consortium see and change who they are: ``pfl chain members, proposals, admit, …``."""

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ledger.cli.common import Data, Json, config_of
from ledger.domain.events import Value

Key = Annotated[Path | None, typer.Option("--key", help="Your own key file; without one the operator's account acts.")]
Account = Annotated[str, typer.Argument(metavar="ADDRESS", help="0x and 40 hex digits.")]
Roles = Annotated[list[str], typer.Option("--role", help="operator, certifier, assessor, seller, witness, …")]
Id = Annotated[str, typer.Argument(metavar="PROPOSAL", help="0x and 64 hex digits.")]
_Act = Callable[[Any], dict[str, Value]]


def members(
    at: Annotated[datetime | None, typer.Option(help="Who might do what at this instant (UTC).")] = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Show the members, what each may do, and how many governors decide."""
    with _opened(data) as found:
        told: dict[str, Any] = _service().members(found, None if at is None else at.replace(tzinfo=at.tzinfo or UTC))
    if as_json:
        _print(told)
        return
    console = Console(highlight=False, soft_wrap=True)
    for each in _rows(told["members"]):
        since = f", since {each['since']}" if each["since"] else ""
        console.print(f"{each['address']}  {_words(each['roles'])}{since}")
    console.print(
        f"{told['threshold']} of {told['governors']} governors decide" + "; WRITES ARE STOPPED" * bool(told["paused"])
    )


def proposals(
    data: Data = None,
    *,
    ended: Annotated[bool, typer.Option("--all", help="Also those that are executed or expired.")] = False,
    as_json: Json = False,
) -> None:
    """Show what was proposed, what it would do, and who confirmed it."""
    with _opened(data) as found:
        told: dict[str, Any] = _service().proposals(found, ended=ended)
    if as_json:
        _print(told)
        return
    console = Console(highlight=False, soft_wrap=True)
    for each in _rows(told["proposals"]):
        console.print(f"{each['proposal']}  {each['state']}, {each['counting']} of {each['needed']} confirmed it")
        for act in each["acts"]:
            console.print("  " + "  ".join(_words(value) for value in act.values()))
        console.print(f"  by {each['proposed_by']}, until {each['expires_at']}")
    if not told["proposals"]:
        console.print("nothing is proposed")


def admit(
    address: Account,
    role: Roles,
    stream: Annotated[str | None, typer.Option(help="Its record stream (64 hex); made unless given.")] = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Propose to take a member in with these roles."""
    _act(data, key, lambda found: _service().admit(found, address, role, stream=stream))


def grant(address: Account, role: Roles, key: Key = None, data: Data = None) -> None:
    """Propose to give a member roles beside those that it has."""
    _act(data, key, lambda found: _service().grant(found, address, role))


def revoke(
    address: Account,
    role: Annotated[list[str] | None, typer.Option("--role", help="Which; without one all, which suspends it.")] = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Propose to withdraw roles of a member."""
    _act(data, key, lambda found: _service().revoke(found, address, role or None))


def rekey(
    old: Annotated[str, typer.Argument(help="Address of the member.")],
    new: Annotated[str, typer.Argument(help="Address of its new key.")],
    key: Key = None,
    data: Data = None,
) -> None:
    """Propose to hand a member's roles and stream to a new key of its own."""
    _act(data, key, lambda found: _service().rekey(found, old, new))


def threshold(
    governors: Annotated[int, typer.Argument(min=1, help="How many have to agree.")], key: Key = None, data: Data = None
) -> None:
    """Propose that so many governors decide."""
    _act(data, key, lambda found: _service().threshold(found, governors))


def pause(key: Key = None, data: Data = None) -> None:
    """Stop all writes of all contracts at once; any governor may. Reads never stop."""
    _act(data, key, lambda found: _service().pause(found))


def resume(key: Key = None, data: Data = None) -> None:
    """Propose that writes go on."""
    _act(data, key, lambda found: _service().resume(found))


def confirm(proposal: Id, key: Key = None, data: Data = None) -> None:
    """Confirm a proposal; look at it first with `pfl chain proposals`."""
    _act(data, key, lambda found: _service().confirm(found, proposal))


def withdraw(proposal: Id, key: Key = None, data: Data = None) -> None:
    """Take your confirmation of a proposal back."""
    _act(data, key, lambda found: _service().withdraw(found, proposal))


def execute(proposal: Id, key: Key = None, data: Data = None) -> None:
    """Do what enough governors confirmed."""
    _act(data, key, lambda found: _service().execute(found, proposal))


def key(file: Annotated[Path, typer.Argument(help="Where to write it; must not be there yet.")]) -> None:
    """Make a member's own key; print its address, which governance admits. PFL_MEMBER_PASSPHRASE encrypts it."""
    from ledger.bootstrap import make_key as make  # noqa: PLC0415 - `pfl verify` must not load the chain

    typer.echo(make(file, _passphrase()))


def _opened(data: Path | None, *, acts: bool = False, key: Path | None = None) -> AbstractContextManager[Any]:
    from ledger.bootstrap import open_governance  # noqa: PLC0415 - `pfl verify` must not load the chain

    return open_governance(config_of(data), acts=acts, key=key, passphrase=_passphrase())


def _act(data: Path | None, key: Path | None, act: _Act) -> None:
    with _opened(data, acts=True, key=key) as found:
        _print(act(found))


def _service() -> Any:
    from ledger.services import governance  # noqa: PLC0415 - `pfl verify` must not load it

    return governance


def _print(told: dict[str, Value]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _rows(value: Any) -> list[dict[str, Any]]:
    return list(value)


def _words(value: Value) -> str:
    return ", ".join(map(str, value)) or "no role" if isinstance(value, list) else str(value)


def _passphrase() -> str | None:
    return os.environ.get("PFL_MEMBER_PASSPHRASE") or None
