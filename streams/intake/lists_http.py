"""Lists over HTTP: what there is and which rules lack one; a new version from a file or as JSON, checked or added.

Flows in: requests with their tokens. Flows out: JSON, rows of lists. May touch: the store, through a user that may write that table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from streams.desk.findings import rulebook
from streams.desk.listing import listed, read_for, tree_for
from streams.intake.answers import JSON, HttpFault, body_of, json
from streams.intake.asking import Asker, Handler, scoped
from streams.intake.tokens import Tokens
from streams.rules.facts import day_of
from streams.rules.list_files import GIVEN, Reading
from streams.rules.needs import rules_that_need
from streams.store.lists import list_headers
from streams.store.scope import OutOfScope, Scope

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from streams.registry import Registry

BODY_LIMIT: Final = 32 * 1024 * 1024
FAULTS_SHOWN: Final = 100


class ListRoutes:
    """The routes. ``reader`` makes a client that reads; ``writer`` one that may write lists, None where there is none."""

    def __init__(
        self,
        reader: Callable[[], Client],
        registry: Registry,
        *,
        now_us: Callable[[], int],
        writer: Callable[[], Client] | None = None,
    ) -> None:
        self._registry, self._now_us = registry, now_us
        self._reads = Asker(reader, registry)
        self._writes = Asker(writer, registry) if writer else None

    def routes(self, tokens: Tokens) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each route."""

        found = [("GET", "/v1/lists", scoped(tokens, self.lists))]
        return [*found, ("POST", "/v1/lists", scoped(tokens, self.add))] if self._writes else found

    async def lists(self, _request: Request, scope: Scope) -> Response:
        """GET /v1/lists: every version with validity and source, and the rules that judge by lists; the same for everybody."""

        def read(client: Client, _scope: Scope, _registry: Registry) -> dict[str, Any]:
            headers = list_headers(client)
            today = day_of(self._now_us())
            there = {one.kind for one in headers if one.holds_on(today)}
            rules = [
                {"rule": rule, "needs": sorted(kinds), "has": bool(kinds & there)}
                for rule, kinds in rules_that_need(rulebook()).items()
            ]
            days = ({"from_day": str(one.from_day), "to_day": str(one.to_day)} for one in headers)
            return {"lists": [one._asdict() | more for one, more in zip(headers, days, strict=True)], "rules": rules}

        return json(await self._reads.ask(read, scope))

    async def add(self, request: Request, scope: Scope) -> Response:
        """POST /v1/lists: one version, whole or not at all: 201, or 400 with every fault. ``?check=true`` adds nothing: 200."""
        content, query = await body_of(request, BODY_LIMIT), request.query_params
        given = {name: query[name] for name in GIVEN if name in query}
        reading = await run_in_threadpool(self._understood, scope, content, query.get("file", ""), given)
        told: dict[str, Any] = {"rows": len(reading.rows), "notices": list(reading.notices)}
        if reading.version_read is None:
            faults = [str(one) for one in reading.faults[:FAULTS_SHOWN]]
            more = len(reading.faults) - 1
            error = f"{reading.faults[0]}{f' (and {more} more)' if more else ''}"
            return json(told | {"error": error, "faults": faults}, 400)
        if query.get("check") == "true":
            return json(told | {"list": reading.version_read.model_dump(mode="json", by_alias=True, exclude_none=True)})
        if self._writes is None:
            raise HttpFault(403, "lists: this installation takes none over HTTP; ask its operator")
        header = await self._writes.ask(self._added, scope, reading)
        days = {"from_day": str(header["from_day"]), "to_day": str(header["to_day"])}
        return json(told | {"added": header | days}, 201)

    def _understood(self, scope: Scope, content: bytes, file: str, given: dict[str, str]) -> Reading:
        try:
            if file:
                return read_for(scope, self._registry, content, file, given)
            return tree_for(scope, self._registry, msgspec.json.decode(content))
        except OutOfScope as error:
            raise HttpFault(403, str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise HttpFault(400, f"body: {error}; send {JSON}, or name the file (?file=plan.xlsx&kind=plan)") from None

    def _added(self, client: Client, scope: Scope, registry: Registry, reading: Reading) -> dict[str, Any]:
        return listed(client, scope, registry, reading.version(), self._now_us())._asdict()
