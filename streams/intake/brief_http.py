"""The brief over HTTP: asked with the Scope of the token, answered as a file.

Flows in: requests. Flows out: DOCX, PDF, XLSX. May touch: the store, through ``streams.brief``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import Response

from streams.brief import FORMATS, wish_of, written
from streams.intake.answers import HttpFault
from streams.intake.asking import Asker, Handler, scoped
from streams.intake.tokens import Tokens
from streams.store.scope import Scope

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from streams.registry import Registry

SORTS: Final = ("area", "issuer", "unit")


class Briefs:
    """The route. ``connect`` makes a client that may read."""

    def __init__(self, connect: Callable[[], Client], registry: Registry, *, now_us: Callable[[], int]) -> None:
        self._asker = Asker(connect, registry)
        self._now_us = now_us

    def routes(self, tokens: Tokens) -> list[tuple[str, str, Handler]]:
        """Method, path and handler."""

        return [("GET", "/v1/brief", scoped(tokens, self.brief))]

    async def brief(self, request: Request, scope: Scope) -> Response:
        """GET /v1/brief?area=|issuer=|unit=CODE&period=week|month&until=DAY&format=docx|pdf|xlsx&lang=zh|en."""
        asked, now_us = request.query_params, self._now_us()
        named = [sort for sort in SORTS if sort in asked]
        if len(named) != 1:
            raise HttpFault(400, "area, issuer, unit: exactly one of them must be named (area= is the whole country)")
        form, language = asked.get("format", "pdf"), asked.get("lang", "zh")
        if form not in FORMATS or language not in ("zh", "en"):
            raise HttpFault(
                400,
                f"format: {form[:16]!r}, lang: {language[:16]!r}: must be docx, pdf or xlsx, and zh or en; correct them",
            )
        try:
            wish = wish_of(named[0], asked[named[0]], asked.get("period", "week"), asked.get("until", ""), now_us)
        except ValueError as error:
            raise HttpFault(400, str(error)) from None
        body = await self._asker.ask(written, scope, wish, now_us, form, language)
        return Response(body, media_type=FORMATS[form].media)
