"""What should have come and did not: the tables ``outcomes`` (R01), ``standing`` (R15, R16), ``feeds`` (R24) and ``cases`` (R23).

Pure. Flows in: facts and ``now_us``. Flows out: polars frames. Absence is judged by working time: a holiday is no silence.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import polars as pl

from streams.calendars.periods import DAY_US
from streams.events.data import us
from streams.rules.columns import Row, bare, common, frame, idle_days, of_issuer, span_us, working_minutes
from streams.rules.facts import Facts, Feed, Issuance, workdays_since
from streams.rules.overlaps import FOREVER_US

ALIKE: Final = 0.8
"""Agendas with more in common than this are one."""
GAPS_FROM: Final = 20
"""A feed is judged from so many gaps on."""


def outcomes_table(facts: Facts, now_us: int) -> pl.DataFrame:
    """The table ``outcomes``: meetings that ended by ``now_us``; recurring ones and merged ones are left out."""
    rows: list[Row] = []
    series: dict[str, list[tuple[frozenset[str], bool]]] = {}
    ended = [(end, one) for one in facts.of_kind("meeting") if (end := _end_us(one)) <= now_us and _single(one)]
    for end, one in sorted(ended, key=lambda it: (it[0], it[1].name)):
        outcome = facts.concluded.get(one.name)
        if outcome is not None and outcome.at_us > now_us:
            outcome = None
        decided = outcome is not None and outcome.decisions > 0
        agenda = frozenset(one.data.agenda)
        earlier = series.setdefault(one.data.issuer, [])
        undecided = 0 if decided else _undecided(agenda, earlier)
        earlier.append((agenda, decided))
        rows.append(
            common(one)
            | {
                "class": one.data.meeting_class,
                "workdays_since_end": workdays_since(facts.calendar, end, now_us),
                "has_outcome": outcome is not None,
                "decisions": 0 if outcome is None else outcome.decisions,
                "undecided_like": undecided,
            }
        )
    return frame("outcomes", rows)


def _single(one: Issuance) -> bool:
    return not one.data.recurrence and one.data.merged_into is None


def _end_us(one: Issuance) -> int:
    """When a meeting ended as planned; its beginning where no end is known."""
    start, end = span_us(one.data)
    return end or start or FOREVER_US


def _undecided(agenda: frozenset[str], earlier: list[tuple[frozenset[str], bool]]) -> int:
    """How many earlier meetings in a row with nearly this agenda came to no decision."""
    found = 0
    for other, decided in reversed(earlier):
        if not agenda or len(agenda & other) <= ALIKE * len(agenda | other):
            continue
        if decided:
            break
        found += 1
    return found


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
                "age_days": (min(now_us, end) - start) // DAY_US,
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
