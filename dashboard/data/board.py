"""The shared board: one thread reads the store for everyone who looks, sessions only take what is there.

Flows in: a ``Source``, a clock, a ``Hub``. Flows out: pulses, surveys and sheets by (scope, place); a bump of the topic whenever one changed.
Entries that nobody asked for lately are dropped, so the store is read for watched places only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from operator import eq
from typing import Any, Final, Generic, TypeVar

import structlog

from dashboard.data.push import Hub
from dashboard.data.snapshot import Pulse, S, Source, Survey
from dashboard.place import Place
from streams.store import Scope

PULSE_S: Final = 2.0
"""A pulse is read again after this long even where no load moved: windows slide, data ages."""
SURVEY_S: Final = 4.0
"""A survey is read again no sooner than this after the last time ..."""
QUIET_S: Final = 30.0
"""... and after this long even where no load moved."""
WATCHED_S: Final = 30.0
"""An entry that no page asked for in this time is forgotten: open pages ask every 20 seconds at least."""
DUTY: Final = 2.0
"""An entry is read again no sooner than this many times what its last read took ..."""
REST_S: Final = 1.5
"""... but after this long at most: one slow read does not hold up the next news."""

Value = TypeVar("Value")
Key = tuple[Scope, Place]
log = structlog.get_logger()


@dataclass
class Entry(Generic[Value]):
    """One watched answer; ``failed`` says why the last read did not succeed ('' when it did)."""

    value: Value
    asked_s: float
    read_s: float
    cost_s: float
    mark: int
    """The source's mark before the read."""
    failed: str = ""


@dataclass(frozen=True)
class Answer(Generic[Value]):
    """What a page gets: the last good value, and what is wrong now ('' when nothing is)."""

    value: Value
    failed: str


