"""Turn pydantic's findings into sentences that name the field and the fix. Values never appear."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from api.errors import InvalidFieldsError
from api.schemas.base import HINTS

M = TypeVar("M", bound=BaseModel)
_SAFE_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_PLAIN = {
    "missing": ("is missing: add it", "缺失，请补充"),
    "extra_forbidden": ("is not known here: remove it", "未知字段，请删除"),
    "string_type": ("must be a JSON string", "须为字符串"),
    "string_unicode": ("holds characters that are not Unicode text", "含有非法字符"),
    "string_too_short": ("must not be empty", "不能为空"),
    "bool_type": ("must be true or false", "须为 true 或 false"),
    "bool_parsing": ("must be true or false", "须为 true 或 false"),
    "int_type": ("must be a whole number", "须为整数"),
    "int_parsing": ("must be a whole number", "须为整数"),
    "int_from_float": ("must be a whole number", "须为整数"),
    "list_type": ("must be a JSON list", "须为列表"),
    "tuple_type": ("must be a JSON list", "须为列表"),
    "dict_type": ("must be a JSON object", "须为对象"),
    "model_type": ("must be a JSON object", "须为对象"),
    "model_attributes_type": ("must be a JSON object", "须为对象"),
    "day": ("must be a day of the calendar such as 2026-03-02", "须为真实日期，如 2026-03-02"),
    "instant": ("must be an instant such as 2026-03-02T01:30:00Z", "须为带时区的时刻，如 2026-03-02T01:30:00Z"),
}


def explain(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return one ``{field, problem, zh}`` for each finding."""
    return [{"field": _name(f["loc"]), **_sentence(f)} for f in found]


def validate(model: type[M], values: Mapping[str, Any]) -> M:
    """Return the model of these values; `InvalidFieldsError` names each wrong field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InvalidFieldsError(explain([{**f, "loc": ("query", *f["loc"])} for f in found])) from None


def _sentence(found: Mapping[str, Any]) -> dict[str, str]:
    kind, context = found["type"], found.get("ctx", {})
    if kind in _PLAIN:
        problem, zh = _PLAIN[kind]
    elif kind == "string_pattern_mismatch":
        problem, zh = HINTS.get(context.get("pattern", ""), ("is not of the required form: see /docs", "格式不符"))
    elif kind in ("literal_error", "enum"):
        problem, zh = f"must be one of {context['expected']}", f"须为以下之一：{context['expected']}"
    elif kind in ("string_too_long", "too_long"):
        most = context["max_length"]
        problem, zh = f"must not be longer than {most}", f"长度不得超过 {most}"
    elif kind == "too_short":
        least = context["min_length"]
        problem, zh = f"must hold at least {least}", f"至少 {least} 项"
    elif kind in ("greater_than_equal", "greater_than"):
        least = context.get("ge", context.get("gt"))
        problem, zh = f"must be at least {least}", f"不得小于 {least}"
    elif kind in ("less_than_equal", "less_than"):
        most = context.get("le", context.get("lt"))
        problem, zh = f"must be at most {most}", f"不得大于 {most}"
    else:
        problem, zh = "is not of the required form: see /docs", "格式不符，请参阅 /docs"
    return {"problem": problem, "zh": zh}


def _name(loc: Sequence[Any]) -> str:
    """Write a location; a name that the caller made up and that is not a plain word is not repeated."""
    parts = [str(part) for part in (loc[1:] if len(loc) > 1 else loc) if part != "[key]"]
    return ".".join(part if _SAFE_NAME.fullmatch(part) else "?" for part in parts)
