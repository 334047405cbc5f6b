"""Who may come in at all, before any page runs: the fence around demo mode, and the proxy's secret.

Flows in: requests and websockets. Flows out: the same, or 403. Touches no store.

Demo mode answers to this computer alone: a request that names another host, or that came through a proxy, is turned back. So a demo that was
left on behind a proxy shows nothing. Proxy mode answers only to who knows the secret, so nobody can walk around the proxy and name himself.
"""

from __future__ import annotations

import hmac
import re
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from dashboard.settings import Settings

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
SECRET_HEADER: Final = "x-burdenwatch-proxy"
OPEN: Final = ("/healthz",)


class Gate:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._mode = settings.access
        self._secret = settings.proxy_secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope["path"] not in OPEN:
            refused = self.refusal(Headers(scope=scope))
            if refused:
                reply = (
                    WebSocketClose(1008, refused) if scope["type"] == "websocket" else PlainTextResponse(refused, 403)
                )
                await reply(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def refusal(self, headers: Headers) -> str:
        """Why a request is turned back, '' when it is not."""
        if self._mode == "demo":
            host = re.sub(r":[0-9]+$", "", headers.get("host", "")).lower()
            if host not in LOOPBACK or any(name in headers for name in FORWARDED):
                return "demo mode answers to this computer alone; set BURDENWATCH_ACCESS to oidc or proxy"
        if self._mode == "proxy" and not hmac.compare_digest(
            headers.get(SECRET_HEADER, "").encode(), self._secret.encode()
        ):
            return "come through the proxy"
        return ""