class Board:
    """Pulses, surveys and sheets for everyone; thread-safe. Readers who may see the same share an answer, whoever they are."""

    def __init__(self, source: Source, hub: Hub, now_us: Callable[[], int]) -> None:
        self._source = source
        self._hub = hub
        self._now_us = now_us
        self._lock = threading.Lock()
        self._pulses: dict[Key, Entry[Pulse]] = {}
        self._surveys: dict[Key, Entry[Survey]] = {}
        self._sheets: dict[type[Any], dict[Key, Entry[Any]]] = {}

    def pulse(self, scope: Scope, place: Place) -> Answer[Pulse]:
        """What moves, at most two seconds old while the store answers. Raises what the first read raises."""
        plain = Place(area=place.area, unit=place.unit, at=place.at)
        return self._take(self._pulses, (_shared(scope), plain), self._source.pulse)

    def survey(self, scope: Scope, place: Place) -> Answer[Survey]:
        """What is ranked and drawn, a few seconds old at most. Raises what the first read raises."""
        plain = Place(
            area=place.area, days=place.days, tier=place.tier, unit=place.unit, range=place.range, at=place.at
        )
        return self._take(self._surveys, (_shared(scope), plain), self._source.survey)

    def sheet(self, kind: type[S], scope: Scope, place: Place) -> Answer[S]:
        """What a page beyond the situation shows, as old as a survey. Raises what the first read raises."""
        plain = replace(place, lang=Place.lang, by=Place.by, q="", note="", role="")
        entries = self._sheets.setdefault(kind, {})
        return self._take(entries, (_shared(scope), plain), partial(self._source.sheet, kind))

    def once(self, kind: type[S], scope: Scope, place: Place) -> S:
        """What somebody takes away: read now, whole, and not kept."""
        return self._source.sheet(kind, scope, place, place.instant(self._now_us()))

    def forget(self, kind: type[Any]) -> None:
        """What was read of one kind is read anew: the reader has just changed it."""
        with self._lock:
            self._sheets.pop(kind, None)

    def _take(
        self, entries: dict[Key, Entry[Value]], key: Key, read: Callable[[Scope, Place, int], Value]
    ) -> Answer[Value]:
        with self._lock:
            entry = entries.get(key)
            if entry is not None:
                entry.asked_s = time.monotonic()
                return Answer(entry.value, entry.failed)
        mark = self._source.mark()
        value = read(*key, key[1].instant(self._now_us()))
        done = time.monotonic()
        with self._lock:
            # The first read of an engine is cold and says nothing of the next.
            entries[key] = Entry(value, done, done, 0.0, mark)
        return Answer(value, "")

    def refresh_pulses(self) -> None:
        """Reads watched pulses again, those whose loads may have moved at once; bumps the topic when one changed."""
        pace = Pace(soonest_s=0.0, latest_s=PULSE_S)
        if self._renew(self._pulses, self._source.pulse, pace, lambda old, new: new.same_as(old)):
            self._hub.bump("pulse")

    def refresh_surveys(self) -> None:
        """The same for surveys, every few seconds: they cost more."""
        pace = Pace(soonest_s=SURVEY_S, latest_s=QUIET_S)
        moved = self._renew(self._surveys, self._source.survey, pace, _same_survey)
        for kind, entries in list(self._sheets.items()):
            moved |= self._renew(entries, partial(self._source.sheet, kind), pace, eq)
        if moved:
            self._hub.bump("survey")

    def _renew(
        self,
        entries: dict[Key, Entry[Value]],
        read: Callable[[Scope, Place, int], Value],
        pace: Pace,
        same: Callable[[Value, Value], bool],
    ) -> bool:
        """Whether any entry changed."""
        now = time.monotonic()
        with self._lock:
            for key in [key for key, entry in entries.items() if now - entry.asked_s > WATCHED_S]:
                del entries[key]
            watched = list(entries.items())
        if not watched:
            return False
        try:
            mark = self._source.mark()
        except Exception as error:  # the store may be restarting: keep the last figures and say how old they are
            return sum(_fail(entry, key, error) for key, entry in watched) > 0
        changed = False
        for key, entry in watched:
            if key[1].at and not entry.failed:
                continue  # of an instant: nothing that comes moves it
            if not pace.due(time.monotonic() - entry.read_s, entry, mark):
                continue
            began = time.monotonic()
            try:
                value = read(*key, key[1].instant(self._now_us()))
            except Exception as error:
                changed |= _fail(entry, key, error)
                continue
            changed |= bool(entry.failed) or not same(entry.value, value)
            done = time.monotonic()
            with self._lock:
                entry.value, entry.failed, entry.mark = value, "", mark
                entry.read_s, entry.cost_s = done, done - began
        return changed


@dataclass(frozen=True)
class Pace:
    """When an entry is read again: between ``soonest_s`` and ``latest_s`` after its last read, never beyond its duty."""

    soonest_s: float
    latest_s: float

    def due(self, since_s: float, entry: Entry[Value], mark: int) -> bool:
        """Whether an entry that was read ``since_s`` ago is to be read now that the source's mark is ``mark``."""
        moved = entry.mark != mark or bool(entry.failed)
        return since_s >= max(self.soonest_s if moved else self.latest_s, min(DUTY * entry.cost_s, REST_S))


def _shared(scope: Scope) -> Scope:
    """What a person may see, without who it is."""
    return replace(scope, who="")


def _fail(entry: Entry[Value], key: Key, error: Exception) -> bool:
    """Notes that an entry could not be read; whether that is news."""
    news = entry.failed == ""
    entry.failed = str(error) or type(error).__name__
    entry.read_s = time.monotonic()
    if news:
        log.warning("store not read", area=key[1].area, error=entry.failed.splitlines()[0])
    return news


def _same_survey(old: Survey, new: Survey) -> bool:
    """Series hold arrays, so the dataclasses cannot be compared as they are."""
    blank = replace(old, at_us=0, series=new.series) == replace(new, at_us=0)
    arrays = ((old.series.likely, new.series.likely), (old.series.count, new.series.count))
    return (
        blank
        and old.series.days == new.series.days
        and all(a.shape == b.shape and bool((a == b).all()) for a, b in arrays)
    )
