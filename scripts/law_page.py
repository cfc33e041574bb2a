"""The law as a page that a lawyer reads: Chinese first, English beside; by norm and article."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from ledger.rules.loader import Ruleset
from ledger.rules.values import Cell, Dated, Item, Kind, Parameter, Source
from scripts.law_uses import Uses

FORCE = {"binding": "强制 binding", "recommended": "倡导 recommended", "if_contracted": "合同约定时 if contracted"}
STATUS = {"confirmed": "已核对 confirmed", "unconfirmed": "**待核对 unconfirmed**", "draft": "**草案 draft**"}
STRICTER = {
    "higher": "只能更高 higher only",
    "lower": "只能更低 lower only",
    "superset": "只能增加 may only add",
    "subset": "只能减少 may only leave out",
    "cells": "逐格只能更严 stricter cell by cell",
    "fixed": "不得变更 fixed",
}
STEPS = {"hour": "小时 hours", "day": "日 days", "year": "年 years"}
COUNTS = {
    "working_day": "个工作日 working days",
    "trading_day": "个交易日 trading days",
    "investor": "人 investors",
    "layer": "层 layers",
    "percent": "% percent",
    "attempt": "次 attempts",
    "month": "个月 months",
}
COLUMNS = {
    "zh": "中文",
    "en": "English",
    "n": "序号 n",
    "form": "法律形式 form",
    "cap": "上限 cap",
    "word": "用语 word",
}
JURISDICTION = {
    "cn": "中国 China",
    "eu": "欧盟 European Union",
    "hk": "香港 Hong Kong",
    "sg": "新加坡 Singapore",
    "us": "美国 United States",
    "policy": "机构制度 Institution policy",
}


def norms(ruleset: Ruleset, keys: Iterable[str], uses: Uses) -> Iterator[str]:
    """Write the parameters, grouped by jurisdiction, norm and article."""
    parameters = sorted((ruleset.parameters[key] for key in keys), key=lambda p: _place(ruleset, p))
    for jurisdiction, of_one in groupby(parameters, key=lambda p: p.key.split("/")[0]):
        yield f"# {JURISDICTION[jurisdiction]}"
        for norm, of_norm in groupby(of_one, key=lambda p: p.values[-1].citation.norm):
            yield from _norm(ruleset.sources[norm])
            for article, of_article in groupby(of_norm, key=lambda p: p.values[-1].citation.article):
                yield f"### {_article(article)}"
                for parameter in of_article:
                    yield from _parameter(ruleset, parameter, uses)


def table(ruleset: Ruleset, keys: Iterable[str]) -> Iterator[str]:
    """Write the list of norms with how many of their parameters are confirmed."""
    of: dict[str, list[Parameter]] = {}
    for key in keys:
        of.setdefault(ruleset.parameters[key].values[-1].citation.norm, []).append(ruleset.parameters[key])
    yield "| 规范 Norm | 文号 Number | 施行 In force | 参数 Parameters | 已核对 Confirmed |\n|---|---|---|---|---|"
    for norm in sorted(of, key=lambda n: (ruleset.sources[n].start, n)):
        source = ruleset.sources[norm]
        sure = sum(all(v.confirmed for v in p.values) for p in of[norm])
        days = _days(source.start, source.end)
        yield f"| {source.title} | {source.number or '—'} | {days} | {len(of[norm])} | {sure} |"


def _place(ruleset: Ruleset, parameter: Parameter) -> tuple[object, ...]:
    citation = parameter.values[-1].citation
    jurisdiction = parameter.key.split("/")[0]
    first = {"cn": 0, "policy": 2}.get(jurisdiction, 1)
    number = re.match(r"[0-9]+", citation.article)
    article = (int(number[0]) if number else 10**6, citation.article)
    return (first, jurisdiction, ruleset.sources[citation.norm].start, citation.norm, article, parameter.key)


def _norm(source: Source) -> Iterator[str]:
    number = f"（{source.number}）" if source.number else ""
    yield f"## 《{source.title}》{number}\n\n*{source.title_en}*"
    link = f"[出处 source]({_url(source.url)})" if source.url else "尚无官方出处 no official source yet"
    yield f"施行 in force: {_days(source.start, source.end)} · {STATUS[source.status]} · {link} · `{source.key}`"


def _parameter(ruleset: Ruleset, parameter: Parameter, uses: Uses) -> Iterator[str]:
    yield f"#### {parameter.term}\n\n{parameter.description}."
    shape = "清单 list" if parameter.unit.kind is Kind.LISTING else _unit(parameter)
    lines = [f"- 文件 file: `{parameter.file}` · 单位 unit: {shape} · 机构制度 policy: {STRICTER[parameter.stricter]}"]
    if parameter.restricts:
        lines.append(f"- 收紧 restricts: `{parameter.restricts}`")
    if overlay := ruleset.overlays.get(parameter.key):
        lines.append(f"- 机构制度已收紧 restricted by policy: `{overlay.file}`")
    lines += [
        f"- 规则 used by: {_list(uses.modules[parameter.key])}",
        f"- 测试 covered by: {_list(uses.tests[parameter.key])}",
    ]
    yield "\n".join(lines)
    head = "| 起 From | 止 Until | 值 Value | 效力 Force | 状态 Status | 核对日 Checked | 出处 Source |"
    yield "\n".join([head, "|---|---|---|---|---|---|---|", *(_value(parameter, v) for v in parameter.values)])
    for value in parameter.values:
        if value.note:
            yield f"> 备注 note ({value.start.isoformat()}): {value.note}"
        if value.items:
            yield _items(parameter, value)


def _value(parameter: Parameter, value: Dated) -> str:
    link = f"[链接 link]({_url(value.citation.url)})" if value.citation.url else "—"
    cells = (
        value.start.isoformat(),
        "—" if value.end is None else value.end.isoformat(),
        _amount(parameter, value),
        FORCE[value.force.value],
        STATUS[value.citation.status],
        value.checked_on.isoformat(),
        link,
    )
    return f"| {' | '.join(cells)} |"


def _amount(parameter: Parameter, value: Dated) -> str:
    if value.amount is None:
        return f"{len(value.items)} 项 rows" if value.items else "义务 duty"
    if parameter.unit.kind is Kind.MONEY:
        return f"{value.amount:,} {parameter.unit.currency}"
    return f"{value.amount} {_unit(parameter)}"


def _unit(parameter: Parameter) -> str:
    unit = parameter.unit
    match unit.kind:
        case Kind.MONEY:
            return unit.currency + ("/年 per year" if unit.name.endswith("per_year") else "")
        case Kind.PERIOD:
            return STEPS[unit.step]
        case Kind.DUTY:
            return "义务 duty"
        case _:
            return COUNTS.get(unit.name, unit.name)


def _items(parameter: Parameter, value: Dated) -> str:
    columns = list(parameter.unit.columns or {})
    rows = [f"| {' | '.join(_cell(item, c) for c in columns)} |" for item in value.items]
    return "\n".join([f"| {' | '.join(COLUMNS.get(c, c) for c in columns)} |", "|" + "---|" * len(columns), *rows])


def _cell(item: Item, column: str) -> str:
    return _plain(item[column]).replace("|", "\\|").replace("\n", " ")


def _plain(cell: Cell) -> str:
    match cell:
        case bool():
            return "是 yes" if cell else "否 no"
        case tuple():
            return "；".join(entry if isinstance(entry, str) else _option(entry) for entry in cell) or "—"
        case _:
            return str(cell)


def _option(entry: Mapping[str, str | int]) -> str:
    return f"{entry['zh']} {entry['en']} = {entry['score']}"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "**无 none yet**"


def _article(article: str) -> str:
    if article[:1].isdigit():
        return f"第{article}条 Article {article}"
    return {
        "unnumbered": "条号待核对 Article number not confirmed",
        "policy": "机构制度 Institution policy",
    }.get(article, article)


def _days(start: object, end: object) -> str:
    return f"{start} 起 on" if end is None else f"{start} 至 until {end}"


def _url(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
