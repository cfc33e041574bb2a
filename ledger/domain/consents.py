"""Separate consents (个人信息保护法 arts. 23, 29): one a purpose, never one tick for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from ledger.domain.events import Event

EVENTS = frozenset({"consent.given", "consent.withdrawn"})


@dataclass(frozen=True, slots=True)
class Consent:
    """What stands for one purpose; ``text_sha256`` says to which words."""

    leaf: str
    at: datetime
    text_sha256: str


Consents: TypeAlias = Mapping[str, Consent]
NONE: Consents = MappingProxyType({})


def apply(known: Consents, event: Event) -> Consents:
    """Add one of `EVENTS`: what was withdrawn no longer stands."""
    purpose = event.text("purpose")
    rest = {name: consent for name, consent in known.items() if name != purpose}
    if event.type == "consent.given":
        rest[purpose] = Consent(event.leaf, event.occurred_at, event.text("text_sha256"))
    return MappingProxyType(rest)
