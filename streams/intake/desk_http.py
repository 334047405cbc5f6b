"""The desk over HTTP: acts on cases, silences, what was sent to whom. Who did it is the name of the token.

Flows in: requests with their tokens. Flows out: JSON, and rows of acts and silences. May touch: the store, through a user that may write
those two tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from streams.calendars import Calendar
from streams.desk.acting import ActWish, SilenceWish, acted, cased, packed, silenced
from streams.intake.answers import HttpFault, body_of, json
from streams.intake.asking import Asker, Handler, scoped
from streams.intake.tokens import Tokens
from streams.store.alerting import sent_in, silences_in
from streams.store.scope import Scope

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from streams.registry import Registry

BODY_LIMIT: Final = 64 * 1024
FORMATS: Final = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class Desk:
    """The routes. ``connect`` makes a client that may read findings and write acts and silences."""

    def __init__(self, connect: Callable[[], Client], registry: Registry, *, now_us: Callable[[], int]) -> None:
        self._asker = Asker(connect, registry)
        self._now_us = now_us
        self._calendar = Calendar.load()

    def client(self) -> Client:
        """The client of its questions, which may write."""
        return self._asker.client()

    def routes(self, tokens: Tokens) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each route."""

        return [
            ("GET", "/v1/findings/{finding}/case", scoped(tokens, self.case)),
            ("GET", "/v1/findings/{finding}/pack", scoped(tokens, self.pack)),
            ("POST", "/v1/findings/{finding}/acts", scoped(tokens, self.act)),
            ("GET", "/v1/notifications", scoped(tokens, self.notifications)),
            ("GET", "/v1/silences", scoped(tokens, self.silences)),
            ("POST", "/v1/silences", scoped(tokens, self.silence)),
        ]

    async def case(self, request: Request, scope: Scope) -> Response:
        """GET /v1/findings/ID/case: how the case stands, its acts, what was sent about it."""

        def read(client: Client, scope: Scope, registry: Registry, finding: str) -> dict[str, Any]:
            return cased(client, scope, registry, self._calendar, finding)

        return json(await self._asker.ask(read, scope, request.path_params["finding"]))

    async def pack(self, request: Request, scope: Scope) -> Response:
        """GET /v1/findings/ID/pack?format=html|docx&lang=zh|en: everything about a finding, to be printed."""
        form, language = request.query_params.get("format", "html"), request.query_params.get("lang", "zh")
        if form not in FORMATS or language not in ("zh", "en"):
            raise HttpFault(
                400, f"format: {form[:16]!r}, lang: {language[:16]!r}: must be html or docx, and zh or en; correct them"
            )
        body = await self._asker.ask(
            packed, scope, self._calendar, request.path_params["finding"], self._now_us(), form, language
        )
        return Response(body, media_type=FORMATS[form])

    async def act(self, request: Request, scope: Scope) -> Response:
        """POST /v1/findings/ID/acts: one act; 409 when the case does not allow it (any more)."""
        wish = _wish(await body_of(request, BODY_LIMIT), ActWish)
        finding = request.path_params["finding"]
        try:
            return json(await self._asker.ask(acted, scope, self._calendar, finding, wish, self._now_us()))
        except HttpFault as fault:
            if fault.status == 400 and fault.error.startswith(("verb:", "n:")):
                raise HttpFault(409, fault.error) from None
            raise

    async def notifications(self, _request: Request, scope: Scope) -> Response:
        """GET /v1/notifications: what was sent to bodies of the scope, newest first, with every attempt."""

        def read(client: Client, scope: Scope, _registry: Registry) -> list[dict[str, Any]]:
            return sent_in(client, scope, n=500)

        return json({"notifications": await self._asker.ask(read, scope)})

    async def silences(self, _request: Request, scope: Scope) -> Response:
        """GET /v1/silences: every silence ever made whose area the scope covers, expired ones too."""

        def read(client: Client, scope: Scope, _registry: Registry) -> list[dict[str, Any]]:
            return [asdict(one) for one in silences_in(client, scope)]

        return json({"silences": await self._asker.ask(read, scope)})

    async def silence(self, request: Request, scope: Scope) -> Response:
        """POST /v1/silences: nothing is told of what matches until it ends; a replaced one stays on record."""
        wish = _wish(await body_of(request, BODY_LIMIT), SilenceWish)
        return json(asdict(await self._asker.ask(silenced, scope, wish, self._now_us())), 201)


def _wish(body: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise HttpFault(400, f"body: {error}; see /openapi.json") from None
