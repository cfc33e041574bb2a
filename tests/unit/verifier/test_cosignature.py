"""C2SP tlog-cosignature: Ed25519 cosignatures with a time."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import checkpoint, cosignature
from verifier.checkpoint import Checkpoint
from verifier.errors import MalformedError, VerificationError

LOG, ORIGIN = Ed25519PrivateKey.from_private_bytes(b"l" * 32), "log.example"
NAME, KEY = "witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"w" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
VKEY, OTHER_VKEY = cosignature.vkey(NAME, KEY.public_key()), cosignature.vkey("other.example", OTHER.public_key())
HEAD = Checkpoint(ORIGIN, 12, b"\1" * 32, b"\2" * 32, b"\3" * 32)
NOTE = checkpoint.sign(HEAD, ORIGIN, LOG)
TIME = 1_772_415_000
LINE = cosignature.sign(HEAD, NAME, KEY, TIME)


def raw(line: str) -> bytearray:
    return bytearray(base64.b64decode(line.split(" ")[2]))


def lined(content: bytes, name: str = NAME) -> str:
    return f"— {name} {base64.b64encode(content).decode()}\n"


def test_the_key_and_the_signed_message_are_those_of_c2sp() -> None:
    # the example of tlog-cosignature.md: key id of its witness line, and the message's form
    name, identity, key = cosignature.parse_vkey(VKEY)
    assert (name, identity) == (NAME, checkpoint.key_id(NAME, KEY.public_key().public_bytes_raw(), 4))
    body = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert cosignature.message(body, 1679315147) == (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    content = raw(LINE)
    assert content[:4] == identity
    assert int.from_bytes(content[4:12], "big") == TIME
    key.verify(bytes(content[12:]), cosignature.message(HEAD.body(), TIME))


def test_a_note_tells_who_cosigned_and_when() -> None:
    note = cosignature.add(NOTE, [LINE])
    (found,) = cosignature.read(note, {VKEY, OTHER_VKEY})
    assert (found.vkey, found.name, found.time) == (VKEY, NAME, TIME)
    assert found.at == datetime.fromtimestamp(TIME, UTC)
    assert checkpoint.open_note(note, {checkpoint.vkey(ORIGIN, LOG.public_key())}) == HEAD
    assert cosignature.read(NOTE, {VKEY}) == ()
    assert cosignature.read(note, {OTHER_VKEY}) == ()


def test_of_two_by_one_witness_the_later_counts() -> None:
    earlier, later = (cosignature.sign(HEAD, NAME, KEY, TIME + s) for s in (-5, 5))
    for lines in ((LINE, earlier, later), (later, LINE, earlier)):
        (found,) = cosignature.read(cosignature.add(NOTE, lines), {VKEY})
        assert found.time == TIME + 5


def test_a_line_is_added_once() -> None:
    note = cosignature.add(NOTE, [LINE, LINE])
    assert note.count(LINE) == 1
    assert cosignature.add(note, [LINE]) == note


@pytest.mark.parametrize("more", ["no line\n", LINE + LINE.strip(), "\n"])
def test_nothing_but_signature_lines_is_added(more: str) -> None:
    with pytest.raises(MalformedError):
        cosignature.add(NOTE, [more])


def test_a_note_has_room_for_32_signatures() -> None:
    lines = [cosignature.sign(HEAD, NAME, KEY, TIME + n) for n in range(32)]
    with pytest.raises(MalformedError) as caught:
        cosignature.add(NOTE, lines)
    assert caught.value.code == "too_large"
    assert len(checkpoint.split(cosignature.add(NOTE, lines[1:]))[1]) == 32


@pytest.mark.parametrize("at", [4, 11, 12, 75])
def test_a_changed_time_or_signature_is_refused(at: int) -> None:
    content = raw(LINE)
    content[at] ^= 1
    with pytest.raises(VerificationError) as caught:
        cosignature.read(NOTE + lined(bytes(content)), {VKEY})
    assert caught.value.code == "bad_cosignature"
    assert caught.value.evidence == ({"key": NAME} if at == 4 and content[4] > 127 else {"key": NAME, "size": 12})


def test_a_cosignature_holds_for_its_own_head_only() -> None:
    for head in (replace(HEAD, size=13), replace(HEAD, sm3_root=b"\3" * 32), replace(HEAD, map_root=b"\4" * 32)):
        with pytest.raises(VerificationError):
            cosignature.read(cosignature.add(checkpoint.sign(head, ORIGIN, LOG), [LINE]), {VKEY})


@pytest.mark.parametrize(
    "content",
    [
        bytes(raw(LINE)[:-1]),
        bytes(raw(LINE)) + b"\0",
        bytes(raw(LINE)[:4]) + bytes(8) + bytes(64),
        bytes(raw(LINE)[:4]) + b"\x80" + bytes(7) + bytes(64),
        bytes(raw(LINE)[:5]),
    ],
)
def test_a_cosignature_has_exactly_one_form(content: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        cosignature.read(NOTE + lined(content), {VKEY})
    assert caught.value.code == "bad_cosignature"


def test_what_is_no_signature_of_the_log_is_no_cosignature_either() -> None:
    """The kinds keep apart what the same key signs: a note signature never counts as a cosignature."""
    log_like = checkpoint.sign(HEAD, NAME, KEY).partition("\n\n")[2]
    assert cosignature.read(NOTE + log_like, {VKEY}) == ()
    with pytest.raises(VerificationError, match="not signed by a known key"):
        checkpoint.open_note(HEAD.body() + "\n" + LINE, {checkpoint.vkey(NAME, KEY.public_key())})


@pytest.mark.parametrize("time", [0, -1, 2**63])
def test_a_time_is_within_bounds(time: int) -> None:
    with pytest.raises(MalformedError) as caught:
        cosignature.sign(HEAD, NAME, KEY, time)
    assert caught.value.code == "bad_time"


def test_a_time_that_no_date_can_name_is_far_away() -> None:
    (found,) = cosignature.read(NOTE + cosignature.sign(HEAD, NAME, KEY, 2**63 - 1), {VKEY})
    assert found.at.year == 9999


def test_the_same_key_under_two_names_is_refused() -> None:
    twice = {VKEY, cosignature.vkey("second.example", KEY.public_key())}
    with pytest.raises(MalformedError) as caught:
        cosignature.require_keys(twice)
    assert caught.value.code == "same_key"
    cosignature.require_keys({VKEY, OTHER_VKEY})


@pytest.mark.parametrize("vkey", ["", NAME, VKEY[:-1], checkpoint.vkey(NAME, KEY.public_key())])
def test_a_witness_key_has_exactly_one_form(vkey: str) -> None:
    with pytest.raises(MalformedError):
        cosignature.parse_vkey(vkey)


def test_what_cannot_be_read_cannot_be_cosigned() -> None:
    with pytest.raises(MalformedError):
        cosignature.sign(replace(HEAD, origin="two words"), NAME, KEY, TIME)
