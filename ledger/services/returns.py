"""Where a page may lead back to: a firm's own app that the operator has named, and nowhere else (no open redirect)."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from ledger.errors import CallerError

MAX_ADDRESS, MAX_STATE = 300, 64
_PRINTABLE = re.compile(r"[!-~]+")
_OUTCOMES = ("done", "rescinded", "left")


def require(address: str, allowed: Sequence[str]) -> str:
    """Return an address that begins with one of the operator's origins (``https://app.example``) or schemes (``app:``).

    It is compared as text up to the character that ends an origin, so that no two parsers can read it differently.
    """
    if len(address) <= MAX_ADDRESS and _PRINTABLE.fullmatch(address) and not set(address) & set('\\#"<>`{}|^'):
        for entry in allowed:
            rest = address.removeprefix(entry)
            if rest != address and (rest if entry.endswith(":") else rest[:1] in {"/", "?"}):
                return address
            if address == entry and not entry.endswith(":"):
                return address
    raise CallerError(
        "return_to is not within an origin or scheme that the operator has named (PFL_EMBEDDERS, PFL_RETURN_TO)",
        "return_to 不在机构允许的应用地址之内",
    )


def addresses(address: str, state: str, allowed: Sequence[str]) -> dict[str, str] | None:
    """Return the address for each outcome, with the opaque state; ``None`` when it is off the list by now."""
    try:
        require(address, allowed)
    except CallerError:
        return None
    mark = "&" if "?" in address else "?"
    said = f"&state={quote(state, safe='')}" if state else ""
    return {outcome: f"{address}{mark}outcome={outcome}{said}" for outcome in _OUTCOMES}
