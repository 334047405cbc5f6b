"""The desk over HTTP: acts on cases, silences, what was sent to whom. Who did it is the name of the token.

Flows in: requests with their tokens. Flows out: JSON, and rows of acts and silences. May touch: the store, through a user that may write
those two tables.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import uuid4

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from streams.alerts.cases import Act, Case, WrongAct, case_of, done
from streams.alerts.evidence import Language, document
from streams.alerts.model import Silence
from streams.alerts.printing import docx, html
from streams.calendars import Calendar
from streams.intake.answers import HttpFault, body_of, json, token_of
from streams.intake.asking import Asker
from streams.intake.findings_http import explained
from streams.intake.tokens import Tokens
from streams.store.alerting import insert_silence, load_silences, sent_in
from streams.store.casework import acts_of, insert_act, precedents
from streams.store.findings import finding_history
from streams.store.scope import OutOfScope, Scope

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from streams.registry import Registry

Handler = Callable[[Request], Awaitable[Response]]
BODY_LIMIT: Final = 64 * 1024
MAX_SILENCE_US: Final = 92 * 86_400_000_000
"""A silence ends by itself within a quarter: whoever wants longer says so again."""
FORMATS: Final = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
OVERSIGHT: Final = frozenset({"supervisor", "leadership", "operator"})
OWN: Final = frozenset({"explain", "appeal", "note"})
"""What those whom a finding is about may do; nobody decides a matter of his own."""

Text = Annotated[str, Meta(max_length=2_000)]


class ActWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an act. ``n``: the number that it shall have; 0 takes the next."""

    verb: str
    note: Text = ""
    owner: Annotated[str, Meta(max_length=200)] = ""
    ground: str = ""
    verdict: str = ""
    n: Annotated[int, Meta(ge=0)] = 0


class SilenceWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a silence. Instants are microseconds UTC; ``from_us`` 0 is now."""

    why: Annotated[str, Meta(min_length=3, max_length=2_000)]
    until_us: int
    from_us: Annotated[int, Meta(ge=0)] = 0
    rule: Annotated[str, Meta(max_length=60)] = ""
    area: Annotated[str, Meta(pattern=r"^[0-9]{0,12}$")] = ""
    issuer: Annotated[str, Meta(max_length=60)] = ""
    finding: Annotated[str, Meta(pattern=r"^[0-9a-f]{0,32}$")] = ""
    replaces: Annotated[str, Meta(max_length=64)] = ""


class Desk:
    """The routes. ``connect`` makes a client that may read findings and write acts and silences."""

    def __init__(self, connect: Callable[[], Client], registry: Registry, *, now_us: Callable[[], int]) -> None:
        self._asker = Asker(connect, registry)
        self._now_us = now_us
        self._calendar = Calendar.load()

    def routes(self, tokens: Tokens) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each route."""

        def scoped(handler: Callable[[Request, Scope], Awaitable[Response]]) -> Handler:
            async def asked(request: Request) -> Response:
                return await handler(request, token_of(request, tokens).scope())

            return asked

        return [
            ("GET", "/v1/findings/{finding}/case", scoped(self.case)),
            ("GET", "/v1/findings/{finding}/pack", scoped(self.pack)),
            ("POST", "/v1/findings/{finding}/acts", scoped(self.act)),
            ("GET", "/v1/notifications", scoped(self.notifications)),
            ("GET", "/v1/silences", scoped(self.silences)),
            ("POST", "/v1/silences", scoped(self.silence)),
        ]

    async def case(self, request: Request, scope: Scope) -> Response:
        """GET /v1/findings/ID/case: how the case stands, its acts, what was sent about it."""

        def read(client: Client, scope: Scope, _registry: Registry, finding: str) -> dict[str, Any]:
            _asked(client, scope, finding)
            acts = acts_of(client, finding)
            sent = sent_in(client, scope, finding=finding)
            return told(case_of(finding, acts, self._calendar), acts) | {"notifications": sent}

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
            return [asdict(one) for one in load_silences(client) if scope.covers(one.area)]

        return json({"silences": await self._asker.ask(read, scope)})

    async def silence(self, request: Request, scope: Scope) -> Response:
        """POST /v1/silences: nothing is told of what matches until it ends; a replaced one stays on record."""
        wish = _wish(await body_of(request, BODY_LIMIT), SilenceWish)
        return json(asdict(await self._asker.ask(silenced, scope, wish, self._now_us())), 201)


