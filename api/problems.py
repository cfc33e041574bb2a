"""The one table from errors to problem documents (RFC 9457, application/problem+json).

422 means that the request itself is wrong and will never pass; 409 means that it is well formed but what is recorded,
or the law applied to what is recorded, stands against it, so the same request may pass later. A refusal by law
(`RefusedError`) is therefore 409, with every finding and its article.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import errors, fields
from api.auth import CHALLENGE
from ledger import errors as ours
from ledger.domain.decision import Finding

MEDIA_TYPE = "application/problem+json"
_AGAIN = {"Retry-After": "5"}
_log = structlog.get_logger("api")


@dataclass(frozen=True, slots=True)
class Row:
    """How one family of errors looks from outside."""

    status: int
    title: str
    zh: str


TABLE: Mapping[type[ours.LedgerError], Row] = {
    errors.UnauthenticatedError: Row(401, "No valid key", "未通过身份认证"),
    ours.ForbiddenError: Row(403, "Not your duty", "职责不符"),
    ours.NotFoundError: Row(404, "Not found", "未找到"),
    errors.UnknownPathError: Row(404, "No such path", "路径不存在"),
    errors.MethodError: Row(405, "Method not allowed", "方法不支持"),
    ours.ConflictError: Row(409, "In conflict with what is recorded", "与已有记录冲突"),
    ours.IdempotencyConflictError: Row(409, "Idempotency key used for another request", "幂等键已用于其他请求"),
    ours.RefusedError: Row(409, "Refused by law or policy", "依法依规拒绝"),
    ours.CodeRejectedError: Row(422, "Code rejected", "验证码未通过"),
    errors.TooLargeError: Row(413, "Body too large", "请求体过大"),
    errors.MediaTypeError: Row(415, "Unsupported media type", "媒体类型不支持"),
    errors.MalformedBodyError: Row(400, "Malformed body", "请求体格式错误"),
    errors.IdempotencyKeyError: Row(400, "Idempotency-Key missing", "缺少幂等键"),
    errors.InvalidFieldsError: Row(422, "Invalid fields", "字段不合要求"),
    ours.AwayError: Row(503, "Something outside does not answer", "外部系统暂不可用"),
    ours.CallerError: Row(422, "Cannot be done as asked", "无法按请求办理"),
    ours.OperatorError: Row(503, "Service not able to do this now", "服务暂不可用"),
    ours.IntegrityError: Row(500, "Integrity check failed", "完整性校验失败"),
    ours.LedgerError: Row(500, "Unexpected error", "内部错误"),
}
_HIDDEN = "the service could not do this; nothing was acknowledged. Repeat with the same Idempotency-Key, or name the"
_HIDDEN_ZH = "服务未能完成该操作，未确认任何写入。请使用相同的 Idempotency-Key 重试，或向运营方提供事件编号"


def family_of(error: ours.LedgerError) -> type[ours.LedgerError]:
    """Return the nearest class that has a row."""
    return next(cls for cls in type(error).__mro__ if cls in TABLE)


def respond(error: ours.LedgerError, headers: Mapping[str, str] | None = None) -> Response:
    """Write an error as a problem. What is the service's own fault keeps its details in the log."""
    family = family_of(error)
    row = TABLE[family]
    if row.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, ours.AwayError):
        return incident(error, family, code=error.code)
    document: dict[str, Any] = {
        **_head(family, error.code),
        "detail": error.message,
        "zh": error.zh,
    }
    if isinstance(error, ours.RefusedError):
        document["findings"] = [f.as_json() for f in error.findings if isinstance(f, Finding)]
    if isinstance(error, errors.InvalidFieldsError):
        document["fields"] = error.fields
    if error.evidence:
        document["evidence"] = _plain(error.evidence)
    extra = {**(headers or {}), **(CHALLENGE if isinstance(error, errors.UnauthenticatedError) else {})}
    extra |= _AGAIN if row.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return _response(document, row.status, extra)


def incident(
    error: BaseException,
    family: type[ours.LedgerError] = ours.LedgerError,
    *,
    code: str = ours.LedgerError.code,
) -> Response:
    """Answer 500 or 503 with an incident number; the log gets the kind and places of the error, never its values."""
    row = TABLE[family]
    number = secrets.token_hex(8)
    _log.error("incident", incident=number, code=code, **_trace(error))
    document = {
        **_head(family, code),
        "detail": f"{_HIDDEN} incident {number} to the operator",
        "zh": f"{_HIDDEN_ZH} {number}",
        "incident": number,
    }
    return _response(document, row.status, _AGAIN if row.status == HTTPStatus.SERVICE_UNAVAILABLE else {})


async def on_ledger_error(_: Request, error: Exception) -> Response:
    """Handle everything we raise on purpose."""
    assert isinstance(error, ours.LedgerError)  # noqa: S101 - registered for this class only
    return respond(error)


async def on_validation_error(_: Request, error: Exception) -> Response:
    """Handle what pydantic refused: the field and the fix, never the value."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    return respond(errors.InvalidFieldsError(fields.explain(error.errors())))


async def on_http_error(request: Request, error: Exception) -> Response:
    """Handle what the framework raises itself: unknown path, method, a body it cannot parse."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code == HTTPStatus.NOT_FOUND:
        return respond(errors.UnknownPathError("nothing is at this path: see /docs", "路径不存在，请参阅 /docs"))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = ", ".join(_methods(request))
        problem = errors.MethodError(f"this path takes {allow}", f"该路径支持的方法：{allow}")
        return respond(problem, {"Allow": allow})
    return respond(errors.MalformedBodyError("the request could not be read", "无法读取该请求"))


def _methods(request: Request) -> list[str]:
    path = request.url.path
    found: set[str] = set()
    for route in request.app.routes:
        if route.path_regex.match(path):
            found |= set(route.methods)
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _head(family: type[ours.LedgerError], code: str) -> dict[str, Any]:
    row = TABLE[family]
    return {"type": f"/docs#{family.code}", "title": row.title, "status": row.status, "code": code}


def _response(document: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Response:
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, headers=dict(headers), media_type=MEDIA_TYPE)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _trace(error: BaseException) -> dict[str, Any]:
    places, traceback = [], error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        kinds.append(type(cause).__qualname__)
        cause = cause.__cause__
    return {"kinds": kinds, "places": places[-12:]}
