"""The HTTP side of the dashboard: push, health, compression, security headers.

Flows in: requests. Flows out: ASGI routes and middleware for ``app``. Touches no store.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.assets import PLOTLY
from dashboard.shell.below import Answering, inside
from dashboard.shell.installation import installation
from dashboard.specs import PAGES

FRONTEND: Final = Path(streamlit.__file__).parent / "static"
OWN: Final = Path(__file__).parents[1] / "static"
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
FOREVER: Final = "public, max-age=31536000, immutable"
AHEAD_BYTES: Final = 800_000
"""Larger files (libraries that no page needs) are compressed when somebody asks for them."""
SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": (
        "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'{sockets} data: blob:; frame-ancestors 'self'{frames}; base-uri 'self'; "
        "object-src 'none'"
    ),
}
"""Nothing may be loaded from another host, whatever ends up in a page. Streamlit's frontend needs inline and evaluated scripts."""


async def healthz(_: Request) -> Response:
    """200 while this process serves; the store's state is on the page and at the API's /readyz."""
    return JSONResponse({"status": "ok"})


async def stream(_: Request) -> Response:
    """Server-sent events: counters of what moved, never data."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(installation().hub.changes(), media_type="text/event-stream", headers=headers)


@lru_cache(maxsize=1024)
def _packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


def compress(root: Path, bound: int = AHEAD_BYTES) -> None:
    """Compresses the files below a directory that may be served, ahead of the first request for them."""
    for path in sorted(root.resolve().rglob("*")):
        if path.suffix in TYPES and path.is_file() and path.stat().st_size <= bound:
            _packed(path)


@lru_cache(maxsize=2048)
def asset(url: str) -> Path | None:
    """The file behind a request for a static asset, None for anything else (the way out of the directory included)."""
    for prefix, root in (("/static/", FRONTEND / "static"), ("/app/static/", OWN), ("/app/plotly/", PLOTLY)):
        if url.startswith(prefix):
            path = (root / url.removeprefix(prefix)).resolve()
            return path if path.is_relative_to(root.resolve()) and path.suffix in TYPES and path.is_file() else None
    return None


class Assets(Answering):
    """Serves scripts, styles and outlines compressed; those with a version in their address are cached for good."""

    def _answer(self, scope: Scope) -> Response | None:
        if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        path = asset(inside(self._path, scope["path"]) or "")
        if path is None:
            return None
        hashed = path.is_relative_to(FRONTEND) or scope["query_string"].startswith(b"v=")
        headers = {
            "Content-Encoding": "gzip",
            "Vary": "Accept-Encoding",
            "Cache-Control": FOREVER if hashed else "no-cache",
        }
        return Response(_packed(path), media_type=TYPES[path.suffix], headers=headers)


STRAY: Final = re.compile(r"/([a-zA-Z][a-zA-Z0-9_-]{0,30})/?", re.ASCII)
KNOWN: Final = {*PAGES, "healthz", "stream", "oauth2callback", "api"}


class Strays(Answering):
    """Leads a reader who asks for a page that does not exist to the first page, which says so (``lost`` in the address)."""

    def _answer(self, scope: Scope) -> Response | None:
        if "text/html" not in Headers(scope=scope).get("accept", ""):
            return None
        name = STRAY.fullmatch(inside(self._path, scope["path"]) or "")
        if not name or name[1] in KNOWN:
            return None
        query = scope["query_string"].decode("latin-1")
        return RedirectResponse(f"{self._path}/?lost={name[1]}{'&' if query else ''}{query}")


HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](?::[0-9]{1,5})?")


def security(host: str, frames: tuple[str, ...] = ()) -> dict[str, str]:
    """SECURITY for a page of this host: websockets to it alone (older browsers do not count them as 'self'); only ``frames`` may frame it."""
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    found = dict(SECURITY)
    policy = found["Content-Security-Policy"]
    found["Content-Security-Policy"] = policy.format(sockets=sockets, frames="".join(f" {one}" for one in frames))
    if frames:
        del found["X-Frame-Options"]  # it knows no names; the policy above says who may
    return found


class SecurityHeaders:
    """Adds the headers of SECURITY to every answer."""

    def __init__(self, app: ASGIApp, frames: tuple[str, ...] = ()) -> None:
        self.app, self._frames = app, frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                host = Headers(scope=scope).get("host", "")
                for name, value in security(host, self._frames).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
