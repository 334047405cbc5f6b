"""Every route of the API, found in the application itself, for tokens of every kind: none, unknown, ended, a stranger's of each role.

What is another's and what is not there get the same status and the same body; a route without a case here fails the first test.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, cast

import pytest
from clickhouse_connect.driver.client import Client
from pypdf import PdfReader
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from streams.desk.auditing import AuditLog
from streams.intake.brief_http import Briefs
from streams.intake.broker import Broker
from streams.intake.desk_http import Desk
from streams.intake.http import Parts, build
from streams.intake.lists_http import ListRoutes
from streams.intake.reads_http import Reads
from streams.intake.tokens import Token, Tokens
from streams.registry import Registry
from streams.store import Scope, schema
from streams.store.audit import audited
from tests.store.strangers import (
    INSIDE,
    NOON_US,
    NOWHERE,
    OURS,
    SECRETS,
    STRANGERS,
    Things,
    fill,
    told_secrets,
    without,
)

pytestmark = pytest.mark.store
OPEN: Final = {"/healthz", "/readyz", "/metrics", "/openapi.json"}
"""Routes that need no token: they tell nobody anything."""


class Ask(NamedTuple):
    """One request; ``body`` is sent as JSON."""

    path: str
    params: dict[str, str] = {}
    body: Any = None


def _event(things: Things, verb: str, source: str, **data: Any) -> dict[str, Any]:
    at = datetime.fromtimestamp(NOON_US // 1_000_000, UTC).isoformat()
    head = {
        "specversion": "1.0",
        "id": f"x-{things.demand}",
        "source": source,
        "time": at,
        "type": f"burden.request.{verb}.v1",
    }
    return head | {"data": data}


def requests_of(route: str, things: Things) -> list[Ask]:
    """What is asked of a route about some things: every parameter that names one."""
    ref = {"source": "//oa.example.cn/office", "id": things.demand}
    reach = {"areas": ["43"], "tiers": ["township"]}
    draft = {"type": "burden.request.issued.v1", "data": {"issuer": things.issuer, "title": "表", "reach": reach}}
    cases = {
        "POST /v1/events": [
            Ask("/v1/events", {}, _event(things, "withdrawn", "//stranger/office", withdraws=ref)),
            Ask("/v1/events", {"compare": "true"}, _event(things, "withdrawn", "//oa.example.cn/office", withdraws=ref)),
        ],
        "GET /v1/units/{code}/load": [Ask(f"/v1/units/{things.unit}/load"), Ask(f"/v1/units/{things.area}/load")],
        "GET /v1/units/{code}/calendar.ics": [Ask(f"/v1/units/{things.unit}/calendar.ics")],
        "GET /v1/findings": [
            Ask("/v1/findings", {"area": things.area, "phase": "all"}), Ask("/v1/findings", {"area": things.unit}),
            Ask("/v1/findings", {"rule": "R11"}),
        ],
        "GET /v1/findings/{finding}": [Ask(f"/v1/findings/{things.finding}")],
        "GET /v1/findings/{finding}/case": [Ask(f"/v1/findings/{things.finding}/case")],
        "GET /v1/findings/{finding}/pack": [
            Ask(f"/v1/findings/{things.finding}/pack", {"format": form, "lang": lang}) for form in ("html", "docx") for lang in ("zh", "en")
        ],
        "POST /v1/findings/{finding}/acts": [
            Ask(f"/v1/findings/{things.finding}/acts", {}, {"verb": verb, "note": "x"}) for verb in ("note", "appeal", "decide")
        ],
        "GET /v1/hotspots": [Ask("/v1/hotspots", {"area": things.area, "tier": tier}) for tier in ("township", "village")],
        "POST /v1/precheck": [Ask("/v1/precheck", {}, draft)],
        "GET /v1/notifications": [Ask("/v1/notifications")],
        "GET /v1/silences": [Ask("/v1/silences")],
        "POST /v1/silences": [
            Ask("/v1/silences", {}, {"why": "abc", "until_us": NOON_US + 10**9, "finding": things.finding}),
            Ask("/v1/silences", {}, {"why": "abc", "until_us": NOON_US + 10**9, "area": things.area}),
        ],
        "GET /v1/lists": [Ask("/v1/lists")],
        "POST /v1/lists": [
            Ask("/v1/lists", {}, {
                "version": 1, "kind": "list", "list": "cap", "name": "总量", "source": "文件", "from": "2026-01-01", "area": things.area,
                "rows": [{"item": "meeting", "issuer": things.issuer, "number": 1}],
            }),
        ],
        "GET /v1/brief": [
            Ask("/v1/brief", {sort: getattr(things, sort), "format": form})
            for sort in ("area", "unit", "issuer") for form in ("docx", "pdf", "xlsx")
        ],
    }  # fmt: skip
    return cases[route]


class Log:
    """A broker that has every record at once; what it was given is kept."""

    waiting = 0

    def __init__(self) -> None:
        self.records: list[Any] = []

    def start(self) -> None:
        """There is nothing to start."""

    close = start

    def is_stuck(self) -> bool:
        return False

    async def is_ready(self) -> bool:
        return True

    async def append(self, records: list[Any]) -> None:
        self.records += records


def _token(scope: Scope, **more: Any) -> Token:
    hashed = hashlib.sha256(f"{scope.who} token".encode()).hexdigest()
    sources = ("//stranger/office", "//oa.example.cn/*")
    return Token(scope.who, hashed, scope.issuers, sources, scope.areas, scope.role, **more)


class World(NamedTuple):
    """The application, a client of it, what its broker was given."""

    app: Starlette
    door: TestClient
    log: Log
    audit: AuditLog


@pytest.fixture(scope="module")
def world(migrated: Client, registry: Registry) -> Iterator[World]:
    for name, definition in schema.tables(migrated).items():
        if definition.startswith("CREATE TABLE"):
            migrated.command(f"TRUNCATE TABLE {name}")
    fill(migrated, registry)
    log = Log()
    tokens = Tokens(
        (*map(_token, STRANGERS), _token(INSIDE), _token(replace(INSIDE, who="ended"), expires="2026-03-02")),
        now_us=lambda: NOON_US,
    )

    def reader() -> Client:
        return migrated

    audit = AuditLog(reader)
    reads = Reads(reader, registry, now_us=lambda: NOON_US)
    app = build(
        Parts(
            cast(Broker, log),
            tokens,
            registry,
            reads=reads,
            desk=Desk(reader, registry, now_us=lambda: NOON_US),
            lists=ListRoutes(reader, registry, now_us=lambda: NOON_US, writer=reader),
            briefs=Briefs(reader, registry, now_us=lambda: NOON_US),
            audit=audit,
            lookup=reads.lookup,
        )
    )
    with TestClient(app, raise_server_exceptions=False) as door:
        yield World(app, door, log, audit)


def routes_of(app: Starlette) -> set[str]:
    """Method and path of every route that takes a token."""
    found = [(method, one.path) for one in app.routes if isinstance(one, Route) for method in one.methods or ()]
    return {f"{method} {path}" for method, path in found if method != "HEAD" and path not in OPEN}


def asked(door: TestClient, route: str, one: Ask, who: str) -> tuple[int, str]:
    """Status and body in words: of files what stands in them."""
    headers = {"Authorization": f"Bearer {who} token"} if who else {}
    if one.body is not None:
        headers["Content-Type"] = "application/cloudevents+json" if one.path == "/v1/events" else "application/json"
    content = json.dumps(one.body, ensure_ascii=False).encode() if one.body is not None else None
    answer = door.request(route.partition(" ")[0], one.path, params=one.params, headers=headers, content=content)
    return answer.status_code, _words(answer.content)


def _words(body: bytes) -> str:
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if body.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return body.decode()


ROUTES: Final = (
    "GET /v1/brief", "GET /v1/findings", "GET /v1/findings/{finding}", "GET /v1/findings/{finding}/case", "GET /v1/findings/{finding}/pack",
    "GET /v1/hotspots", "GET /v1/notifications", "GET /v1/silences", "GET /v1/units/{code}/calendar.ics", "GET /v1/units/{code}/load",
    "POST /v1/events", "POST /v1/findings/{finding}/acts", "POST /v1/lists", "POST /v1/precheck",
    "POST /v1/silences", "GET /v1/lists",
)  # fmt: skip
OWN_LISTS: Final = {"GET /v1/lists", "GET /v1/notifications", "GET /v1/silences", "GET /v1/findings"}
"""Lists of what is the asker's own: 200 with nothing in it, where nothing is."""


