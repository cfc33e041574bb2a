import re

import pytest

from ledger.domain.unified_code import ALPHABET, check_character, require

PUBLISHED = ("91110000600037341L", "91350100M000100Y43")  # from public registers


def repaired(code: str) -> str:
    return code[:17] + check_character(code[:17])


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_check(code: str) -> None:
    assert require(code) == code


@pytest.mark.parametrize("first", ["1", "5", "9", "A", "N", "Y"])
def test_every_registering_authority_may_stand_first(first: str) -> None:
    code = repaired(f"{first}2110000MF0000001")
    assert require(code) == code


def test_every_other_last_character_is_refused() -> None:
    code = PUBLISHED[0]
    for other in ALPHABET.replace(code[17], ""):
        with pytest.raises(ValueError, match="does not check"):
            require(code[:17] + other)


@pytest.mark.parametrize("place", range(17))
def test_one_changed_character_is_found(place: int) -> None:
    code = PUBLISHED[0]
    other = "1" if code[place] != "1" else "2"
    with pytest.raises(ValueError, match="does not check"):
        require(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    "code",
    [
        "",
        PUBLISHED[0][:-1],
        PUBLISHED[0] + "0",
        PUBLISHED[0].lower(),
        " " + PUBLISHED[0][1:],
        PUBLISHED[0] + "\n",
        *(PUBLISHED[0][:8] + letter + PUBLISHED[0][9:] for letter in "IOSVZ"),
        "91A10000600037341L",
        "９1110000600037341L",
    ],
)
def test_another_form_is_refused_and_not_repeated(code: str) -> None:
    with pytest.raises(ValueError, match="18 digits and capitals") as caught:
        require(code)
    assert not code or not re.search(re.escape(code), str(caught.value))
