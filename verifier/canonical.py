"""Canonical JSON: RFC 8785, and for everything of ours without floating-point numbers.

``Value`` is ``None | bool | int | str | list | dict`` with integers of at most 2^53 - 1 in magnitude.
"""

import json
import math
import re
from itertools import accumulate
from json.encoder import encode_basestring
from typing import Any, NoReturn, TypeAlias

from verifier.errors import MalformedError

Value: TypeAlias = "bool | int | str | list[Value] | dict[str, Value] | None"

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 64
MAX_BYTES = 64 * 1024 * 1024
_PLAIN_LOW, _PLAIN_HIGH = -6, 21  # ECMA-262 Number::toString writes these magnitudes without an exponent

_STRING = re.compile(rb'"(?:[^"\\]+|\\.)*+"?', re.DOTALL)  # possessive: one pass, whatever the bytes
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS = bytes(set(range(256)) - _STEPS.keys())

_fast = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def encode(value: object, *, allow_numbers: bool = False) -> bytes:
    """Write ``value`` as canonical JSON; `MalformedError` for anything that has no such form.

    ``allow_numbers`` also writes floats the way ECMAScript does, for the public vectors only.
    """
    if _inspect(value, 0, allow_numbers=allow_numbers):
        text = _fast.encode(value)
    else:
        out: list[str] = []
        _write(value, out)
        text = "".join(out)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedError("not_canonical", "a string holds half of a surrogate pair, which is not text") from None


def decode(data: bytes, limit: int = MAX_BYTES, *, allow_numbers: bool = False) -> Any:
    """Read canonical JSON of at most ``limit`` bytes; `MalformedError` if a single byte could be written otherwise."""
    if len(data) > limit:
        raise MalformedError("too_large", f"{len(data)} bytes are more than the limit of {limit}", limit=limit)
    require_shallow(data)
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_int=_double if allow_numbers else int,
            parse_float=float if allow_numbers else _refuse_number,
            parse_constant=_refuse_number,
        )
    except ValueError as error:
        raise MalformedError("not_json", f"not JSON that this format allows: {_where(error)}") from None
    written = encode(value, allow_numbers=allow_numbers)
    if written != data:
        at = next(
            (i for i, (a, b) in enumerate(zip(written, data, strict=False)) if a != b), min(len(written), len(data))
        )
        raise MalformedError("not_canonical", f"not canonical JSON (RFC 8785), first at byte {at}", byte=at)
    return value


def require_shallow(data: bytes) -> None:
    """Refuse JSON nested too deep, before a parser sees it that recurses as far as the process lets it."""
    brackets = _STRING.sub(b"", data).translate(None, _NO_BRACKETS)
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > MAX_DEPTH:
        raise MalformedError("too_deep", f"nested more than {MAX_DEPTH} levels deep", limit=MAX_DEPTH)


def _inspect(value: object, depth: int, *, allow_numbers: bool) -> bool:
    """Refuse what has no canonical form; tell whether the standard encoder writes this value canonically."""
    if value is None or isinstance(value, str):
        return True
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise MalformedError("integer_too_large", "an integer is beyond 2^53 - 1; write it as a string")
        return True
    if depth >= MAX_DEPTH:
        raise MalformedError("too_deep", f"nested more than {MAX_DEPTH} levels deep", limit=MAX_DEPTH)
    simple = True
    if isinstance(value, dict):
        for name, member in value.items():
            if not isinstance(name, str):
                raise MalformedError("not_canonical", f"a member name is {type(name).__name__}, not text")
            # the standard encoder sorts by code point, RFC 8785 by UTF-16 unit: the same below the surrogates
            simple = name.isascii() and simple
            simple = _inspect(member, depth + 1, allow_numbers=allow_numbers) and simple
        return simple
    if isinstance(value, list | tuple):
        for member in value:
            simple = _inspect(member, depth + 1, allow_numbers=allow_numbers) and simple
        return simple
    if isinstance(value, float) and allow_numbers:
        if not math.isfinite(value):
            raise MalformedError("not_canonical", "a number is not finite")
        return False
    raise MalformedError("not_canonical", f"{type(value).__name__} has no canonical form here; floats are not allowed")


def _write(value: object, out: list[str]) -> None:
    if isinstance(value, str):
        out.append(encode_basestring(value))
    elif isinstance(value, dict):
        separator = "{"
        for name in sorted(value, key=_utf16):
            out.append(separator + encode_basestring(name) + ":")
            _write(value[name], out)
            separator = ","
        out.append("}" if value else "{}")
    elif isinstance(value, list | tuple):
        separator = "["
        for member in value:
            out.append(separator)
            _write(member, out)
            separator = ","
        out.append("]" if value else "[]")
    elif isinstance(value, float):
        out.append(_number(value))
    else:
        out.append(_fast.encode(value))


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _number(value: float) -> str:
    """Write a float as ECMA-262 Number::toString does; Python's shortest digits are the same digits."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= _PLAIN_HIGH:
        return sign + digits + "0" * (point - count)
    if 0 < point <= _PLAIN_HIGH:
        return sign + digits[:point] + "." + digits[point:]
    if _PLAIN_LOW < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = f"e{point - 1:+d}"
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + power


def _double(text: str) -> int | float:
    """Read digits as ECMAScript does: exactly where a double can, else as the nearest double."""
    value = int(text)
    return value if -MAX_INTEGER <= value <= MAX_INTEGER else float(text)


def _refuse_number(_text: str) -> NoReturn:
    raise ValueError("floating-point numbers are not allowed")


def _where(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos}"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start}"
    return str(error)
