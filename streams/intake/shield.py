"""What stands before every route of the API: its names, how many come in at once, what every answer carries, no fault that shows its inside.

Flows in: requests. Flows out: the same, or 421 or 503; answers with headers that keep browsers from guessing, keeping and running them.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streams.intake.answers import HttpFault, fault, later

_LOG: Final = logging.getLogger(__name__)
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
"""Hosts of a server that listens on this computer alone. A page of another site that had its name point here would send its own."""
ANY: Final = "*"
ALWAYS: Final = ("/healthz", "/readyz", "/metrics")
"""Answered however many come in: who looks after the system has to see it."""
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
}
"""Evidence packs are pages of text and styles of their own; nothing else of an answer may ever be shown as a page."""
_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class Shield:
    """ASGI middleware. ``hosts``: names that a request may give as host, without ports; ANY for all. ``crowd``: requests at once."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], crowd: int) -> None:
        self._app, self._hosts, self._crowd = app, hosts, crowd
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def shielded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = message["headers"]
                there = {name for name, _ in headers}
                headers += [pair for pair in _HEADERS if pair[0] not in there]
            await send(message)

        if ANY not in self._hosts and (host := _host(scope)) not in self._hosts:
            refused = HttpFault(421, f"host: {host[:80]!r}: this API is not known by that name; set BURDENWATCH_HOSTS")
            await fault(refused)(scope, receive, shielded)
            return
        if self._inside >= self._crowd and scope["path"] not in ALWAYS:
            await fault(later(f"{self._inside} requests are being answered; send again", 1, 503))(
                scope, receive, shielded
            )
            return
        self._inside += 1
        try:
            await self._app(scope, receive, shielded)
        except Exception:  # the outermost place of a request: what it was is for the log, not for the sender
            _LOG.exception("%s %s failed", scope["method"], scope["path"])
            if begun:
                raise
            await fault(HttpFault(500, "the API failed at this; its log says more"))(scope, receive, shielded)
        finally:
            self._inside -= 1


def _host(scope: Scope) -> str:
    """The name that a request calls us by, without its port."""
    return re.sub(r":[0-9]+$", "", Headers(scope=scope).get("host", "")).lower()
