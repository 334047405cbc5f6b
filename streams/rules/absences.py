"""What should have come and did not: the tables ``outcomes`` (R01), ``standing`` (R15, R16), ``feeds`` (R24) and ``cases`` (R23).

Pure. Flows in: facts and ``now_us``. Flows out: polars frames. Absence is judged by working time: a holiday is no silence.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import polars as pl

from streams.calendars.periods import DAY_US
from streams.demands import FOREVER_US
from streams.events.data import us
from streams.rules.columns import Row, bare, common, frame, idle_days, of_issuer, working_minutes
from streams.rules.facts import Facts, Feed, Issuance, workdays_since
from streams.rules.spans import span_us, starts_between

ALIKE: Final = 0.8
"""Agendas with more in common than this are one."""
GAPS_FROM: Final = 20
"""A feed is judged from so many gaps on."""


def outcomes_table(facts: Facts, now_us: int) -> pl.DataFrame:
    """The table ``outcomes``: meetings that ended by ``now_us``, a series with those of its occurrences that did; merged ones are left out."""
    rows: list[Row] = []
    series: dict[str, _Series] = {}
    filing = {one.event.source for one in facts.of_kind("meeting") if one.name in facts.concluded}
    meetings = [one for one in facts.of_kind("meeting") if one.data.merged_into is None]
    ended = [(ends[0], len(ends), one) for one in meetings if (ends := _ends_us(one, now_us))]
    for end, times, one in sorted(ended, key=lambda it: (it[0], it[2].name)):
        outcome = facts.concluded.get(one.name)
        if outcome is not None and outcome.at_us > now_us:
            outcome = None
        decided = outcome is not None and outcome.decisions > 0
        agenda = frozenset(one.data.agenda)
        earlier = series.setdefault(one.data.issuer, _Series())
        undecided = 0 if decided else earlier.undecided(agenda) + times - 1
        earlier.add(agenda, decided)
        unknown = outcome is None and one.event.source not in filing
        rows.append(
            common(one)
            | {
                "class": one.data.meeting_class,
                "occurrences": times,
                "workdays_since_end": workdays_since(facts.calendar, end, now_us),
                "has_outcome": None if unknown else outcome is not None,
                "decisions": None if unknown else 0 if outcome is None else outcome.decisions,
                "undecided_like": undecided,
            }
        )
    return frame("outcomes", rows)


def _ends_us(one: Issuance, now_us: int) -> list[int]:
    """When the occurrences of a meeting ended as planned, those that have; their beginning where no end is known."""
    start, end = span_us(one.data)
    if start is None:
        return []
    length = 0 if end is None or end < start else end - start
    if not one.data.recurrence:
        return [start + length] if start + length <= now_us else []
    return [at + length for at in starts_between(one, start, now_us - length)]


class _Series:
    """The meetings of one issuer: how many of one agenda, in a row and latest last, came to no decision. Agendas alike by much are one."""

    def __init__(self) -> None:
        self._in_a_row: dict[frozenset[str], int] = {}
        self._with: dict[str, set[frozenset[str]]] = {}

    def _alike(self, agenda: frozenset[str]) -> list[frozenset[str]]:
        found = {other for point in agenda for other in self._with.get(point, ())}
        return [other for other in found if len(agenda & other) > ALIKE * len(agenda | other)]

    def undecided(self, agenda: frozenset[str]) -> int:
        """How many earlier meetings in a row with nearly this agenda came to no decision."""
        return sum(self._in_a_row[other] for other in self._alike(agenda))

    def add(self, agenda: frozenset[str], decided: bool) -> None:
        """One more meeting; a decision ends the row of all agendas that are nearly its own."""
        if not agenda:
            return
        if decided:
            for other in self._alike(agenda):
                self._in_a_row[other] = 0
        if agenda not in self._in_a_row:
            for point in agenda:
                self._with.setdefault(point, set()).add(agenda)
        self._in_a_row[agenda] = 0 if decided else self._in_a_row.get(agenda, 0) + 1


def standing_table(facts: Facts, now_us: int) -> pl.DataFrame:
    """The table ``standing``: secondments, groups and apps that have begun and not ended by ``now_us``."""
    rows: list[Row] = []
    for one in facts.of_kind("secondment", "group", "app"):
        start = one.at_us if one.data.starts_us is None else one.data.starts_us
        if start > now_us or (one.ended_us is not None and one.ended_us <= now_us):
            continue
        planned = getattr(one.data, "planned_end_at", None) or one.data.ends_at
        end = FOREVER_US if planned is None else us(planned)
        rows.append(
            common(one)
            | {
                "age_days": None if one.data.starts_us is None else (min(now_us, end) - start) // DAY_US,
                "idle_days": idle_days(one, now_us),
                "extension_n": getattr(one.data, "extension_n", None),
                "overdue_days": max(0, now_us - end) // DAY_US,
            }
        )
    return frame("standing", rows)


def feeds_of(facts: Facts) -> tuple[Feed, ...]:
    """The feeds as the demands themselves show them, by source."""
    times: dict[str, list[int]] = {}
    areas: dict[str, str] = {}
    for one in facts.issued:
        times.setdefault(one.event.source, []).append(one.at_us)
        areas[one.event.source] = one.area
    return tuple(Feed(source, tuple(sorted(found)), areas[source]) for source, found in sorted(times.items()))


def feeds_table(facts: Facts, now_us: int) -> pl.DataFrame:
    """The table ``feeds``: how long each source has been silent, against its usual gaps; sources with few gaps are left out."""
    rows: list[Row] = []
    for feed in facts.feeds or feeds_of(facts):
        times = [at_us for at_us in feed.times_us if at_us <= now_us]
        gaps = [working_minutes(facts.calendar, a, b) or 0 for a, b in zip(times, times[1:], strict=False)]
        quiet = working_minutes(facts.calendar, times[-1], now_us) if times else None
        if len(gaps) < GAPS_FROM or quiet is None:
            continue
        mean = sum(gaps) / len(gaps)
        spread = max(sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps)), 1.0)
        rows.append(
            bare(f"feed:{feed.source}", now_us, feed.area)
            | {
                "quiet_working_minutes": quiet,
                "mean_gap_minutes": mean,
                "longest_gap_minutes": max(gaps),
                "deviations": (quiet - mean) / spread,
            }
        )
    return frame("feeds", rows)


def cases_table(facts: Facts, now_us: int) -> pl.DataFrame:
    """The table ``cases``: cases that wait for an explanation or a decision at ``now_us``."""
    rows: list[Row] = []
    for case in facts.cases:
        if case.since_us > now_us or (case.done_us is not None and case.done_us <= now_us):
            continue
        found = of_issuer(case.issuer, facts.registry)
        rows.append(
            bare(f"case:{case.id}", now_us, found.get("area", ""))
            | found
            | {
                "issuer": case.issuer,
                "period": case.stage,
                "stage": case.stage,
                "workdays_open": workdays_since(facts.calendar, case.since_us, now_us),
            }
        )
    return frame("cases", rows)
