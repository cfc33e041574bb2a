"""What a reader's pins make of an anchor and of a timestamp."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.vector_source.consortium import CHAIN_ID, KEYS, STRANGER, address, pins
from verifier import trust
from verifier.errors import MalformedError
from verifier.report import Basis, Step
from verifier.steps.case import Case
from verifier.steps.levels import rank_stamps
from verifier.timestamp import Stamp
from verifier.trust import Trust, ValidatorSet
from verifier.verify import verify

AT = datetime(2026, 3, 2, tzinfo=UTC)
VECTORS = Path(__file__).parents[2] / "vectors"
ALL = frozenset(address(key) for key in KEYS)


def steps(name: str, pinned: Trust | None) -> dict[str, Step]:
    return {s.key: s for s in verify((VECTORS / name / "evidence.json").read_bytes(), trust=pinned).steps}


def of(*entries: dict[str, Any]) -> Trust:
    return trust.parse(json.dumps({"validators": entries}).encode())


def levels(step: Step) -> list[str]:
    return [block["trust"] for block in step.evidence["blocks"]]


def test_pinned_validators_are_what_the_anchors_rest_on() -> None:
    found = steps("good/ibft", of(pins(*KEYS)))
    assert set(levels(found["anchors"])) == {"3 of 4 validators"}
    assert found["anchors"].basis is Basis.VALIDATORS
    assert "chain 20231 (3 of 4 validators)" in found["anchors"].detail
    assert found["pins"].detail == "pinned and found: validators"


def test_each_anchor_has_its_own_level() -> None:
    found = steps("good/qbft", of(pins(*KEYS)))
    assert levels(found["anchors"]) == ["3 of 4 validators"] * 2 + ["4 of 4 validators"]
    assert "(3 of 4 validators), 20231 (4 of 4 validators)" in found["anchors"].detail


def test_without_pins_seals_hold_and_are_still_one_partys_word() -> None:
    found = steps("good/ibft", None)["anchors"]
    assert found.outcome == "holds"
    assert set(levels(found)) == {"self-asserted"}
    assert found.basis is Basis.SELF_ASSERTED
    assert found.evidence["blocks"][0]["sealed"] == 3
    assert found.evidence["blocks"][0]["validators"] == 4
    assert found.detail.endswith("pin them")


def test_a_chain_of_one_party_does_not_ask_for_pins() -> None:
    assert "pin them" not in steps("good/begun_sale", None)["anchors"].detail


def test_a_step_that_does_not_hold_leaves_the_pinned_validators_undecided() -> None:
    found = steps("bad_ibft_too_few", of(pins(*KEYS)))
    assert found["pins"].outcome == "undecided"


def test_the_newest_set_before_a_block_counts() -> None:
    pinned = of(pins(*KEYS), pins(*KEYS[:3], STRANGER, from_block=100), {**pins(STRANGER), "chain_id": 1})
    assert pinned.validators_at(CHAIN_ID, 99) == ALL
    assert pinned.validators_at(CHAIN_ID, 100) == {*(address(key) for key in KEYS[:3]), address(STRANGER)}
    assert pinned.validators_at(1, 0) == {address(STRANGER)}
    assert pinned.validators_at(2, 100) == frozenset()
    assert Trust().validators_at(CHAIN_ID, 0) == frozenset()


def test_a_validator_is_pinned_by_address_or_by_public_key() -> None:
    entry = pins(*KEYS)
    assert {len(key) for key in entry["validators"]} == {40, 128}
    assert of(entry).validators == (ValidatorSet(CHAIN_ID, 0, ALL),)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        ["ab"],
        [{}],
        [{"chain_id": "1", "from_block": 0, "validators": ["00" * 20]}],
        [{"chain_id": 1, "from_block": None, "validators": ["00" * 20]}],
        [{"chain_id": 1, "from_block": 0, "validators": []}],
        [{"chain_id": 1, "from_block": 0, "validators": ["00" * 20] * 2}],
        [{"chain_id": 1, "from_block": 0, "validators": ["00" * 19]}],
        [{"chain_id": 1, "from_block": 0, "validators": ["0X" * 20]}],
        [{"chain_id": 1, "from_block": 0, "validators": [7]}],
        [{"chain_id": 1, "from_block": 0, "validators": ["00" * 20], "name": ""}],
        [{"chain_id": 1, "from_block": 0, "validators": ["00" * 20]}] * 2,
    ],
)
def test_pinned_validators_have_one_form(value: Any) -> None:
    with pytest.raises(MalformedError) as caught:
        trust.parse(json.dumps({"validators": value}).encode())
    assert caught.value.code == "bad_member"


def authority(name: str) -> Stamp:
    """Return a stamp whose chain ends in a root that calls itself no development part."""
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    root = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=1))
        .sign(key, None)
    )
    return Stamp(AT, 1, "1.2.3", f"O={name}", root)


PUBLIC = authority("Public TSA")
PINNED = Trust(timestamp_roots=frozenset({PUBLIC.root.public_bytes(Encoding.DER).hex()}))


@pytest.mark.parametrize(
    ("pinned", "stamps", "expected", "basis"),
    [
        (PINNED, [PUBLIC, PUBLIC], ["public authority"] * 2, Basis.PINNED),
        (PINNED, [PUBLIC, authority("Other")], ["public authority", "authority named in this file"], None),
        (None, [PUBLIC], ["authority named in this file"], None),
        (Trust(log=frozenset({"x"})), [PUBLIC], ["authority named in this file"], None),
    ],
)
def test_a_timestamp_is_a_public_authoritys_when_the_reader_pinned_its_root(
    pinned: Trust | None, stamps: list[Stamp], expected: list[str], basis: Basis | None
) -> None:
    case = Case(b"", pinned)
    assert rank_stamps(case, stamps) == expected
    assert case.basis.get("timestamps") is basis


def test_a_development_authority_stays_one_whoever_pins_it() -> None:
    roots = json.loads((VECTORS / "good/begun_sale/evidence.json").read_text())["certificates"]["timestamp_roots"]
    for pinned in (None, Trust(timestamp_roots=frozenset(roots))):
        found = steps("good/begun_sale", pinned)["timestamps"]
        assert set(found.evidence["trust"]) == {"development stand-in"}
        assert found.basis is Basis.AUTHORITY
