import json
import subprocess
import sys
from pathlib import Path

import pytest

from verifier import canonical
from verifier.errors import MalformedError

JCS = Path(__file__).parents[4] / "shared" / "vectors" / "jcs"


@pytest.mark.skipif(
    not JCS.is_dir(), reason="LOUD: the public JCS vectors are not beside this checkout (../shared/vectors)"
)
def test_all_public_vectors_canonicalise_to_their_bytes() -> None:
    names = sorted(path.name for path in (JCS / "input").iterdir())
    assert names
    for name in names:
        value = json.loads((JCS / "input" / name).read_bytes())
        expected = (JCS / "output" / name).read_bytes()
        assert canonical.encode(value, allow_numbers=True) == expected, name
        assert canonical.encode(canonical.decode(expected, allow_numbers=True), allow_numbers=True) == expected, name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (56.0, "56"),
        (5e-324, "5e-324"),
        (-1.7976931348623157e308, "-1.7976931348623157e+308"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (9007199254740994.0, "9007199254740994"),
        (295147905179352830000.0, "295147905179352830000"),
        (0.000001, "0.000001"),
        (1e-7, "1e-7"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"),
        (123.456, "123.456"),
        (1.5e-9, "1.5e-9"),
    ],
)
def test_numbers_are_written_as_ecmascript_does(value: float, text: str) -> None:
    assert canonical.encode(value, allow_numbers=True) == text.encode()


def test_names_sort_by_utf16_unit_not_by_code_point() -> None:
    value = {"\U0001f600": 1, "\ufb33": 2, "a": [{}, [], {"ü": True, "b": None}]}
    assert canonical.encode(value).decode() == '{"a":[{},[],{"b":null,"ü":true}],"\U0001f600":1,"\ufb33":2}'


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.5, "not_canonical"),
        ({"a": [0.0]}, "not_canonical"),
        (2**53, "integer_too_large"),
        (-(2**53), "integer_too_large"),
        ({1: 2}, "not_canonical"),
        ({"a": {"b"}}, "not_canonical"),
        (b"bytes", "not_canonical"),
        ("\ud800", "not_canonical"),
        ({"\ud800": 1, "é": 1}, "not_canonical"),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        canonical.encode(value)
    assert caught.value.code == code


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_must_be_finite(value: float) -> None:
    with pytest.raises(MalformedError):
        canonical.encode(value, allow_numbers=True)


def test_depth_is_bounded_both_ways() -> None:
    deep = "[" * 64 + "]" * 64
    assert canonical.encode(canonical.decode(deep.encode())).decode() == deep
    for text in ("[" * 65 + "]" * 65, "[" * 100_000):
        with pytest.raises(MalformedError) as caught:
            canonical.decode(text.encode())
        assert caught.value.code == "too_deep"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a":1,"a":1}', "not_canonical"),
        (b'{"b":1,"a":1}', "not_canonical"),
        (b'{"a": 1}', "not_canonical"),
        (b'"\\u0041"', "not_canonical"),
        (b'"\\/"', "not_canonical"),
        (b"1.0", "not_json"),
        (b"1e3", "not_json"),
        (b"-0", "not_canonical"),
        (b"NaN", "not_json"),
        (b"1 ", "not_canonical"),
        (b"", "not_json"),
        (b"\xff", "not_json"),
        (b"\xef\xbb\xbf1", "not_json"),
        (b'"\\ud800"', "not_canonical"),
        (b"9007199254740992", "integer_too_large"),
        (b"1" * 5000, "not_json"),
        ("1".encode("utf-16"), "not_json"),
    ],
)
def test_only_canonical_bytes_are_read(data: bytes, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        canonical.decode(data)
    assert caught.value.code == code


def test_size_is_bounded() -> None:
    assert canonical.decode(b"[1]", 3) == [1]
    with pytest.raises(MalformedError) as caught:
        canonical.decode(b"[1]", 2)
    assert caught.value.code == "too_large"


def test_the_message_says_at_which_byte() -> None:
    with pytest.raises(MalformedError, match="first at byte 4"):
        canonical.decode(b'{"a" :1}')


def test_a_value_too_deep_to_read_cannot_be_written() -> None:
    value: object = 1
    for _ in range(64):
        value = [value]
    canonical.encode(value)
    for deeper in ([value], {"a": value}):
        with pytest.raises(MalformedError) as caught:
            canonical.encode(deeper)
        assert caught.value.code == "too_deep"


def test_deep_input_is_refused_even_where_the_process_lets_the_parser_recurse() -> None:
    program = (
        "import sys; sys.setrecursionlimit(1_000_000); from verifier import canonical\n"
        "from verifier.errors import MalformedError\n"
        "for text in (b'[' * 1_000_000, b'{\"a\":' * 1_000_000):\n"
        "    try: canonical.decode(text)\n"
        "    except MalformedError as error: print(error.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["too_deep", "too_deep"]), done.stderr


@pytest.mark.parametrize("inside", ["[" * 65, "{" * 65, '\\"' + "[" * 65, "\\\\", "]" * 65])
def test_brackets_in_a_string_are_text(inside: str) -> None:
    data = f'["{inside}"]'.encode()
    assert canonical.encode(canonical.decode(data)) == data


@pytest.mark.parametrize("text", ['"' + "\\" * 100_001, '"' + '\\"' * 100_000, '"["' * 100_000, "]" * 100 + "[" * 50])
def test_what_never_ends_is_not_json(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        canonical.decode(text.encode())
    assert caught.value.code == "not_json"
