"""The wording filter: no spacing, width, case or invisible character hides a barred word."""

import unicodedata
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules import load, wording
from ledger.rules.law import Listing
from ledger.rules.values import text, texts
from tests.rules import world
from tests.searching import examples

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


@examples(150)
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


@examples(100)
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


def test_the_filter_reads_every_list_of_barred_words_there_is() -> None:
    assert set(wording.LISTS) == {k for k, p in load()._ruleset.parameters.items() if p.unit.name == "barred_word"}


def test_the_digest_of_the_words_changes_with_the_law_and_only_with_it() -> None:
    rules = load()
    days = [
        date(2023, 8, 31),
        date(2023, 9, 1),
        date(2026, 8, 31),
        date(2026, 9, 1),
        date(2026, 9, 29),
        date(2026, 9, 30),
    ]
    found = [rules.wording_digest(datetime.combine(day, time(12), UTC)) for day in days]
    assert found[0] != found[1] == found[2] != found[3] == found[4] != found[5]
