"""How papers write numbers, instants and levels."""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from ledger.domain.instants import SHANGHAI, require_utc
from ledger.domain.money import Money

RISK_NAMES = {
    "R1": ("低风险", "low risk"),
    "R2": ("中低风险", "medium-low risk"),
    "R3": ("中风险", "medium risk"),
    "R4": ("中高风险", "medium-high risk"),
    "R5": ("高风险", "high risk"),
}
FUND_TYPES = {
    "securities": "私募证券投资基金",
    "equity": "私募股权投资基金",
    "venture": "创业投资基金",
}
LEGAL_FORMS = {"contract": "契约型", "partnership": "有限合伙型", "company": "公司型"}
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿", "亿亿")
_SHORT = 16
_HALF_WIDTH = re.compile(r"(?<=[\u3400-\u9fff》」）)])[,:;!?]|\((?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])\)")
_FULL_WIDTH = str.maketrans(",:;!?()", "，：；！？（）")
_THOUSAND = 1_000
_CENT = Decimal("0.01")


def money(value: Money) -> str:
    """Write money for reading: ``CNY 1,000,000.00``."""
    return f"{value.currency} {value.amount.quantize(_CENT, ROUND_HALF_UP):,}"


def capitals(value: Money) -> str:
    """Write renminbi in capital numerals (中文大写, 票据法 practice); other currencies as `money` does."""
    if value.currency != "CNY":
        return money(value)
    whole, cents = divmod(int(value.amount.quantize(_CENT, ROUND_HALF_UP) * 100), 100)
    jiao, fen = divmod(cents, 10)
    text = _whole(whole) + "元" if whole or not cents else ""
    if not cents:
        return f"人民币{text}整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif whole:
        text += "零"
    return f"人民币{text}" + (f"{_DIGITS[fen]}分" if fen else "整")


def beijing(at: datetime) -> str:
    """Write an instant in Beijing time, to the second, naming the offset."""
    return require_utc(at).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") + " (UTC+8)"


def beijing_short(at: datetime) -> str:
    """Write an instant in Beijing time for a table whose head names the offset."""
    return require_utc(at).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def day(at: datetime) -> str:
    """Write the calendar day in China."""
    local = require_utc(at).astimezone(SHANGHAI)
    return f"{local.year} 年 {local.month} 月 {local.day} 日"


def risk(level: str) -> str:
    """Write a risk level with its name; an unknown level stays as it is."""
    names = RISK_NAMES.get(level)
    return level if names is None else f"{level} {names[0]}"


def kind(fund_type: str, legal_form: str) -> str:
    """Write what a fund is; unknown words stay as they are."""
    return f"{FUND_TYPES.get(fund_type, fund_type)} · {LEGAL_FORMS.get(legal_form, legal_form)}"


def zh(text: str) -> str:
    """Write marks between ideographs in full width, as Chinese papers do; for our own labels, never for signed text."""
    return _HALF_WIDTH.sub(lambda match: match[0].translate(_FULL_WIDTH), text)


def short(digest: str) -> str:
    """Write the start of a digest or stream."""
    return digest if len(digest) <= _SHORT else f"{digest[:12]}…"


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < _THOUSAND):
            text += _DIGITS[0]
        text += _group(group) + _GROUPS[index]
        gap = False
    return text


def _group(number: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text
