"""The read routes: load of a unit, its calendar, hotspots. Each question is asked with the Scope of the token.

Flows in: requests. Flows out: JSON and iCalendar. May touch: the store, through ``streams.store.reads``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from icalendar import Calendar
from icalendar import Event as CalendarEvent
from starlette.requests import Request
from starlette.responses import Response

from streams.desk.findings import explained, listed
from streams.desk.prechecking import checked, draft_of
from streams.events.characters import printable
from streams.intake.answers import HttpFault, body_of, json, token_of
from streams.intake.asking import Asker, Handler, scoped
from streams.intake.binding import EVENT_LIMIT
from streams.intake.tokens import Token, Tokens
from streams.ledger.lifecycle import horizon_us
from streams.ledger.metrics import Metric
from streams.registry.errors import RegistryError
from streams.store import Known, reads
from streams.store.beyond import known_to_door
from streams.store.health import newest_admitted
from streams.store.parts import PartState, part_states
from streams.store.scope import Scope
from streams.store.span import metric_span

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from streams.registry import Registry
    from streams.store.answers import DemandRow


LOAD_METRICS: Final = ("all.minutes.24h", "all.minutes.7d", "all.minutes.30d", "all.count.7d", "all.minutes.ahead7d")
"""What is told of a unit where no metric is asked for."""

METRICS_LIMIT: Final = 50
HOTSPOTS_LIMIT: Final = 1000
CALENDAR_AHEAD_DAYS: Final = 60
CALENDAR_LIMIT: Final = 500
PROBE_S: Final = 5.0
DOOR: Final = Scope("door", "operator")
"""In whose name the door asks whether it knows an identity."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Reads:
    """The read side of the API. ``connect`` makes a client of the store, which all worker threads share."""

    def __init__(self, connect: Callable[[], Client], registry: Registry, *, now_us: Callable[[], int]) -> None:
        self._registry, self._now_us = registry, now_us
        self._asker = Asker(connect, registry)

    def routes(self, tokens: Tokens) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each read route."""

        async def drafted(request: Request) -> Response:
            return await self.precheck(request, token_of(request, tokens))

        return [
            ("GET", "/v1/units/{code}/load", scoped(tokens, self.load)),
            ("GET", "/v1/units/{code}/calendar.ics", scoped(tokens, self.calendar)),
            ("GET", "/v1/findings", scoped(tokens, self.findings)),
            ("GET", "/v1/findings/{finding}", scoped(tokens, self.finding)),
            ("GET", "/v1/hotspots", scoped(tokens, self.hotspots)),
            ("POST", "/v1/precheck", drafted),
        ]

    def lookup(self, idents: Sequence[int]) -> list[Known]:
        """Which of these idents the store has already; for the door, not for people."""
        return known_to_door(self._asker.client(), DOOR, idents)

    async def is_ready(self) -> bool:
        """Whether the store answers a query."""
        return await self._asker.is_ready()

    async def parts(self) -> list[PartState]:
        """How each part is doing, by what it last completed. Raises HttpFault 503 while the store does not answer."""

        def read(client: Client, _scope: Scope, _registry: Registry) -> list[PartState]:
            return part_states(client, self._now_us())

        found: list[PartState] = await self._asker.ask(read, Scope("readyz", "operator"))
        return found

    async def load(self, request: Request, scope: Scope) -> Response:
        """GET /v1/units/CODE/load?metric=M,M&at=T: ``{"unit", "at", "load": {metric: value}}``."""
        code = request.path_params["code"]
        at_us = self._instant(request)
        metrics = [name for name in request.query_params.get("metric", "").split(",") if name] or list(LOAD_METRICS)
        if len(metrics) > METRICS_LIMIT:
            raise HttpFault(400, f"metric: {len(metrics)} metrics: at most {METRICS_LIMIT}; ask in parts")
        for metric in metrics:
            self._require_posted(metric, at_us)
        found = await self._asker.ask(reads.unit_load, scope, code, metrics, at_us)
        covered = await self._asker.ask(_covered, scope, code, at_us)
        return json({"unit": code, "at": _iso(at_us), "load": found, "coverage": covered})

    async def hotspots(self, request: Request, scope: Scope) -> Response:
        """GET /v1/hotspots?tier=T&metric=M&area=A&limit=N&at=T: the most loaded units, most first."""
        asked = request.query_params
        at_us = self._instant(request)
        tier, metric, area = (
            asked.get("tier", "township"),
            asked.get("metric", "all.minutes.30d"),
            asked.get("area", ""),
        )
        limit = _count(asked.get("limit", "20"), HOTSPOTS_LIMIT)
        self._require_posted(metric, at_us)
        found = await self._asker.ask(reads.hotspots_at, scope, tier, metric, at_us, area=area, n=limit)
        rows = [{"unit": hot.code, "name": self._name(hot.code), "value": hot.value} for hot in found]
        return json({"tier": tier, "metric": metric, "area": area, "at": _iso(at_us), "hotspots": rows})

    async def calendar(self, request: Request, scope: Scope) -> Response:
        """GET /v1/units/CODE/calendar.ics: what the next weeks will demand of the unit, for any calendar program."""
        code = request.path_params["code"]
        at_us = self._instant(request)
        until_us = at_us + CALENDAR_AHEAD_DAYS * 86_400_000_000
        found = await self._asker.ask(reads.upcoming_demands, scope, code, at_us, until_us, n=CALENDAR_LIMIT, unit=True)
        body = feed(code, self._name(code), found, at_us)
        return Response(body, media_type="text/calendar; charset=utf-8")

    async def findings(self, request: Request, scope: Scope) -> Response:
        """GET /v1/findings?area=A&phase=P&rule=R&limit=N: the latest change first; phase all, pending, firing (default), resolved."""
        asked = request.query_params
        phase, area = asked.get("phase", "firing"), asked.get("area", "")
        if phase not in ("all", "pending", "firing", "resolved"):
            raise HttpFault(400, f"phase: {phase[:32]!r}: must be all, pending, firing or resolved; correct it")
        limit = _count(asked.get("limit", "100"), HOTSPOTS_LIMIT)
        found = await self._asker.ask(
            listed, scope, area, "" if phase == "all" else phase, asked.get("rule", ""), limit
        )
        return json({"area": area, "phase": phase, "findings": found})

    async def finding(self, request: Request, scope: Scope) -> Response:
        """GET /v1/findings/ID: one finding with its explanation and its timeline."""
        return json(await self._asker.ask(explained, scope, request.path_params["finding"]))

    async def precheck(self, request: Request, token: Token) -> Response:
        """POST /v1/precheck: what a draft would do if this token's issuer sent it. Nothing is stored."""
        now_us = self._now_us()
        body = await body_of(request, EVENT_LIMIT)
        try:
            draft = draft_of(body, now_us)
        except ValueError as error:
            raise HttpFault(400, str(error)) from None
        if not token.speaks_for(draft.data.issuer):
            raise HttpFault(
                403, f"issuer: {draft.data.issuer!r}: {token.name} may not speak for it; check your own drafts"
            )

        def read(client: Client, scope: Scope, registry: Registry) -> dict[str, Any]:
            return checked(client, scope, registry, draft, now_us)

        own = token.scope()  # knows no patterns: that the token speaks for this issuer was just asked
        return json(await self._asker.ask(read, replace(own, issuers=(*own.issuers, draft.data.issuer))))

    def _require_posted(self, metric: str, at_us: int) -> None:
        """Raises HttpFault 400 for an instant beyond which standing demands are not posted yet: its load would silently be too low."""
        bound_us = horizon_us(self._now_us())
        try:
            last_us = metric_span(Metric.parse(metric), at_us).last_us
        except ValueError:  # told by the read itself, in its own words
            return
        if last_us > bound_us:
            rule = f"{metric[:40]} then needs what comes after {_iso(bound_us)}, up to which standing demands are known"
            raise HttpFault(400, f"at: {_iso(at_us)!r}: {rule}; ask for an earlier instant")

    def _name(self, code: str) -> str:
        try:
            return self._registry.name_of(code)
        except RegistryError:
            return ""

    def _instant(self, request: Request) -> int:
        text = request.query_params.get("at", "")
        if not text:
            return self._now_us()
        try:
            return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)
        except (ValueError, TypeError, OverflowError):  # no time, a time without offset, a time out of all bounds
            rule = "must be an instant with offset; write 2026-03-03T15:00:00+08:00 (in a URL + is %2B)"
            raise HttpFault(400, f"at: {text[:64]!r}: {rule}") from None


