"""The wording filter: no spacing, width, case or invisible character hides a barred word."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.rules import load, wording
from ledger.rules.law import Listing
from ledger.rules.values import text, texts
from tests.rules import world

LAW = load().law(world.NOW.replace(month=11))
KEYS = (
    "cn/regulation_762/art20_promise_words",
    "cn/regulation_762/art32_forecast_words",
    "cn/amac_raising/art24_promotion_words",
    "cn/order_233/unnumbered_promise_words",
    "cn/network_marketing/art10_inducing_words",
)
FILLERS = st.text(st.sampled_from(" \t\n　·-_*|\u200b\u200d\u00ad\ufeff"), max_size=3)
NEUTRAL = st.text(st.sampled_from("基金管理人策略团队投资研究abc123，。：\n"), max_size=40)


def listing(key: str) -> Listing:
    return LAW.lists[key]


WORDS = [(key, text(item, "word")) for key in KEYS for item in listing(key).items]
PHRASES = [(key, phrase) for key in KEYS for item in listing(key).items for phrase in texts(item, "allowed")]


def words(content: str, key: str) -> list[str]:
    return [text(item, "word") for item, _ in wording.found(content, listing(key))]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(WORDS), NEUTRAL, NEUTRAL, st.lists(FILLERS, min_size=40, max_size=40), st.sampled_from([0, 0xFEE0])
)
def test_a_barred_word_is_found_however_it_is_written(
    row: tuple[str, str], before: str, after: str, fillers: list[str], wider: int
) -> None:
    key, word = row
    spaced = "".join(f + c for f, c in zip(fillers, word, strict=False))
    spaced = "".join(chr(ord(c) + wider) if "!" <= c <= "~" else c for c in spaced.upper())
    assert word in words(f"{before}{spaced}{after}", key)


@settings(max_examples=200, deadline=None)
@given(NEUTRAL)
def test_a_neutral_text_is_free_of_findings(content: str) -> None:
    for key in KEYS:
        assert words(content, key) == []


@pytest.mark.parametrize(("key", "phrase"), PHRASES, ids=lambda value: value)
def test_a_lawful_phrase_is_no_finding_and_hides_no_other_word(key: str, phrase: str) -> None:
    item = next(i for i in listing(key).items if phrase in texts(i, "allowed"))
    word = text(item, "word")
    assert word not in words(phrase, key)
    assert word in words(f"{phrase}。{word}", key)


def test_the_first_line_of_a_word_is_told() -> None:
    key = KEYS[0]
    content = "第一行\n第二行 保\n本\n第四行 保本"
    ((item, line),) = wording.found(content, listing(key))
    assert (text(item, "word"), line) == ("保本", 2)


def test_every_barred_word_and_phrase_survives_its_own_reading() -> None:
    for key, word in (*WORDS, *PHRASES):
        assert wording._key(word), (key, word)
        assert unicodedata.normalize("NFKC", word) == word


def test_a_phrase_holds_the_word_that_it_allows() -> None:
    for key in KEYS:
        for item in listing(key).items:
            for phrase in texts(item, "allowed"):
                assert wording._key(text(item, "word")) in wording._key(phrase), (key, phrase)