def test_every_route_has_a_case(world: World) -> None:
    assert routes_of(world.app) == set(ROUTES)
    open_ones = {one.path for one in world.app.routes if isinstance(one, Route)} & OPEN
    for path in sorted(open_ones):
        answer = world.door.get(path)
        assert [one for one in SECRETS if one in answer.text] == [] or path == "/openapi.json", path


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("who", ["", "unknown", "ended"])
def test_without_a_token_that_holds_everything_is_401(world: World, route: str, who: str) -> None:
    answers = {asked(world.door, route, one, who) for things in (OURS, NOWHERE) for one in requests_of(route, things)}
    assert {status for status, _ in answers} == {401}
    assert len(answers) == 1


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_learns_nothing_by_a_route(world: World, route: str) -> None:
    for scope in STRANGERS:
        for one, other in zip(requests_of(route, OURS), requests_of(route, NOWHERE), strict=True):
            theirs, nothing = asked(world.door, route, one, scope.who), asked(world.door, route, other, scope.who)
            assert (theirs[0], without(theirs[1], OURS)) == (nothing[0], without(nothing[1], NOWHERE)), (scope.who, one)
            assert theirs[0] in ((200, 403, 404) if route in OWN_LISTS else (403, 404)), (scope.who, one, theirs)
            assert told_secrets(theirs[1], OURS if one != other else NOWHERE) == [], (scope.who, one)
    assert world.log.records == []


