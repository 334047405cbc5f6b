"""Pages below a path of a host that is shared, and in the frame of a portal: the first document, and the cookies.

Flows in: requests. Flows out: Streamlit's document, told where its server is; cookies that a frame may send. Touches no store.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

import streamlit
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.specs import PAGES

DOCUMENT: Final = Path(streamlit.__file__).parent / "static" / "index.html"
HEAD: Final = "<head>"


def inside(path: str, asked: str) -> str | None:
    """What is asked for below ``path`` ('' or '/burden'), with its slash; None for what lies outside."""
    if not asked.startswith(f"{path}/"):
        return None
    return asked.removeprefix(path)


def document(path: str) -> str:
    """Streamlit's first document. It is told where its server is: else it asks below each page's own address first, and is told 404."""
    told = f"<script>window.__streamlit = {{ BACKEND_BASE_URL: location.origin + {json.dumps(f'{path}/')} }}</script>"
    return DOCUMENT.read_text(encoding="utf-8").replace(HEAD, HEAD + told, 1)


class Answering:
    """A middleware that answers some requests itself and hands on all others; ``path``: below which the pages live."""

    methods: ClassVar[tuple[str, ...]] = ("GET",)

    def __init__(self, app: ASGIApp, path: str = "") -> None:
        self.app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" and scope["method"] in self.methods else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """The answer, None where the request is another's."""
        raise NotImplementedError


class Pages(Answering):
    """Serves the document of every page below ``path``, and leads there who asks above it."""

    methods = ("GET", "HEAD")

    def __init__(self, app: ASGIApp, path: str = "") -> None:
        super().__init__(app, path)
        self._plain = document(path).encode()
        self._packed = gzip.compress(self._plain, 6, mtime=0)
        self._tag = f'"{hashlib.sha256(self._plain).hexdigest()[:20]}"'

    def _answer(self, scope: Scope) -> Response | None:
        asked = scope["path"]
        name = inside(self._path, asked)
        if name is None:
            if asked == self._path or asked.removeprefix("/") in ("", *PAGES):
                query = scope["query_string"].decode("latin-1")
                page = "/" if asked == self._path else asked
                return RedirectResponse(f"{self._path}{page}{'?' if query else ''}{query}")
            return None
        return self._document(Headers(scope=scope)) if name.removeprefix("/") in ("", *PAGES) else None

    def _document(self, headers: Headers) -> Response:
        about = {"Cache-Control": "no-cache", "ETag": self._tag, "Vary": "Accept-Encoding"}
        if self._tag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=about)
        if "gzip" in headers.get("accept-encoding", ""):
            return Response(self._packed, media_type="text/html", headers=about | {"Content-Encoding": "gzip"})
        return Response(self._plain, media_type="text/html", headers=about)


class Cookies:
    """Over TLS cookies go over TLS alone; where other sites may frame the pages, browsers may send them from there.

    A websocket of another origin is turned back (``gate``), so that a cookie comes along tells nothing to a foreign page.
    """

    def __init__(self, app: ASGIApp, *, framed: bool = False) -> None:
        self.app, self._framed = app, framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        safe = scope["type"] == "http" and "https" in (
            scope.get("scheme"),
            Headers(scope=scope).get("x-forwarded-proto", "").lower(),
        )
        await self.app(scope, receive, partial(self._sent, send) if safe else send)

    async def _sent(self, send: Send, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, self._safe(value) if name.lower() == b"set-cookie" else value)
                for name, value in message["headers"]
            ]
        await send(message)

    def _safe(self, cookie: bytes) -> bytes:
        parts = [part.strip() for part in cookie.decode("latin-1").split(";")]
        kinds = {part.lower() for part in parts}
        if "secure" not in kinds:
            parts.append("Secure")
        if self._framed:
            parts = [part for part in parts if not part.lower().startswith("samesite=")] + ["SameSite=None"]
        return "; ".join(parts).encode("latin-1")
