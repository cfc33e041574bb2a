"""Wire models of an institution as investor: who acts for it, powers of attorney, beneficial owners."""

from typing import Annotated, Literal

from fastapi import UploadFile
from pydantic import Field, StringConstraints

from api.schemas import base
from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_INVESTOR, EXAMPLE_LEAF, EXAMPLE_SHA256, Out, Wire, example
from api.schemas.common import MoneyOut, Words

Capacity = Literal["legal_representative", "signatory"]
Scope = Literal["profile", "subscribe", "after_sale"]
SCOPES = r"^(profile|subscribe|after_sale)(,(profile|subscribe|after_sale)){0,2}$"
SHARE = r"^(100(\.0{1,2})?|[1-9]?[0-9](\.[0-9]{1,2})?)$"
_UNTIL = "2026-12-31T16:00:00.000000Z"
_POWER = {
    "power": EXAMPLE_LEAF,
    "representative": "6f" * 32,
    "scopes": ["after_sale", "profile", "subscribe"],
    "valid_from": EXAMPLE_INSTANT,
    "valid_until": _UNTIL,
    "product": None,
    "most": {"amount": "5000000.00", "currency": "CNY"},
    "revoked_at": None,
}
_PERSON = {
    "representative": "6f" * 32,
    "capacity": "signatory",
    "name": "李经办",
    "id_number": "110*************4X",
    "named_at": EXAMPLE_INSTANT,
    "succeeded_at": None,
    "identified_at": None,
    "may_act": True,
}


class Naming(Wire):
    """A person who acts for the institution. Codes are sent to this person's own mobile."""

    model_config = example(
        capacity="legal_representative",
        name="王法定",
        id_type="resident_identity_card",
        id_number="11010119900307881X",
        mobile="13800000000",
    )

    capacity: Capacity
    name: base.Name
    id_type: base.Word
    id_number: Annotated[str, StringConstraints(pattern=base.ID_NUMBER)]
    mobile: Annotated[str, StringConstraints(pattern=base.MOBILE)]


class Named(Out):
    """The person's pseudonym: the leaf of the record that names them."""

    model_config = example(representative=EXAMPLE_LEAF, capacity="signatory", named_at=EXAMPLE_INSTANT)

    representative: base.Leaf
    capacity: Capacity
    named_at: str


class PowerUpload(Wire):
    """A power of attorney (PDF, PNG or JPEG) with its terms. ``scopes`` are words with commas between them.

    In force from ``valid_from`` on, no longer at ``valid_until``; ``product`` and ``amount`` limit it, if given.
    """

    file: UploadFile
    representative: base.Leaf
    scopes: Annotated[str, StringConstraints(pattern=SCOPES), Field(examples=["profile,subscribe"])]
    signed_by: base.Leaf
    signed_on: base.Day
    valid_from: base.Instant
    valid_until: base.Instant
    product: base.Stream | None = None
    amount: base.Amount | None = None
    currency: base.Currency = "CNY"


class PowerStored(Out):
    """The paper is stored, encrypted, and the power recorded."""

    model_config = example(power=EXAMPLE_LEAF, sha256=EXAMPLE_SHA256, sm3="6a" * 32, bytes=48213)

    power: base.Leaf
    sha256: str
    sm3: str
    bytes: int


class Power(Out):
    """A power of attorney."""

    model_config = example(**_POWER)

    power: base.Leaf
    representative: base.Leaf
    scopes: list[Scope]
    valid_from: str
    valid_until: str
    product: base.Stream | None
    most: MoneyOut | None
    revoked_at: str | None


class Person(Out):
    """A person who acts, or acted. ``may_act``: some authority of theirs stands now."""

    model_config = example(**_PERSON)

    representative: base.Leaf
    capacity: Capacity
    name: str
    id_number: str
    named_at: str
    succeeded_at: str | None
    identified_at: str | None
    may_act: bool


class People(Out):
    """Everybody who acts or acted for an institution, and their powers."""

    model_config = example(investor=EXAMPLE_INVESTOR, items=[_PERSON], powers=[_POWER])

    investor: base.Stream
    items: list[Person]
    powers: list[Power]


class Acting(Out):
    """Who acts here for the institution, and under which powers (none for the legal representative)."""

    model_config = example(representative="6f" * 32, name="李经办", capacity="signatory", powers=[_POWER])

    representative: base.Leaf
    name: str
    capacity: Capacity
    powers: list[Power]


class OwnerIn(Wire):
    """One beneficial owner: a natural person, on which ground, with the share in percent if the ground asks for one."""

    model_config = example(
        name="赵受益", id_type="resident_identity_card", id_number="11010119900307881X", basis="shares", share="60.00"
    )

    name: base.Name
    id_type: base.Word
    id_number: Annotated[str, StringConstraints(pattern=base.ID_NUMBER)]
    basis: base.Word
    share: Annotated[str, StringConstraints(pattern=SHARE)] | None = None


class OwnersIn(Wire):
    """The whole list; a later one supersedes it."""

    model_config = example(
        as_of="2026-03-01",
        owners=[
            {
                "name": "赵受益",
                "id_type": "resident_identity_card",
                "id_number": "11010119900307881X",
                "basis": "shares",
                "share": "60.00",
            }
        ],
    )

    as_of: base.Day
    owners: Annotated[list[OwnerIn], Field(min_length=1, max_length=50)]


class OwnersDeclared(Out):
    """The list is recorded; whoever acts for the institution confirms it."""

    model_config = example(record=EXAMPLE_LEAF, count=1)

    record: base.Leaf
    count: int


class OwnersConfirmation(Wire):
    """Which list is confirmed: the leaf of its record."""

    model_config = example(declared=EXAMPLE_LEAF)

    declared: base.Leaf


class OwnersConfirmed(Out):
    """The list was confirmed."""

    model_config = example(record=EXAMPLE_LEAF, confirmed_at=EXAMPLE_INSTANT)

    record: base.Leaf
    confirmed_at: str


class OwnerOut(Out):
    """One beneficial owner, the number masked."""

    model_config = example(
        name="赵受益", id_type="resident_identity_card", id_number="110*************1X", basis="shares", share="60.00"
    )

    name: str
    id_type: str
    id_number: str
    basis: str
    share: str | None


class Ground(Out):
    """A ground on which somebody is a beneficial owner."""

    model_config = example(basis="control", text={"zh": "单独或联合实际控制", "en": "controls it in fact"})

    basis: str
    text: Words


class OwnersOut(Out):
    """The list declared last, and whether it was confirmed."""

    model_config = example(investor=EXAMPLE_INVESTOR, declared=None, as_of=None, owners=[], confirmed=False, grounds=[])

    investor: base.Stream
    declared: base.Leaf | None
    as_of: str | None
    owners: list[OwnerOut]
    confirmed: bool
    grounds: list[Ground]