def acted(
    client: Client, scope: Scope, _registry: Registry, calendar: Calendar, finding: str, wish: ActWish, now_us: int
) -> dict[str, Any]:
    """One act done: the case afterwards. Raises OutOfScope, WrongAct, ValueError."""
    one = _asked(client, scope, finding)
    if scope.role not in OVERSIGHT and wish.verb not in OWN:
        raise OutOfScope(
            f"role: {scope.role!r} of {scope.who}: {wish.verb} is for supervising bodies; possible: {', '.join(sorted(OWN))}"
        )
    acts = acts_of(client, finding)
    case = case_of(finding, acts, calendar)
    act = Act(
        finding, wish.n or case.acts + 1, wish.verb, scope.who, now_us,  # type: ignore[arg-type]
        wish.note, wish.owner, wish.ground, wish.verdict,  # type: ignore[arg-type]
    )  # fmt: skip
    done(case, act, calendar)
    insert_act(client, act, one.transition.rule)
    acts = acts_of(client, finding)
    if len(acts) < act.n or acts[act.n - 1] != act:
        raise WrongAct(f"n: {act.n}: somebody acted at the same time; look again, then act")
    return told(case_of(finding, acts, calendar), acts)


def packed(
    client: Client,
    scope: Scope,
    registry: Registry,
    calendar: Calendar,
    finding: str,
    now_us: int,
    form: str,
    language: Language,
) -> bytes:
    """The evidence pack of a finding as bytes. Raises OutOfScope, ValueError."""
    found = explained(client, scope, registry, finding)
    acts = acts_of(client, finding)
    case = told(case_of(finding, acts, calendar), acts) | {"notifications": sent_in(client, scope, finding=finding)}
    like = [one for one in precedents(client, scope, found["rule"]) if one["finding"] != finding]
    made = document(found, case, like, now_us, language)
    return html(made) if form == "html" else docx(made)


def silenced(client: Client, scope: Scope, registry: Registry, wish: SilenceWish, now_us: int) -> Silence:
    """One silence made. Raises OutOfScope, ValueError."""
    if scope.role not in OVERSIGHT:
        raise OutOfScope(f"role: {scope.role!r} of {scope.who}: silences are made by supervising bodies")
    scope.require_area(wish.area)
    if wish.area:
        registry.name_of(wish.area)
    if not (wish.rule or wish.area or wish.issuer or wish.finding):
        raise ValueError("rule: '': a silence of everything is none; name a rule, an area, an issuer or a finding")
    start = max(wish.from_us, now_us)
    if not start < wish.until_us <= start + MAX_SILENCE_US:
        raise ValueError(f"until_us: {wish.until_us}: must lie after the begin and within 92 days of it; correct it")
    one = Silence(
        uuid4().hex, scope.who, wish.why, now_us, start, wish.until_us, wish.rule, wish.area, wish.issuer, wish.finding, wish.replaces
    )  # fmt: skip
    insert_silence(client, one)
    return one


def told(case: Case, acts: list[Act]) -> dict[str, Any]:
    """A case as plain values."""
    plain = asdict(case) | {"due": case.due.isoformat() if case.due else None}
    return {"case": plain, "acts": [asdict(one) for one in acts]}


def _asked(client: Client, scope: Scope, finding: str) -> Any:
    history = finding_history(client, scope, finding)
    if not history:
        raise ValueError(f"finding: {finding[:64]!r}: no such finding; take an id from /v1/findings")
    return history[-1]


def _wish(body: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise HttpFault(400, f"body: {error}; see /openapi.json") from None
