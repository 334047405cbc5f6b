"""Who may come in at all, before any page runs: the fence around demo mode, and the proxy's secret.

Flows in: requests and websockets. Flows out: the same, or 403. Touches no store.

Demo mode answers to this computer alone: a request that names another host, or that has any mark of a proxy, is turned back. So a demo that
was left on behind a proxy shows nothing. Proxy mode answers only to who knows the secret, so nobody can walk around the proxy and name himself.

In every mode a websocket belongs to the page that this server gave out: one from another origin, another port of this computer too, is turned
back here. (Streamlit would ask a service outside for its own address before it decides; nothing may leave the host.)
"""

from __future__ import annotations

import hmac
import re
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from dashboard.settings import Settings

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
PROXIED: Final = re.compile(
    r"forwarded|via|x-real-ip|(?:x|cf|true|fastly|akamai|fly|do)-(?:.*-)?(?:ip|for|host|proto|port|server|scheme|prefix|by|ray|visitor)"
    r"|x-(?:forwarded|original|envoy|amzn|cloud|azure|arr|request-id|b3).*|cdn-loop|traceparent|x-cluster-.*|client-ip"
)
"""Headers that a browser never sends and some proxy does; names may be written with underscores."""
SECRET_HEADER: Final = "x-burdenwatch-proxy"
OPEN: Final = ("/healthz",)


class Gate:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._mode = settings.access
        self._secret = settings.proxy_secret
        self._path = settings.path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope["path"].removeprefix(self._path) not in OPEN:
            headers = Headers(scope=scope)
            refused = self.refusal(headers, scope.get("http_version", "1.1"))
            if scope["type"] == "websocket":
                refused = refused or _foreign(headers)
            if refused:
                reply = (
                    WebSocketClose(1008, refused) if scope["type"] == "websocket" else PlainTextResponse(refused, 403)
                )
                await reply(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def refusal(self, headers: Headers, version: str = "1.1") -> str:
        """Why a request is turned back, '' when it is not. HTTP 1.0 is what proxies speak that are told nothing; no browser does."""
        if self._mode == "demo":
            host = re.sub(r":[0-9]+$", "", headers.get("host", "")).lower()
            proxied = version == "1.0" or any(PROXIED.fullmatch(name.lower().replace("_", "-")) for name in headers)
            if host not in LOOPBACK or proxied:
                return "demo mode answers to this computer alone; set BURDENWATCH_ACCESS to oidc or proxy"
        if self._mode == "proxy" and not hmac.compare_digest(
            headers.get(SECRET_HEADER, "").encode(), self._secret.encode()
        ):
            return "come through the proxy"
        return ""


def _foreign(headers: Headers) -> str:
    """Why a websocket is none of ours, '' where it is: browsers always say from which page it comes."""
    origin = headers.get("origin")
    if origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower():
        return ""
    return "come from the page of this server"
