"""Serve the investor's pages and the console: no data and no decision; all comes from `/v1`, in a session's name."""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.settings import Settings

HERE = Path(__file__).parent
MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def csp(embedders: tuple[str, ...]) -> str:
    """Return the policy of our pages: own scripts and styles only, no markup from strings, framed by nobody unnamed."""
    ancestors = " ".join(embedders) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none';"
        f" frame-ancestors {ancestors}"
    )


def routes(settings: Settings) -> list[BaseRoute]:
    """Return the routes of the pages; files are read once."""
    assets = {path.name: path.read_bytes() for path in (HERE / "assets").iterdir() if path.suffix in MEDIA_TYPES}
    shell = (HERE / "sign.html").read_bytes().replace(b"%EMBEDDERS%", " ".join(settings.embedders).encode())
    headers = {"Content-Security-Policy": csp(settings.embedders)}
    if settings.embedders:
        headers["X-Frame-Options"] = "SAMEORIGIN"  # `frame-ancestors` overrides it wherever it is known

    async def page(request: Request) -> Response:
        return _answer(request, shell, ".html", headers)

    console_shell = (HERE / "console.html").read_bytes()

    async def console(request: Request) -> Response:
        return _answer(request, console_shell, ".html", {"Content-Security-Policy": csp(())})

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in assets:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return _answer(request, assets[name], Path(name).suffix, {})

    return [
        Route("/", page),
        Route("/sign", page),
        Route("/sign/{stage:str}", page),
        Route("/console", console),
        Route("/console/{sale:str}", console),
        Route("/assets/{name:str}", asset),
    ]


def _answer(request: Request, content: bytes, suffix: str, headers: Mapping[str, str]) -> Response:
    """Answer with a file, or with 304 when the browser has these very bytes. Nothing secret is in what is packed."""
    packed = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{sha256(content).hexdigest()[:32]}{"-gz" if packed else ""}"'
    known = {**headers, "ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(None, int(HTTPStatus.NOT_MODIFIED), known)
    if packed:
        content, known["Content-Encoding"] = _packed(content), "gzip"
    return Response(content, media_type=MEDIA_TYPES[suffix], headers=known)


@lru_cache(maxsize=128)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
