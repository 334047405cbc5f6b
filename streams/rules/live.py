"""All demands that anything can still be judged about, as they stand now: built from the log, moved on event by event, let go in time.

Pure, no clock. Flows in: states of demands, ``now_us``. Flows out: what changed, and ``Facts``. Held: what was issued since the first day of
last year (quotas compare two years) and whatever still stands; a demand keeps no body, the store has it. Nothing is cut off by a number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from streams.calendars import Calendar
from streams.calendars.periods import DAY_US, period_bounds
from streams.demands import DemandState
from streams.events import Event
from streams.registry import Registry
from streams.rules.facts import (
    Case,
    Concluded,
    Facts,
    Feed,
    Issuance,
    IssuerWarning,
    Lists,
    concluded_of,
    in_order,
    name_of,
    rectified,
    view_of,
)
from streams.rules.recorded import Recorded
from streams.rules.truth import EndReason

FEED_TIMES: Final = 1_000
"""Times of a source that its usual gaps are taken from: the latest."""
STANDING_KINDS: Final = ("app", "group", "checkin", "secondment", "pilot", "target")
"""Kinds that go on until they are ended."""


def held_since_us(now_us: int) -> int:
    """What was issued before this is let go once it no longer stands: the first day of last year, Shanghai."""
    return period_bounds("year", period_bounds("year", now_us)[0] - DAY_US)[0]


class Changed(NamedTuple):
    """What some events changed: demands to judge anew, and subjects that are gone, with why."""

    views: list[Issuance]
    gone: dict[str, EndReason]


@dataclass
class LiveDemands:
    """One for each judge. Mutable; owned by one caller, who takes ``facts`` of it before another thread looks."""

    registry: Registry
    calendar: Calendar
    _views: dict[str, Issuance] = field(default_factory=dict)
    _said: dict[str, DemandState] = field(default_factory=dict)
    """States of the demands that something was said about."""
    _corrections: dict[str, Event] = field(default_factory=dict)
    _feeds: dict[str, deque[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._views)

    def hear(self, events: Iterable[Event]) -> None:
        """Note when sources were heard of, and upheld appeals. Each event once."""
        for event in events:
            self._feeds.setdefault(event.source, deque(maxlen=FEED_TIMES)).append(event.time_us)
            if event.verb == "corrected":
                self._corrections[name_of(event.source, event.id)] = event

    def put(self, states: Iterable[DemandState], now_us: int) -> Changed:
        """Take over the states of demands as they are now; what the registry does not know is left out."""
        changed = Changed([], {})
        for state in states:
            slim = _slim(state)
            view = view_of(slim, self.registry)
            if view is None:
                self._views.pop(name_of(state.issued.source, state.issued.id), None)
                continue
            name = view.name
            self._views[name] = view
            if state.amended_us is not None or state.cutoff_us is not None or state.is_void or state.outcomes:
                self._said[name] = slim
            reason = state.gone(now_us)
            if reason:
                changed.gone[f"event:{name}"] = reason
            else:
                changed.views.append(view)
        return changed

    def expire(self, now_us: int) -> int:
        """Let go of what is too old and no longer stands; how many."""
        since_us = held_since_us(now_us)
        old = [
            name for name, view in self._views.items() if view.at_us < since_us and not self._stands(name, view, now_us)
        ]
        for name in old:
            del self._views[name]
            self._said.pop(name, None)
        return len(old)

    def _stands(self, name: str, view: Issuance, now_us: int) -> bool:
        state = self._said.get(name)
        return not (state is not None and state.gone(now_us)) and is_standing(view) and view.is_living(now_us)

    def views(self) -> list[Issuance]:
        """All demands that are held, in no order."""
        return list(self._views.values())

    def view(self, name: str) -> Issuance | None:
        """A demand by SOURCE#ID; None when it is not held."""
        return self._views.get(name)

    def why_gone(self, name: str, now_us: int) -> EndReason:
        """Why a demand no longer stands; '' while it does, or when it is not held."""
        state = self._said.get(name)
        return state.gone(now_us) if state is not None else ""

    def facts(
        self,
        now_us: int,
        lists: Lists,
        recorded: Recorded,
        *,
        cases: Sequence[Case] = (),
        warnings: Sequence[IssuerWarning] = (),
    ) -> Facts:
        """Everything that the rules look at, at an instant."""
        issued: list[Issuance] = []
        withdrawn: list[Issuance] = []
        concluded: dict[str, Concluded] = {}
        warned = list(warnings)
        for name, view in self._views.items():
            state = self._said.get(name)
            if state is None:
                issued.append(view)
                continue
            (withdrawn if state.gone(now_us) in ("withdrawn", "corrected") else issued).append(view)
            warned += [found] if (found := rectified(state, view)) is not None else []
            if (outcome := concluded_of(state)) is not None:
                concluded[name] = outcome
        return Facts(
            issued=in_order(issued),
            registry=self.registry,
            calendar=self.calendar,
            withdrawn=in_order(withdrawn),
            corrections=tuple(sorted(self._corrections.values(), key=lambda event: (event.time_us, event.id))),
            concluded=concluded,
            lists=lists,
            feeds=tuple(Feed(source, tuple(sorted(times))) for source, times in sorted(self._feeds.items())),
            cases=tuple(cases),
            warnings=tuple(warned),
            recorded=recorded,
        )


def is_standing(view: Issuance) -> bool:
    """Whether a demand goes on until it is ended."""
    return bool(view.data.recurrence) or view.event.kind in STANDING_KINDS


@lru_cache(maxsize=65_536)
def _same(value: Any) -> Any:
    """The first of equal values: thousands of demands reach the same areas and ask the same elements."""
    return value


def _shared(data: Any) -> Any:
    """An issued event's data that shares with others what is equal."""
    parts = {"reach": _same(data.reach), "issuer": _same(data.issuer)}
    if items := getattr(data, "items", None):
        parts["items"] = _same(tuple(_same(one) for one in items))
    return msgspec.structs.replace(data, **parts)


def _slim(state: DemandState) -> DemandState:
    """The same without the body, which the store has, and sharing with others what is equal."""
    said = state.issued
    data = _shared(state.data)
    issued = msgspec.structs.replace(
        said,
        body=b"",
        data=data if said.data is state.data else _shared(said.data),
        source=_same(said.source),
        type=_same(said.type),
        issuer=data.issuer if said.issuer == data.issuer else said.issuer,
        title=data.title if said.title == data.title else said.title,
    )
    return DemandState(
        issued, data, state.amended_us, state.withdrawn_us, state.withdrawn_why, state.ended_us, state.corrected_us,
        state.is_void, state.effort, outcomes=state.outcomes,
    )  # fmt: skip
