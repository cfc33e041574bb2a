"""Replay of a minimum: the shortest reading time that a signature names is the one of the ruleset that it names."""

from collections.abc import Mapping

from ledger.domain.events import Event
from ledger.rules import Rules
from ledger.rules.policy import reading_time
from ledger.rules.replay import rules_of
from verifier.errors import UndecidedError, VerificationError


def require(signed: Event, files: Mapping[str, Mapping[str, str]], known: dict[str, Rules]) -> str:
    """Return a sentence; `VerificationError` where policy demanded something else, `UndecidedError` without files."""
    said = signed.mapping("reading")
    digest = str(said["ruleset"])
    if digest not in files:
        raise UndecidedError("ruleset_missing", f"the bundle lacks ruleset {digest[:12]}…", digest=digest)
    if digest not in known:
        known[digest] = rules_of(files[digest])
    minimum = reading_time.minimum(known[digest].law(signed.occurred_at), signed.text("purpose"))
    found, demanded = (said["page"], said["total"]), (minimum.page, minimum.total)
    if found != demanded:
        raise VerificationError(
            "other_minimum",
            f"recorded {found[0]} s a page and {found[1]} s in all, demanded were {demanded[0]} s and {demanded[1]} s",
        )
    return f"{minimum.page} s a page and {minimum.total} s in all were demanded"
