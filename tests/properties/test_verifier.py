"""What must hold for every input, not only for the ones we thought of."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vector_source.story import Story, tell
from tests.vector_source.world import assemble, sealed
from verifier import canonical, checkpoint, disclosure, merkle, pdf, record, rlp
from verifier.bundle import parse
from verifier.errors import VerifierError
from verifier.report import Outcome
from verifier.verify import RECIPE, verify

VECTORS = Path(__file__).parents[1] / "vectors"
BUNDLE = (VECTORS / "good" / "whole_sale" / "evidence.json").read_bytes()
REPORT = (VECTORS / "good" / "report" / "report.pdf").read_bytes()

names = st.text(st.characters(codec="utf-8"), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_canonical_json_comes_back_as_it_was(value: Any) -> None:
    data = canonical.encode(value)
    assert canonical.decode(data) == value == json.loads(data)
    assert canonical.encode(canonical.decode(data)) == data


@given(values, st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(value: Any, random: Any) -> None:
    def shuffled(inner: Any) -> Any:
        if isinstance(inner, dict):
            items = [(name, shuffled(member)) for name, member in inner.items()]
            random.shuffle(items)
            return dict(items)
        return [shuffled(member) for member in inner] if isinstance(inner, list) else inner

    assert canonical.encode(shuffled(value)) == canonical.encode(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back_as_itself(value: float) -> None:
    data = canonical.encode(value, allow_numbers=True)
    assert float(data) == value
    assert canonical.encode(canonical.decode(data, allow_numbers=True), allow_numbers=True) == data


@given(values, values)
def test_another_value_never_opens_a_commitment(value: Any, other: Any) -> None:
    same = canonical.encode(value) == canonical.encode(other)
    salt = "0" * 32
    assert (disclosure.commitment(salt, "a", value) == disclosure.commitment(salt, "a", other)) == same


@given(st.integers(0, len(BUNDLE) - 1), st.integers(1, 255))
@settings(max_examples=150)
def test_changing_any_byte_of_a_bundle_is_caught(at: int, mask: int) -> None:
    changed = bytearray(BUNDLE)
    changed[at] ^= mask
    report = verify(bytes(changed))
    assert report.verdict is Outcome.FAILS
    assert report.first_problem is not None
    assert report.first_problem.number <= 2


@given(st.integers(0, len(REPORT) - 1), st.integers(1, 255))
@settings(max_examples=150)
def test_changing_any_byte_of_a_report_is_caught(at: int, mask: int) -> None:
    changed = bytearray(REPORT)
    changed[at] ^= mask
    assert verify(bytes(changed)).verdict is Outcome.FAILS


@given(st.integers(0, len(BUNDLE) - 1))
def test_cutting_a_bundle_anywhere_is_caught(at: int) -> None:
    assert verify(BUNDLE[:at]).verdict is Outcome.FAILS


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: b"%PDF-1.7\n" + tail))
def test_no_input_makes_the_verifier_fall_over(data: bytes) -> None:
    assert verify(data).verdict is Outcome.FAILS


PARTS = sorted(json.loads(BUNDLE))


@given(st.sampled_from(PARTS), values)
def test_no_member_of_another_form_makes_it_fall_over(name: str, value: Any) -> None:
    body = json.loads(BUNDLE)
    body[name] = value
    if canonical.encode(body) != BUNDLE:
        assert verify(canonical.encode(body)).verdict is Outcome.FAILS


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value inside a value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for name, member in members for place in places(member, (*way, name)))]


PLACES = [way for way in places(json.loads(BUNDLE)) if way and way[0] != "seal"]


@given(st.sampled_from(PLACES), values | st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_change_anywhere_under_a_new_seal_is_judged_and_never_crashes(way: tuple[Any, ...], value: Any) -> None:
    """Whoever holds the seal key may change everything; the verifier still answers, step by step."""
    body = json.loads(BUNDLE)
    place = body
    for name in way[:-1]:
        place = place[name]
    place[way[-1]] = value
    steps = verify(sealed(body)).steps
    assert [step.number for step in steps] == list(range(1, len(RECIPE) + 1))


@cache
def fields() -> list[tuple[str, str]]:
    """Return (record type, field) of everything that the whole sale discloses."""
    records = json.loads(BUNDLE)["records"]
    return sorted({(e["record"]["type"], name) for e in records for _, name, _ in e["disclosures"]})


@given(st.integers(0, 10**6), values)
@settings(max_examples=60)
def test_any_committed_value_is_judged_and_never_crashes(choice: int, value: Any) -> None:
    """The operator may commit to anything in the first place; nothing that is disclosed may make the verifier fall."""
    kind, name = fields()[choice % len(fields())]
    story = Story("pfl")
    tell(story, kind, name, value)
    assert len(verify(sealed(assemble(story.log, story.sale))).steps) == len(RECIPE)


def leaves(suite: merkle.Suite, count: int) -> list[bytes]:
    return [suite.leaf(n.to_bytes(2, "big")) for n in range(count)]


sizes = st.integers(1, 130)


@given(sizes, sizes, sizes, st.sampled_from(merkle.SUITES))
def test_proofs_survive_growth(first: int, second: int, third: int, suite: merkle.Suite) -> None:
    """What was proven in a smaller tree stays proven in every larger one, through consistency alone."""
    old, middle, new = sorted((first, second, third))
    hashes = leaves(suite, new)
    roots = {size: merkle.root(suite, hashes[:size]) for size in (old, middle, new)}
    for a, b in ((old, middle), (middle, new), (old, new)):
        merkle.verify_consistency(suite, a, b, merkle.consistency_path(suite, hashes, a, b), roots[a], roots[b])
    for index in (0, old - 1, old // 2):
        for size in (old, middle, new):
            path = merkle.inclusion_path(suite, hashes, index, size)
            merkle.verify_inclusion(suite, hashes[index], index, size, path, roots[size])


@given(sizes, st.data())
def test_a_proof_is_good_for_one_leaf_only(size: int, data: st.DataObject) -> None:
    suite = merkle.SHA256
    hashes = leaves(suite, size)
    index = data.draw(st.integers(0, size - 1))
    claimed = data.draw(st.integers(0, size - 1))
    leaf = data.draw(st.sampled_from(hashes))
    path = merkle.inclusion_path(suite, hashes, index, size)
    try:
        merkle.verify_inclusion(suite, leaf, claimed, size, path, merkle.root(suite, hashes))
    except VerifierError:
        assert (leaf, claimed) != (hashes[index], index)
    else:
        assert (leaf, claimed) == (hashes[index], index)


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_readers_refuse_by_their_own_errors_only(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for read in (parse, record.parse, canonical.decode, rlp.decode, pdf.evidence):
        try:
            read(data)
        except VerifierError:
            continue
        assert read in {canonical.decode, rlp.decode}
    for read_text in (checkpoint.parse_body, checkpoint.split, checkpoint.parse_vkey):
        try:
            read_text(text)
        except VerifierError:
            continue
