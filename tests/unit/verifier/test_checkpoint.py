import base64
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from verifier import checkpoint
from verifier.checkpoint import Checkpoint
from verifier.errors import MalformedError, VerificationError

WYCHEPROOF = Path(__file__).parents[4] / "shared" / "vectors" / "wycheproof" / "ed25519_test.json"
NAME = "example.com/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
VKEY = checkpoint.vkey(NAME, KEY.public_key())
HEAD = Checkpoint("example.com/log", 12, b"\1" * 32, b"\2" * 32, b"\3" * 32)
NOTE = checkpoint.sign(HEAD, NAME, KEY)


def test_a_signed_note_opens_under_its_key() -> None:
    assert checkpoint.open_note(NOTE, {VKEY}) == HEAD
    assert checkpoint.sign(HEAD, NAME, KEY) == NOTE
    body, (line,) = checkpoint.split(NOTE)
    assert body == HEAD.body() == f"{NAME}\n12\n{'AQEB' * 10}AQE=\nsm3 {'AgIC' * 10}AgI=\nmap {'AwMD' * 10}AwM=\n"
    assert (line.name, len(line.signature)) == (NAME, 64)


@pytest.mark.skipif(
    not WYCHEPROOF.is_file(),
    reason="LOUD: the public wycheproof vectors are not beside this checkout (../shared/vectors)",
)
def test_wycheproof_ed25519() -> None:
    """What signs heads, cosignatures and seals: one form of a signature, S below the order."""
    seen = {"valid": 0, "invalid": 0}
    for group in json.loads(WYCHEPROOF.read_bytes())["testGroups"]:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(group["publicKey"]["pk"]))
        _, _, key = checkpoint.parse_vkey(checkpoint.vkey(NAME, public))
        for case in group["tests"]:
            seen[case["result"]] += 1
            signature, content = bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"])
            if case["result"] == "valid":
                key.verify(signature, content)
            else:
                with pytest.raises(InvalidSignature):
                    key.verify(signature, content)
    assert min(seen.values()) > 60


def test_the_key_form_is_that_of_c2sp_signed_note() -> None:
    # the example key of the golang.org/x/mod/sumdb/note documentation
    public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    name, identity, key = checkpoint.parse_vkey(public)
    assert (name, identity.hex()) == ("PeterNeumann", "c74f20a3")
    assert checkpoint.vkey(name, key) == public


def test_a_note_of_another_implementation_verifies_down_to_its_body() -> None:
    # from the same documentation: a signed note that is no checkpoint fails only after its signature lines were read
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    with pytest.raises(MalformedError, match="not exactly the lines"):
        checkpoint.open_note(note, {VKEY})
    body, (line,) = checkpoint.split(note)
    _, _, key = checkpoint.parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    key.verify(line.signature, body.encode())


def test_cosignatures_of_others_are_passed_over() -> None:
    body, _, lines = NOTE.partition("\n\n")
    more = f"{body}\n\n— witness.example {base64.b64encode(b'id!!' + b'c' * 72).decode()}\n{lines}"
    assert checkpoint.open_note(more, {VKEY}) == HEAD


def test_a_note_without_a_known_key_is_refused() -> None:
    with pytest.raises(VerificationError) as caught:
        checkpoint.open_note(NOTE, {checkpoint.vkey(NAME, OTHER.public_key())})
    assert caught.value.code == "unknown_note_key"


@pytest.mark.parametrize("at", [0, 18, 20, 70])
def test_a_changed_body_is_refused(at: int) -> None:
    changed = NOTE[:at] + ("3" if NOTE[at] != "3" else "4") + NOTE[at + 1 :]
    with pytest.raises(VerificationError):
        checkpoint.open_note(changed, {VKEY})


def test_a_wrong_signature_by_a_known_key_is_refused_even_beside_a_right_one() -> None:
    _, (line,) = checkpoint.split(NOTE)
    forged = base64.b64encode(line.key_id + bytes(64)).decode()
    with pytest.raises(VerificationError) as caught:
        checkpoint.open_note(f"{NOTE}— {NAME} {forged}\n", {VKEY})
    assert caught.value.code == "bad_note_signature"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (HEAD.body() + "more\n", "bad_checkpoint"),
        (HEAD.body().replace("sm3 ", "sm4 "), "bad_checkpoint"),
        (HEAD.body().replace("sm3 ", ""), "bad_checkpoint"),
        (HEAD.body().replace("\n12\n", "\n012\n"), "bad_checkpoint"),
        (HEAD.body().replace("\n12\n", "\n-1\n"), "bad_checkpoint"),
        (HEAD.body().replace("\n12\n", "\n9007199254740992\n"), "bad_checkpoint"),
        (HEAD.body().replace(NAME, "two words"), "bad_checkpoint"),
        (HEAD.body().replace("AQE=", "AQF="), "bad_base64"),
        (HEAD.body().replace("AQE=", "AQ=="), "bad_checkpoint"),
        (HEAD.body()[:-1], "bad_checkpoint"),
    ],
)
def test_a_checkpoint_has_exactly_one_form(body: str, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        checkpoint.parse_body(body)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "note",
    [
        "",
        HEAD.body(),
        NOTE[:-1],
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—  "),
        HEAD.body() + f"\n— {NAME} AAAA\n",
        HEAD.body() + f"\n— {NAME} AAAAA\n",
        HEAD.body() + "\n" + "— a AAAAAAAA\n" * 33,
        "x" * (16 * 1024 + 1),
    ],
)
def test_a_note_has_exactly_one_form(note: str) -> None:
    with pytest.raises(MalformedError):
        checkpoint.open_note(note, {VKEY})


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        NAME,
        VKEY[:-1],
        VKEY.replace("+", " ", 1),
        VKEY.replace(NAME, "other"),
        VKEY.replace("example", "exam ple"),
        f"{NAME}+00000000+{base64.b64encode(bytes([4]) + bytes(32)).decode()}",
        f"{NAME}+00000000+{base64.b64encode(bytes([1]) + bytes(31)).decode()}",
    ],
)
def test_a_verifier_key_has_exactly_one_form(vkey: str) -> None:
    with pytest.raises(MalformedError):
        checkpoint.parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "日志"])
def test_a_key_name_is_printable(name: str) -> None:
    with pytest.raises(MalformedError):
        checkpoint.vkey(name, KEY.public_key())


def test_what_cannot_be_read_cannot_be_signed() -> None:
    with pytest.raises(MalformedError):
        checkpoint.sign(Checkpoint("two words", 1, b"\1" * 32, b"\2" * 32, b"\3" * 32), NAME, KEY)
