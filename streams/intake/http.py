"""The HTTP API: events in, load out.

Flows in: requests. Flows out: records of ``burden.events`` through ``Door``; answers of scoped reads. May touch: the
broker and the store, through what it is given. Contract: section 4.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from streams.config.clock import now_us
from streams.desk.auditing import AuditLog
from streams.intake.answers import HttpFault, body_of, fault, json, later, token_of
from streams.intake.asking import Handler
from streams.intake.binding import EVENT_LIMIT
from streams.intake.brief_http import Briefs
from streams.intake.broker import Broker, Unavailable
from streams.intake.desk_http import Desk
from streams.intake.door import Door, Lookup
from streams.intake.formats import BadBody, WrongType, events_in
from streams.intake.lists_http import ListRoutes
from streams.intake.metrics import Metrics
from streams.intake.noting import Noting
from streams.intake.openapi import document
from streams.intake.rate import Rate
from streams.intake.reads_http import Reads
from streams.intake.room import Room
from streams.intake.shield import ANY, Shield
from streams.intake.tokens import Tokens

if TYPE_CHECKING:
    from streams.registry import Registry
    from streams.store.parts import PartState

BODY_LIMIT: Final = 10 * 1024 * 1024
"""The longest request body, in bytes."""

BATCH_LIMIT: Final = 20_000
"""The most events of one request."""

REFUSED_COST: Final = 2
"""A refused event counts three times, as much as it costs (docs/benchmarks.md): who sends garbage is slowed, and told so by 429."""

AUDIT_S: Final = 5.0
"""How long the end waits for the last deeds to be written down."""


@dataclass(frozen=True)
class Parts:
    """What the API is made of. ``reads``, ``desk``, ``briefs``, ``audit``, ``lists`` and ``registry`` may be missing: an ingest-only door."""

    broker: Broker
    tokens: Tokens
    registry: Registry | None = None
    reads: Reads | None = None
    desk: Desk | None = None
    briefs: Briefs | None = None
    audit: AuditLog | None = None
    lists: ListRoutes | None = None
    lookup: Lookup | None = None
    rate: float = 5000.0
    burst: int = 50_000
    hosts: tuple[str, ...] = (ANY,)
    crowd: int = 500
    room: Room = field(default_factory=lambda: Room(None))
    metrics: Metrics = field(default_factory=Metrics)
    clock: Callable[[], float] = time.monotonic


class _Api:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._metrics = parts.metrics
        self._rate = Rate(parts.rate, parts.burst)
        self._begun = parts.clock()
        self._door = Door(parts.broker, parts.metrics, registry=parts.registry, lookup=parts.lookup, clock=parts.clock)

    async def events(self, request: Request) -> Response:
        """POST /v1/events. With ``?compare=true`` duplicates of what the store has are counted and conflicts refused at once."""
        token = token_of(request, self._parts.tokens)
        lacking = self._parts.room.lacking()
        if lacking:
            raise later(f"{lacking}; send the same events again", 10, 503)
        body = await body_of(request, BODY_LIMIT)
        try:
            raws = events_in(request.headers, body)
        except WrongType as error:
            raise HttpFault(415, str(error)) from None
        except BadBody as error:
            raise HttpFault(400, str(error)) from None
        if len(raws) == 1 and len(raws[0]) > EVENT_LIMIT:
            raise HttpFault(413, f"body: an event has at most {EVENT_LIMIT} bytes; send attachments by reference")
        if len(raws) > BATCH_LIMIT:
            raise HttpFault(413, f"body: {len(raws)} events: at most {BATCH_LIMIT} at once; send smaller batches")
        wait = self._rate.wait_s(token.name, len(raws), self._parts.clock())
        if wait:
            raise later(f"{len(raws)} events: more than {token.name} may send now; wait and send again", wait, 429)
        try:
            answer, forbidden = await self._door.take(
                raws, token, compare=request.query_params.get("compare") == "true"
            )
        except Unavailable as error:
            raise later(f"kafka: {error}; send the same events again", error.retry_after_s, 503) from None
        self._rate.charge(token.name, REFUSED_COST * len(answer.refused))
        refused = 403 if forbidden else 400
        return json(answer, refused if answer.refused and not answer.accepted else 202)

    async def healthz(self, _request: Request) -> Response:
        """GET /healthz: 200 while work moves. Says nothing about the broker: a restart of this process would not mend that."""
        if self._parts.broker.is_stuck():
            raise HttpFault(503, f"{self._parts.broker.waiting} events wait and none moves; start this process again")
        return json({"status": "ok", "waiting": self._parts.broker.waiting})

    async def readyz(self, _request: Request) -> Response:
        """GET /readyz: 200 when events can be taken and kept and a worker takes them; how every part is doing stands in the body."""
        missing = [] if await self._parts.broker.is_ready() else ["kafka: does not answer yet"]
        missing += filter(None, [self._parts.room.lacking()])
        parts: list[PartState] = []
        if self._parts.reads is not None:
            if await self._parts.reads.is_ready():
                parts = await self._parts.reads.parts()
            else:
                missing.append("store: does not answer yet")
        missing += [_standing_still(part) for part in parts if part.part == "worker" and self._stands(part)]
        if missing:
            raise later("; ".join(missing), 1, 503)
        told = [
            {"part": part.part, "name": part.name, "condition": part.condition}
            | {"age_s": part.age_s if part.at_us else None, "bound_s": part.bound_s, "waiting": part.waiting}
            for part in parts
        ]
        return json({"status": "ready", "parts": told})

    def _stands(self, part: PartState) -> bool:
        """Whether a worker takes nothing; one that has not reported yet is given the time that it needs to start."""
        if part.condition == "never":
            return self._parts.clock() - self._begun > part.bound_s
        return not part.is_ok

    async def metrics(self, _request: Request) -> Response:
        """GET /metrics."""
        self._metrics.waiting.set(self._parts.broker.waiting)
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def openapi(self, _request: Request) -> Response:
        """GET /openapi.json."""
        return json(document())

    def counted(self, route: str, handler: Handler) -> Handler:
        """The handler with its faults turned into answers, and every answer counted and timed."""

        async def answered(request: Request) -> Response:
            begin = self._parts.clock()
            try:
                answer = await handler(request)
            except HttpFault as found:
                answer = fault(found)
            except ClientDisconnect:
                answer = fault(HttpFault(400, "body: the sender went away; send again"))
            self._metrics.seconds.labels(route).observe(self._parts.clock() - begin)
            self._metrics.requests.labels(route, str(answer.status_code)).inc()
            return answer

        return answered


def build(parts: Parts) -> Starlette:
    """The application; its start and end are those of the broker's producer. Raises nothing: a broker that is down is a 503."""
    api = _Api(parts)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        parts.broker.start()
        ended = threading.Event()
        audit = threading.Thread(target=parts.audit.run, args=(ended,), name="audit") if parts.audit else None
        if audit is not None:
            audit.start()
        yield
        ended.set()
        if audit is not None:
            await asyncio.to_thread(audit.join, AUDIT_S)
        parts.broker.close()

    routes: list[tuple[str, str, Handler]] = [
        ("POST", "/v1/events", api.events),
        ("GET", "/healthz", api.healthz),
        ("GET", "/readyz", api.readyz),
        ("GET", "/metrics", api.metrics),
        ("GET", "/openapi.json", api.openapi),
    ]
    noting = Noting(parts.audit.note, parts.tokens, now_us=now_us) if parts.audit is not None else None
    rooms: tuple[Reads | Desk | Briefs | ListRoutes | None, ...] = (parts.reads, parts.desk, parts.briefs, parts.lists)
    for method, path, handler in (route for room in rooms if room for route in room.routes(parts.tokens)):
        routes.append((method, path, noting.wrapped(method, path, handler) if noting else handler))
    return Starlette(
        routes=[Route(path, api.counted(path, handler), methods=[method]) for method, path, handler in routes],
        lifespan=lifespan,
        middleware=[Middleware(Shield, hosts=parts.hosts, crowd=parts.crowd)],
        exception_handlers={404: _not_found, 405: _not_found},
    )


def _standing_still(part: PartState) -> str:
    since = f"for {part.age_s} s" if part.at_us else "since it started"
    if part.condition == "still":
        return f"worker {part.name}: {part.waiting} records wait and none is taken; events are kept"
    return f"worker {part.name}: has said nothing {since}; events are kept"


async def _not_found(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    headers = dict(getattr(error, "headers", None) or {})  # Allow, where the path is there and the method is not
    said = "not for this path" if status == 405 else "no such route"
    return fault(
        HttpFault(status, f"{request.method} {request.url.path[:200]}: {said}; /openapi.json lists them", headers)
    )
