"""The unified social credit code of an organisation (统一社会信用代码, GB 32100-2015).

Own code because the library for such numbers refuses letters in its first two places, where GB 32100 has A, N, Y.
"""

import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters, without I, O, S, V and Z; a character's value is its place (table 2)."""

_FORM: Final = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))


def check_character(first: str) -> str:
    """Return the 18th character for the 17 before it (ISO 7064, modulus 31)."""
    total = sum(weight * ALPHABET.index(each) for weight, each in zip(_WEIGHTS, first, strict=True))
    return ALPHABET[-total % 31]


def require(code: str) -> str:
    """Return the code if it has the form and its last character checks; ``ValueError`` without the number otherwise."""
    if not _FORM.fullmatch(code):
        raise ValueError("a unified social credit code is 18 digits and capitals without I, O, S, V, Z")
    if check_character(code[:17]) != code[17]:
        raise ValueError("the last character does not check: the code was not copied as it is")
    return code