def _covered(client: Client, scope: Scope, registry: Registry, code: str, at_us: int) -> dict[str, Any]:
    """Whether a load of 0 says anything: whether any demand reached the unit in the 30 days before, and how old the newest event is."""
    tier, _ = registry.rank_of(code)
    reach = reads.coverage(client, scope, registry, at_us, tier=registry.tier_name(tier), area=code)
    newest_us = newest_admitted(client, at_us)
    return {"reached_30d": reach.reached > 0, "newest_event_at": _iso(newest_us) if newest_us else None}


def feed(code: str, name: str, rows: list[DemandRow], at_us: int) -> bytes:
    """The iCalendar text of what is coming: one entry for each occurrence, its end the deadline where there is one."""
    calendar = Calendar()
    calendar.add("prodid", "-//burdenwatch//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{name or code} 待办负担")
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    for row in rows:
        entry = CalendarEvent()
        entry.add("uid", f"{row.key}-{row.start_us}@burdenwatch")
        entry.add("dtstamp", _moment(at_us))
        entry.add("dtstart", _moment(row.start_us))
        end_us = row.deadline_us if row.deadline_us is not None and row.deadline_us > row.start_us else None
        entry.add("dtend", _moment(end_us if end_us is not None else row.start_us + max(row.likely, 15) * 60_000_000))
        entry.add("summary", printable(f"{row.title or row.doc_no or row.id} ({row.issuer})"))
        entry.add("description", printable(f"{row.doc_no}\n{row.likely} min ({row.low}-{row.high})".strip()))
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _count(text: str, limit: int) -> int:
    if not text.isdecimal() or len(text) > len(str(limit)) or not 1 <= int(text) <= limit:
        raise HttpFault(400, f"limit: {text[:20]!r}: must be a number from 1 to {limit}")
    return int(text)


def _moment(time_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=time_us)


def _iso(time_us: int) -> str:
    return _moment(time_us).isoformat().replace("+00:00", "Z")
