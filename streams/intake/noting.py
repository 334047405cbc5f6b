"""Who asked the API for what: each read, file, act, check and refusal is written down, as the dashboard's are.

Flows in: a route's handler. Flows out: the same handler, and deeds. A program asks the same again and again: the same view by the same
token is written down once an hour.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from streams.intake.answers import Denied, HttpFault, token_of
from streams.intake.asking import Handler
from streams.intake.tokens import Tokens
from streams.store.audit import Audited, Deed

HOUR_US: Final = 3_600_000_000
REMEMBERED: Final = 10_000
FORBIDDEN: Final = 403
DEEDS: Final[dict[tuple[str, str], Deed]] = {
    ("GET", "/v1/findings/{finding}/pack"): "export",
    ("GET", "/v1/brief"): "export",
    ("POST", "/v1/findings/{finding}/acts"): "act",
    ("POST", "/v1/silences"): "act",
    ("POST", "/v1/precheck"): "check",
    ("POST", "/v1/lists"): "act",
}
"""What is no mere view."""


class Noting:
    """Wraps routes. ``note`` takes a deed and returns at once."""

    def __init__(self, note: Callable[[Audited], None], tokens: Tokens, *, now_us: Callable[[], int]) -> None:
        self._note, self._tokens, self._now_us = note, tokens, now_us
        self._seen: OrderedDict[tuple[str, str, int], None] = OrderedDict()
        self._lock = threading.Lock()

    def wrapped(self, method: str, path: str, handler: Handler) -> Handler:
        """The handler, what it does noted after it answered."""
        deed = DEEDS.get((method, path), "view")

        async def noted(request: Request) -> Response:
            try:
                answer = await handler(request)
            except HttpFault as found:
                if found.status == FORBIDDEN or isinstance(found, Denied):
                    self._write("denied", request, found.error)
                raise
            if answer.status_code < 400:
                self._write(deed, request, "")
            return answer

        return noted

    def _write(self, deed: Deed, request: Request, why: str) -> None:
        token, at_us = token_of(request, self._tokens), self._now_us()
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if deed == "view" and self._is_known((token.name, asked, at_us // HOUR_US)):
            return
        area = (
            request.path_params.get("code")
            or request.query_params.get("area")
            or request.query_params.get("unit")
            or ""
        )
        detail = f"{request.method} {asked[:400]}" + (f": {why[:200]}" if why else "")
        self._note(Audited(at_us, token.name, token.role, deed, "api", area[:40], detail))

    def _is_known(self, view: tuple[str, str, int]) -> bool:
        with self._lock:
            known = view in self._seen
            self._seen[view] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
            return known