def test_insiders_get_what_strangers_are_refused(world: World) -> None:
    for route in ROUTES:
        if route.startswith("GET") and route != "GET /v1/lists":  # the same for everybody
            for one in requests_of(route, OURS):
                if one.params != {"rule": "R11"} and one.params.get("tier") != "village":  # no village was reached
                    status, text = asked(world.door, route, one, INSIDE.who)
                    assert status == 200, (one, text[:200])
                    assert any(secret in text for secret in (*SECRETS, OURS.area)), one


DEEDS: Final = {
    "GET /v1/brief": "export", "GET /v1/findings/{finding}/pack": "export", "POST /v1/precheck": "check",
    "POST /v1/findings/{finding}/acts": "act", "POST /v1/silences": "act",
}  # fmt: skip
"""What is no view."""


def test_every_answer_about_people_is_written_down(world: World, migrated: Client) -> None:
    """Who was answered and who was refused, by which address; the same view of the same reader once an hour."""
    operator = Scope("op", "operator", ("",))
    while world.audit.write():
        pass
    migrated.command("TRUNCATE TABLE audit")
    for route in set(ROUTES) - {"POST /v1/events"}:
        for who in (INSIDE.who, STRANGERS[1].who):
            one = requests_of(route, OURS)[0]
            statuses = [asked(world.door, route, one, who)[0] for _ in range(2)]
            while world.audit.write():
                pass
            rows = [
                row
                for row in audited(migrated, operator, who=who)
                if re.split(r"\?|: ", row.detail)[0] == f"{route.split()[0]} {one.path}"
            ]
            deed = DEEDS.get(route, "view")
            if statuses[0] >= 400:
                assert {row.deed for row in rows} == ({"denied"} if statuses[0] in (403, 404) else set()), (
                    route,
                    who,
                    statuses,
                )
            elif deed == "view":
                assert {row.deed for row in rows} <= {"view"}, (route, who)
            else:
                assert sum(row.deed == deed for row in rows) >= sum(status < 400 for status in statuses), (route, who)
    assert {row.page for row in audited(migrated, operator)} == {"api"}
