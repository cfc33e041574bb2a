"""The wording filter: barred words in a text, however they are spaced, with the lines they stand in."""

import unicodedata
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256

from ledger.domain.decision import Facts, Finding
from ledger.domain.events import Value
from ledger.domain.sale import Step
from ledger.rules.canonical import encode
from ledger.rules.facts import text_in
from ledger.rules.law import Listing, Parameters
from ledger.rules.rule import Rule, failed, missing, passed
from ledger.rules.values import Item, text, texts

LISTS = (
    "cn/regulation_762/art20_promise_words",
    "cn/regulation_762/art32_forecast_words",
    "cn/amac_raising/art24_promotion_words",
    "cn/order_233/unnumbered_promise_words",
    "cn/network_marketing/art10_inducing_words",
)
"""Every list of barred words there is."""

_FILLERS = frozenset("·•・-_*~|/\\^+=#")
_ALLOWED = "\0"


def rule(key: str) -> Rule:
    """Make the rule that bars the words of one listing from marketing text."""

    def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
        del at
        return _judged(key, parameters.lists[key], text_in(facts.inputs, "text"))

    return Rule(key, f"wording:{key}", (key,), judge, steps=frozenset({Step.PUBLISH}), reads_inputs=True)


def found(content: str, by: Listing) -> list[tuple[Item, int]]:
    """Return each barred word that stands in the text, with the number of its first line."""
    plain, lines = _read(content)
    hits = []
    for item in by.items:
        word, left = _key(text(item, "word")), plain
        for phrase in sorted((_key(p) for p in texts(item, "allowed")), key=len, reverse=True):
            left = left.replace(phrase, _ALLOWED * len(phrase))
        place = left.find(word)
        if place >= 0:
            hits.append((item, lines[place]))
    return hits


def digest(parameters: Parameters) -> str:
    """Name the words barred on a day (SHA-256, hex): material checked under others must be checked again."""
    listings = [by for by in (parameters.lists.in_force(key) for key in LISTS) if by is not None]
    barred: list[Value] = [[by.key, text(i, "word"), *texts(i, "allowed")] for by in listings for i in by.items]
    return sha256(encode(barred)).hexdigest()


def mentions(content: str, words: Listing) -> bool:
    """Tell whether one of the words stands in the text."""
    plain, _ = _read(content)
    return any(_key(text(item, "word")) in plain for item in words.items)


def _judged(key: str, by: Listing, content: str | None) -> Finding:
    if content is None:
        en, zh = "the text of the material cannot be read", "无法读取宣传材料的文字"
        return missing(
            key,
            by,
            en,
            zh,
            condition=(
                "send the material as text, or name a checked text as its transcript",
                "请提交文本形式的材料，或指定已审查的文本作为其文字稿",
            ),
        )
    hits = found(content, by)
    if hits:
        en = "; ".join(f"line {n}: 「{text(i, 'word')}」 {text(i, 'en')}" for i, n in hits)
        zh = "；".join(f"第{n}行「{text(i, 'word')}」{text(i, 'zh')}" for i, n in hits)
        return failed(
            key,
            by,
            f"barred wording: {en}",
            f"含有禁止用语：{zh}",
            condition=("take these words out", "请删除上述用语"),
        )
    return passed(key, by, "no barred wording", "未发现禁止用语")


@cache  # of the few words of the lists
def _key(word: str) -> str:
    return _plain(word)[0]


@lru_cache(maxsize=2)  # the same text is read once for each list
def _read(content: str) -> tuple[str, tuple[int, ...]]:
    return _plain(content)


def _plain(content: str) -> tuple[str, tuple[int, ...]]:
    """Return the text without spaces, invisible characters and fillers, in one width and case, and each one's line."""
    plain: list[str] = []
    lines: list[int] = []
    line = 1
    for raw in content:
        line += raw == "\n"
        for char in unicodedata.normalize("NFKC", raw).casefold():
            if char in _FILLERS or unicodedata.category(char)[0] in "ZC" or unicodedata.category(char) == "Mn":
                continue
            plain.append(char)
            lines.append(line)
    return "".join(plain), tuple(lines)
