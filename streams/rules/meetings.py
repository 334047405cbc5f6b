"""Where demands meet at a unit: the tables ``collisions`` (R05), ``visits`` (R12), ``bursts`` (R11) and ``splits`` (R22).

Pure. Flows in: facts. Flows out: polars frames. ``collisions`` looks at pairs near in time; give it the demands of one area.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Final

import polars as pl

from streams.calendars import UnknownYear, period_bounds
from streams.rules.columns import MINUTE_US, Row, common, frame, span_us
from streams.rules.facts import Facts, Issuance, day_of, place_of, workdays_since
from streams.rules.reaches import busiest, shared, size

NEAR_US: Final = 3 * 86_400_000_000
"""Meetings up to so far apart are worth merging."""
VISITS_US: Final = 30 * 86_400_000_000
SPLIT_WORKDAYS: Final = 3
_NUMERALS: Final = re.compile(r"[0-9０-９一二三四五六七八九十（）()\[\]〔〕第之上中下批期部分\s]+")


def _spans(facts: Facts) -> list[tuple[int, int, Issuance]]:
    """Meetings and inspections with beginning and end, by beginning."""
    found = []
    for one in facts.of_kind("meeting", "inspection"):
        start, end = span_us(one.data)
        if start is not None and end is not None and end > start:
            found.append((start, end, one))
    return sorted(found, key=lambda span: (span[0], span[2].name))


def collisions_table(facts: Facts) -> pl.DataFrame:
    """The table ``collisions``: pairs that overlap, or are near enough to be one; the later issued one is the subject."""
    rows: list[Row] = []
    near: list[tuple[int, int, Issuance]] = []
    for span in _spans(facts):
        near = [before for before in near if before[1] + NEAR_US >= span[0]]
        rows.extend(row for before in near if (row := _pair(span, before, facts)) is not None)
        near.append(span)
    return frame("collisions", rows)


def _pair(one: tuple[int, int, Issuance], other: tuple[int, int, Issuance], facts: Facts) -> Row | None:
    both = shared(one[2].ranges, other[2].ranges)
    if not both:
        return None
    earlier, later = sorted((one[2], other[2]), key=lambda it: (it.at_us, it.name))
    overlap = min(one[1], other[1]) - max(one[0], other[0])
    units = size(both)
    return common(later, others=(earlier,)) | {
        "place": place_of(facts.registry, both),
        "period": day_of(one[0]).isoformat(),
        "other_issuer": earlier.data.issuer,
        "other_kind": earlier.event.kind,
        "overlap_minutes": max(0, overlap) // MINUTE_US,
        "gap_minutes": max(0, -overlap) // MINUTE_US,
        "posts_shared": _posts_shared(later, earlier),
        "topics_shared": len(set(later.data.topic) & set(earlier.data.topic)),
        "units": units,
        "units_share": units / min(later.receivers, earlier.receivers),
    }


def _posts_shared(one: Issuance, other: Issuance) -> int | None:
    """Posts that both require; None where one does not say whom it requires."""
    mine, theirs = ({who.post for who in getattr(it.data, "attendees_required", ()) if who.post} for it in (one, other))
    return len(mine & theirs) if mine and theirs else None


def visits_table(facts: Facts) -> pl.DataFrame:
    """The table ``visits``: each inspection with those of the 30 days before that came to the same unit; lawful checks do not count."""
    rows: list[Row] = []
    recent: deque[tuple[int, Issuance]] = deque()
    inspections = [one for one in facts.of_kind("inspection") if not one.data.random_check]
    for start, one in sorted(
        ((one.data.start_us or one.at_us, one) for one in inspections), key=lambda it: (it[0], it[1].name)
    ):
        while recent and recent[0][0] <= start - VISITS_US:
            recent.popleft()
        recent.append((start, one))
        if one.ranges:
            rows.append(_visit(one, [other for _, other in recent], facts))
    return frame("visits", rows)


def _visit(one: Issuance, recent: list[Issuance], facts: Facts) -> Row:
    meet = busiest([shared(one.ranges, other.ranges) for other in recent])
    there = [recent[number] for number in meet.members] if meet is not None else [one]
    day = day_of(one.data.start_us or one.at_us)
    spot = "" if meet is None else facts.registry.code_of(meet.tier, meet.rank)
    return common(one, others=[other for other in there if other is not one]) | {
        "visits": len(there),
        "teams": len({other.data.issuer for other in there}),
        "same_class": sum(other.data.inspection_class == one.data.inspection_class for other in there),
        "same_day": len({other.data.issuer for other in there if day_of(other.data.start_us or other.at_us) == day}),
        "spot": spot,
        "place": spot.partition("-")[0] or one.place,
    }


def bursts_table(facts: Facts) -> pl.DataFrame:
    """The table ``bursts``: how often one issuer asked one unit in one week, at the unit that it asked most; emergencies do not count."""
    weeks: dict[tuple[str, int], list[Issuance]] = {}
    for one in facts.of_kind("request"):
        if not (one.data.emergency and one.data.emergency_ground):
            weeks.setdefault((one.data.issuer, period_bounds("week", one.at_us)[0]), []).append(one)
    rows: list[Row] = []
    for (issuer, week_us), asked in weeks.items():
        meet = busiest([one.ranges for one in asked])
        if meet is None:
            continue
        there = [asked[number] for number in meet.members]
        unit = facts.registry.code_of(meet.tier, meet.rank)
        year, week, _ = day_of(week_us).isocalendar()
        head = common(there[-1], f"{year}-W{week:02d}", others=there[:-1], subject=f"issuer:{issuer}")
        rows.append(head | {"requests": len(there), "unit": unit, "place": unit.partition("-")[0]})
    return frame("bursts", rows)


def stem(title: str) -> str:
    """A title without numerals and words of numbering, so that parts of one thing look alike."""
    return _NUMERALS.sub("", title)


def splits_table(facts: Facts) -> pl.DataFrame:
    """The table ``splits``: demands of one issuer, one name but for numerals, to the same units within three workdays."""
    rows: list[Row] = []
    groups: dict[tuple[str, str, str], list[Issuance]] = {}
    for one in facts.issued:
        if one.event.kind in ("request", "document", "inspection") and not one.parent:
            groups.setdefault((one.data.issuer, one.event.kind, stem(one.data.title)), []).append(one)
    for parts in groups.values():
        for number, one in enumerate(parts):
            before = [
                other for other in parts[:number] if _together(other, one, facts) and other.data.title != one.data.title
            ]
            if before:
                items = sum(len(other.data.items) for other in (*before, one))
                rows.append(common(one, others=before) | {"parts": len(before) + 1, "items": items})
    return frame("splits", rows)


def _together(other: Issuance, one: Issuance, facts: Facts) -> bool:
    try:
        near = workdays_since(facts.calendar, other.at_us, one.at_us) <= SPLIT_WORKDAYS
    except UnknownYear:
        return False
    return near and bool(shared(other.ranges, one.ranges))
