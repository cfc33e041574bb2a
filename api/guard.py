"""The order of checks at every door: who, which duty, own stream, idempotency key, query, body. Then the endpoint."""

import inspect
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api import auth, body
from api.duties import DUTIES
from api.errors import IdempotencyKeyError, InvalidFieldsError
from api.settings import Settings
from ledger.services.ledger import Ledger

IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,128}")
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Checked(Request):
    """A request whose body has already been read and parsed."""

    parsed: Any = None

    async def body(self) -> bytes:
        """Return the bytes; FastAPI only asks whether there are any."""
        return self._body

    async def json(self) -> Any:
        """Return what the guard parsed."""
        return self.parsed

    async def form(self, **_limits: Any) -> FormData:  # type: ignore[override]  # parsed already: a plain coroutine will do
        """Return what the guard parsed."""
        assert isinstance(self.parsed, FormData)  # noqa: S101 - narrows for mypy; the guard set it
        return self.parsed


class Guarded(APIRoute):
    """A route that checks everything before the endpoint runs. Its row in `api/duties.py` must exist."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler in the checks."""
        method = min(self.methods or {"GET"})
        duty = DUTIES[method, self.path]
        writes = method in WRITES
        declared = (self.openapi_extra or {}).get("parameters", [])
        known = frozenset([*(f.alias for f in self.dependant.query_params), *(p["name"] for p in declared)])
        takes_form = self.body_field is not None and isinstance(self.body_field.field_info, Form)
        takes_json = self.body_field is not None and not takes_form
        may_be_empty = takes_json and self.body_field is not None and not self.body_field.field_info.is_required()
        handle = self._direct() or super().get_route_handler()

        async def guarded(request: Request) -> Response:
            checked = Checked(request.scope, request.receive)
            ledger: Ledger = request.app.state.ledger
            settings: Settings = request.app.state.settings
            if duty.roles is not None:
                actor, checked.state.session = auth.caller(ledger, checked.headers, checked.cookies, duty)
                auth.require_duty(actor, duty)
                auth.require_own_stream(actor, checked.path_params)
                checked.state.actor = actor
            if checked.scope["query_string"]:
                _require_known(checked, known)
            if writes:
                if not duty.reads:
                    checked.state.idempotency_key = _idempotency_key(checked)
                limit = _limit(settings, form=takes_form, reads=duty.reads)
                content = await body.read(checked, limit)
                if takes_json and (content.strip() or not may_be_empty):
                    checked.parsed = body.parse_json(checked.headers, content)
                elif takes_form:
                    checked.parsed = await body.parse_form(checked.headers, content, limit)
                elif not takes_json:
                    body.require_empty(content)
                checked._body = content or (b"" if may_be_empty else b"{}")  # noqa: SLF001 - our own subclass
                checked.state.parsed = checked.parsed
            return await handle(checked)

        return guarded

    def _direct(self) -> Callable[[Request], Coroutine[Any, Any, Response]] | None:
        """Return an endpoint that takes nothing but the request, and so nothing that FastAPI must find for it."""
        found = self.dependant
        parts = (found.path_params, found.query_params, found.header_params, found.cookie_params, found.body_params)
        named = inspect.signature(self.endpoint).parameters.keys() == {"request"}
        if any(parts) or found.dependencies or not named or not inspect.iscoroutinefunction(self.endpoint):
            return None
        return self.endpoint


def _limit(settings: Settings, *, form: bool, reads: bool) -> int:
    if form:
        return settings.upload_limit
    return settings.question_limit if reads else settings.body_limit


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise IdempotencyKeyError(
            "send the header Idempotency-Key: a fresh UUID for each act, the same one when you repeat the act",
            "请在请求头 Idempotency-Key 中携带唯一编号（如 UUID），重试时使用同一编号",
        )
    return key


def _require_known(request: Request, known: frozenset[str]) -> None:
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise InvalidFieldsError(
                [
                    {
                        "field": "query",
                        "problem": f"an unknown parameter was sent; known ones: {allowed}",
                        "zh": "查询参数中有未知项",
                    }
                ]
            )
        if name in seen:
            raise InvalidFieldsError(
                [{"field": name, "problem": "was sent twice: send it once", "zh": "重复，请只发送一次"}]
            )
        seen.add(name)
