"""Read a request's body: bounded while it streams, strict when it is parsed, in memory only.

Nothing is spooled to a temporary file: an uploaded proof is personal data and rests encrypted or not at all.
"""

import json
from collections.abc import AsyncGenerator
from typing import Any, NoReturn

from starlette.datastructures import FormData, Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from api.errors import MalformedBodyError, MediaTypeError, TooLargeError

FORM_FIELDS = 16
FORM_PART = 4096
_MALFORMED_ZH = "请求体不是合法的 JSON，请检查后重新发送"


async def read(request: Request, limit: int) -> bytes:
    """Return the body; `TooLargeError` as soon as it exceeds ``limit`` bytes, whatever it announced."""
    announced = request.headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise _too_large(limit)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def parse_json(headers: Headers, body: bytes) -> Any:
    """Return the JSON value; refuses other media types, other encodings, duplicate names, NaN and huge nesting."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise MediaTypeError("send the header Content-Type: application/json", "请使用 Content-Type: application/json")
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise MalformedBodyError("the body is not UTF-8 text", "请求体须为 UTF-8 编码") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedBodyError(f"the body is not JSON: {error.msg} at {where}", _MALFORMED_ZH) from error
    except (RecursionError, ValueError) as error:
        raise MalformedBodyError("the body is nested too deeply or holds a number too long", _MALFORMED_ZH) from error


def require_empty(body: bytes) -> None:
    """Let only an empty body or an empty object pass, where a path takes no fields."""
    if body.strip() not in (b"", b"{}"):
        raise MalformedBodyError("this path takes no fields: send an empty body or {}", "该接口不接受任何字段")


async def parse_form(headers: Headers, body: bytes, limit: int) -> FormData:
    """Return a multipart form with at most one file; `MalformedBodyError`, `MediaTypeError`."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise MediaTypeError(
            "send the header Content-Type: multipart/form-data with one file part",
            "请使用 multipart/form-data 上传一个文件",
        )

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    parser = MultiPartParser(headers, stream(), max_files=1, max_fields=FORM_FIELDS, max_part_size=FORM_PART)
    parser.spool_max_size = limit + 1
    try:
        return await parser.parse()
    except (MultiPartException, KeyError, ValueError, UnicodeError) as error:
        raise MalformedBodyError(
            "the body is not multipart/form-data with one file and short fields", "请求体不是合法的 multipart 表单"
        ) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedBodyError("the body names a field twice: send each field once", "请求体中有重复字段")
    return found


def _constant(name: str) -> NoReturn:
    raise MalformedBodyError(f"{name} is not JSON", _MALFORMED_ZH)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(
        f"the body is larger than {limit} bytes: send less", f"请求体超过 {limit} 字节上限", limit=limit
    )
