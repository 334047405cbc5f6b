"""The shared board: one thread reads the store for everyone who looks, sessions only take what is there.

Flows in: a ``Source``, a clock, a ``Hub``. Flows out: pulses and surveys by (scope, place); a bump of the topic whenever one changed.
Entries that nobody asked for lately are dropped, so the store is read for watched places only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

import structlog

from dashboard.place import Place
from dashboard.push import Hub
from dashboard.snapshot import Pulse, Source, Survey
from streams.store import Scope

PULSE_S: Final = 1.0
SURVEY_S: Final = 5.0
WATCHED_S: Final = 90.0
"""An entry that no page asked for in this time is forgotten."""
DUTY: Final = 4.0
"""An entry is read again no sooner than this many times what its last read took."""

Value = TypeVar("Value", Pulse, Survey)
Key = tuple[Scope, Place]
log = structlog.get_logger()


@dataclass
class Entry(Generic[Value]):
    """One watched answer; ``failed`` says why the last read did not succeed ('' when it did)."""

    value: Value
    asked_s: float
    read_s: float
    cost_s: float
    failed: str = ""


@dataclass(frozen=True)
class Answer(Generic[Value]):
    """What a page gets: the last good value, and what is wrong now ('' when nothing is)."""

    value: Value
    failed: str


class Board:
    """Pulses and surveys for everyone; thread-safe."""

    def __init__(self, source: Source, hub: Hub, now_us: Callable[[], int]) -> None:
        self._source = source
        self._hub = hub
        self._now_us = now_us
        self._lock = threading.Lock()
        self._pulses: dict[Key, Entry[Pulse]] = {}
        self._surveys: dict[Key, Entry[Survey]] = {}

    def pulse(self, scope: Scope, place: Place) -> Answer[Pulse]:
        """What moves, at most a second old while the store answers. Raises what the first read raises."""
        plain = Place(area=place.area, unit=place.unit)
        return self._take(self._pulses, (scope, plain), self._source.pulse)

    def survey(self, scope: Scope, place: Place) -> Answer[Survey]:
        """What is ranked and drawn, a few seconds old at most. Raises what the first read raises."""
        plain = Place(area=place.area, days=place.days, tier=place.tier)
        return self._take(self._surveys, (scope, plain), self._source.survey)

    def _take(
        self, entries: dict[Key, Entry[Value]], key: Key, read: Callable[[Scope, Place, int], Value]
    ) -> Answer[Value]:
        with self._lock:
            entry = entries.get(key)
            if entry is not None:
                entry.asked_s = time.monotonic()
                return Answer(entry.value, entry.failed)
        began = time.monotonic()
        value = read(*key, self._now_us())
        done = time.monotonic()
        with self._lock:
            entries[key] = Entry(value, done, done, done - began)
        return Answer(value, "")

    def refresh_pulses(self) -> None:
        """Reads the watched pulses again, drops what nobody watches, bumps the topic when one changed."""
        if self._renew(self._pulses, self._source.pulse, PULSE_S, lambda old, new: new.same_as(old)):
            self._hub.bump("pulse")

    def refresh_surveys(self) -> None:
        """The same for surveys, every few seconds: they cost more."""
        if self._renew(self._surveys, self._source.survey, SURVEY_S, _same_survey):
            self._hub.bump("survey")

    def _renew(
        self,
        entries: dict[Key, Entry[Value]],
        read: Callable[[Scope, Place, int], Value],
        every_s: float,
        same: Callable[[Value, Value], bool],
    ) -> bool:
        """Whether any entry changed."""
        now = time.monotonic()
        with self._lock:
            for key in [key for key, entry in entries.items() if now - entry.asked_s > WATCHED_S]:
                del entries[key]
            due = [(k, e) for k, e in entries.items() if now - e.read_s >= max(every_s * 0.9, DUTY * e.cost_s)]
        changed = False
        for key, entry in due:
            began = time.monotonic()
            try:
                value = read(*key, self._now_us())
            except Exception as error:  # the store may be restarting: keep the last figures and say how old they are
                changed |= entry.failed == ""
                entry.failed = str(error) or type(error).__name__
                entry.read_s = time.monotonic()
                log.warning("store not read", area=key[1].area, error=entry.failed.splitlines()[0])
                continue
            changed |= bool(entry.failed) or not same(entry.value, value)
            done = time.monotonic()
            with self._lock:
                entry.value, entry.failed, entry.read_s, entry.cost_s = value, "", done, done - began
        return changed


def _same_survey(old: Survey, new: Survey) -> bool:
    """Series hold arrays, so the dataclasses cannot be compared as they are."""
    blank = replace(old, at_us=0, series=new.series) == replace(new, at_us=0)
    arrays = ((old.series.likely, new.series.likely), (old.series.count, new.series.count))
    return (
        blank
        and old.series.days == new.series.days
        and all(a.shape == b.shape and bool((a == b).all()) for a, b in arrays)
    )
