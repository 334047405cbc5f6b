"""What a rule test says: events at times, lists in force, and the findings that must stand at other times.

Pure. Flows in: mappings read from YAML. Flows out: frozen ``Timeline`` values and the events that they hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from pydantic import AwareDatetime, Field

from streams.events import Event, decode
from streams.events.data import us
from streams.rules.facts import Case, IssuerWarning, Lists
from streams.rules.pack import Duration, Layer, Strict
from streams.rules.recorded import FIELDS

SOURCE: Final = "//test"


class Repeat(Strict):
    """The same event several times: ``n`` in all, ``every`` so often; ids ID-1, ID-2 ... and every instant of it moves along."""

    n: Annotated[int, Field(ge=1, le=1_000)]
    every: Duration


class Told(Strict):
    """One event. ``source`` is ``//test`` unless given; a title is made up where none matters."""

    id: Annotated[str, Field(min_length=1)]
    at: AwareDatetime
    kind: str
    verb: str = "issued"
    source: str = SOURCE
    data: dict[str, Any]
    repeat: Repeat | None = None


class Numbered(Strict):
    """A plan or cap."""

    issuer: str
    what: str
    year: int
    number: int


class Warned(Strict):
    """A warning that an issuer was given."""

    issuer: str
    at: AwareDatetime
    what: str = "all"


class Waiting(Strict):
    """A case that waits."""

    id: str
    issuer: str
    stage: Literal["explain", "decide"]
    since: AwareDatetime
    done: AwareDatetime | None = None


class Known(Strict):
    """What no event says: lists in force, plans, warnings, cases."""

    duty: dict[str, dict[str, str]] = {}
    approved: dict[str, int] = {}
    held: dict[str, tuple[str, ...]] = {}
    plans: tuple[Numbered, ...] = ()
    caps: tuple[Numbered, ...] = ()
    warnings: tuple[Warned, ...] = ()
    cases: tuple[Waiting, ...] = ()
    recorded: Annotated[
        tuple[str, ...],
        Field(description="columns of the table events that every source of the story is known to record"),
    ] = ()

    def records(self, sources: Iterable[str]) -> dict[str, frozenset[str]]:
        """What each source of the story records."""
        named = frozenset(f"{kind}.{column}" for column in self.recorded for kind in FIELDS[column][0])
        return dict.fromkeys(sources, named)

    def lists(self) -> Lists:
        """The lists as the rules read them."""
        plans, caps = (
            {(one.issuer, one.what, one.year): one.number for one in side} for side in (self.plans, self.caps)
        )
        return Lists(duty=self.duty, approved=self.approved, held=self.held, plans=plans, caps=caps)

    def warned(self) -> tuple[IssuerWarning, ...]:
        """The warnings as the rules read them."""
        return tuple(IssuerWarning(one.issuer, us(one.at), one.what) for one in self.warnings)

    def waiting(self) -> tuple[Case, ...]:
        """The cases as the rules read them."""
        return tuple(
            Case(one.id, one.issuer, one.stage, us(one.since), None if one.done is None else us(one.done))
            for one in self.cases
        )


class Expected(Strict):
    """A finding that must stand. ``subject``: an event's id, or ``unit:CODE``, ``issuer:CODE``, ``feed:SOURCE``, ``case:ID``."""

    rule: str
    subject: str
    state: Literal["pending", "firing"] = "firing"
    value: float | None = None
    limit: float | None = None
    layer: Layer | None = None


class Spared(Strict):
    """A rule that would hold for a subject but for an exemption."""

    rule: str
    subject: str
    exemption: str


class Look(Strict):
    """A moment at which the rules look: exactly these findings stand, and at least these exemptions apply."""

    at: AwareDatetime
    findings: tuple[Expected, ...] = ()
    exempt: tuple[Spared, ...] = ()


class Story(Strict):
    """One case: what happens, and what must be found. Facts are looked at only where ``layers`` names them."""

    name: Annotated[str, Field(min_length=1)]
    rules: Annotated[tuple[str, ...], Field(description="beginnings of rule ids; default all rules")] = ()
    layers: tuple[Layer, ...] = ("notice", "breach")
    known: Known = Known()
    events: tuple[Told, ...] = ()
    expect: Annotated[tuple[Look, ...], Field(min_length=1)]


class Timeline(Strict):
    """One test file."""

    version: Literal[1]
    kind: Literal["rule-test"]
    name: str
    cases: Annotated[tuple[Story, ...], Field(min_length=1)]


def events_of(story: Story) -> tuple[Event, ...]:
    """The story's events, decoded as from outside. Raises Refused for one that is not good."""
    return tuple(decode(body) for told in story.events for body in _bodies(told))


def _bodies(told: Told) -> list[bytes]:
    if told.repeat is None:
        return [_body(told, told.id, timedelta(0))]
    step = timedelta(microseconds=told.repeat.every)
    return [_body(told, f"{told.id}-{n + 1}", n * step) for n in range(told.repeat.n)]


def _body(told: Told, id: str, later: timedelta) -> bytes:
    data = {name: _moved(value, later) for name, value in told.data.items()}
    if told.verb == "issued":
        data = {"title": f"测试 {told.id}"} | data
    kind = "correction.applied" if told.kind == "correction" else f"{told.kind}.{told.verb}"
    head = {"specversion": "1.0", "id": id, "source": told.source, "type": f"burden.{kind}.v1"}
    return msgspec.json.encode(head | {"time": (told.at + later).isoformat(), "data": data})


def _moved(value: Any, later: timedelta) -> Any:
    """Instants moved along; YAML gives them as datetimes or as text."""
    if isinstance(value, datetime):
        return (value + later).isoformat()
    return value
