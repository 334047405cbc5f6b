"""Where demands meet at a unit: the tables ``collisions`` (R05), ``visits`` (R12), ``bursts`` (R11) and ``splits`` (R22).

Pure. Flows in: facts. Flows out: polars frames. ``collisions`` looks at pairs near in time; give it the demands of one area.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

import polars as pl

from streams.calendars import UnknownYear, period_bounds
from streams.calendars.periods import MINUTE_US
from streams.rules.columns import Row, common, frame
from streams.rules.exemptions import exempting
from streams.rules.facts import Facts, Issuance, day_of, place_of, workdays_since
from streams.rules.reaches import busiest, shared, size
from streams.rules.spans import hours_us, starts_between
from streams.rules.vocabulary import is_serial

NEAR_US: Final = 3 * 86_400_000_000
"""Meetings up to so far apart are worth merging."""
AHEAD_US: Final = 28 * 86_400_000_000
"""So far ahead the occurrences of a series are compared, from the latest that is known on."""
SERIES_LOOKED_AT: Final = 20
COMPARED: Final = 50
COUNTY_WIDTH: Final = 6
VISITS_COUNTED: Final = 100
PARTS_COMPARED: Final = 60
VISITS_US: Final = 30 * 86_400_000_000
SPLIT_WORKDAYS: Final = 3
_NUMERALS: Final = re.compile(r"[0-9０-９一二三四五六七八九十（）()\[\]〔〕第之上中下批期部分\s]+")


class _Span(NamedTuple):
    """One occurrence of a meeting or inspection: beginning, end, the demand."""

    start: int
    end: int
    view: Issuance


def _spans(facts: Facts) -> list[_Span]:
    """Meetings and inspections that tell their hours, a series with its occurrences of the next weeks, by beginning."""
    gatherings = [
        (one, hours) for one in facts.of_kind("meeting", "inspection") if (hours := hours_us(one)) is not None
    ]
    known_us = max((one.at_us for one, _ in gatherings), default=0)
    found: list[_Span] = []
    for one, (start, end) in gatherings:
        if one.data.recurrence:
            starts = starts_between(one, max(start, known_us), max(start, known_us) + AHEAD_US)[:SERIES_LOOKED_AT]
            found += [_Span(at, at + end - start, one) for at in starts]
        else:
            found.append(_Span(start, end, one))
    return sorted(found, key=lambda span: (span.start, span.view.name))


def collisions_table(facts: Facts) -> pl.DataFrame:
    """The table ``collisions``: pairs that overlap, or are near enough to be one; the later issued one is the subject.

    Meetings without anything in common (no post, no topic) are no pair. Each is compared with no more than COMPARED others, those that name
    one of its posts or topics and end last before it; a pair of which one is a series is one row, its first overlap before its nearest.
    """
    found: dict[tuple[str, str, str], Row] = {}
    nearby = _Nearby()
    for span in _spans(facts):
        words = _words(span.view)
        for before in nearby.before(span, words):
            row = _pair(span, before, facts)
            if row is not None:
                key = (row["subject"], row["events"][1], row["period"])
                if key not in found or _sooner(row, found[key]):
                    found[key] = row
        nearby.add(span, words)
    return frame("collisions", list(found.values()))


class _Nearby:
    """Occurrences by the posts and topics that they name, at each county; those of wider reach apart. Of each the last COMPARED are kept."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, deque[_Span]]] = {}

    def add(self, span: _Span, words: Iterable[str]) -> None:
        """One more, later than all before it."""
        for word in words:
            of = self._of.setdefault(word, {})
            of.setdefault(_county(span.view), deque(maxlen=COMPARED)).append(span)

    def before(self, span: _Span, words: Iterable[str]) -> list[_Span]:
        """The last COMPARED of those near enough in time that name a word in common and may reach the same units, each once."""
        found: dict[int, _Span] = {}
        own = _county(span.view)
        for word in words:
            of = self._of.get(word, {})
            places = (own, "") if own else tuple(of)
            for place in places:
                for before in reversed(of.get(place, ())):
                    if before.end + NEAR_US >= span.start and before.view is not span.view:
                        found[id(before)] = before
        return sorted(found.values(), key=lambda it: (it.end, it.view.name))[-COMPARED:]


def _county(view: Issuance) -> str:
    """The county that a reach lies in; '' where it lies in no single one."""
    return view.place[:COUNTY_WIDTH] if len(view.place) >= COUNTY_WIDTH else ""


def _words(view: Issuance) -> list[str]:
    """Posts and topics that a demand names."""
    posts = {who.post for who in getattr(view.data, "attendees_required", ()) if who.post}
    return sorted({f"post:{post}" for post in posts} | {f"topic:{topic}" for topic in view.data.topic})


def _sooner(row: Row, other: Row) -> bool:
    """Whether a row of one pair says more: an overlap before a gap, a small gap before a large one."""
    return (row["overlap_minutes"] > 0, -row["gap_minutes"]) > (other["overlap_minutes"] > 0, -other["gap_minutes"])


def _pair(one: _Span, other: _Span, facts: Facts) -> Row | None:
    both = shared(one.view.ranges, other.view.ranges)
    if not both:
        return None
    earlier, later = sorted((one.view, other.view), key=lambda it: (it.at_us, it.name))
    overlap = min(one.end, other.end) - max(one.start, other.start)
    units = size(both)
    series = one.view.data.recurrence or other.view.data.recurrence
    return common(later, others=(earlier,)) | {
        "place": place_of(facts.registry, both),
        "period": "" if series else day_of(one.start).isoformat(),
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
    """The table ``visits``: each inspection with those of the 30 days before that came to the same unit; lawful checks do not count.

    Each is counted against the VISITS_COUNTED latest that may meet it: a unit with more inspections in 30 days is over every limit.
    """
    rows: list[Row] = []
    recent: dict[str, deque[tuple[int, Issuance]]] = {}
    inspections = [one for one in facts.of_kind("inspection") if not one.data.random_check and one.ranges]
    for start, one in sorted(
        ((one.data.start_us or one.at_us, one) for one in inspections), key=lambda it: (it[0], it[1].name)
    ):
        own = _county(one)
        recent.setdefault(own, deque(maxlen=VISITS_COUNTED)).append((start, one))
        near: list[tuple[int, Issuance]] = []
        for place in (own, "") if own else tuple(recent):
            there = recent.get(place, deque())
            while there and there[0][0] <= start - VISITS_US:
                there.popleft()
            near.extend(there)
        near.sort(key=lambda it: (it[0], it[1].name))
        rows.append(_visit(one, [other for _, other in near[-VISITS_COUNTED:]], facts))
    return frame("visits", rows)


def _visit(one: Issuance, recent: list[Issuance], facts: Facts) -> Row:
    meet = busiest([shared(one.ranges, other.ranges) for other in recent])
    there = [recent[number] for number in meet.members] if meet is not None else [one]
    day = day_of(one.data.start_us or one.at_us)
    spot = "" if meet is None else facts.registry.code_of(meet.tier, meet.rank)
    topics = set(one.data.topic)
    return common(one, others=[other for other in there if other is not one]) | {
        "visits": len(there),
        "teams": len({other.data.issuer for other in there}),
        "same_class": sum(other.data.inspection_class == one.data.inspection_class for other in there),
        "same_day": len({other.data.issuer for other in there if day_of(other.data.start_us or other.at_us) == day}),
        "same_matter": len(
            {
                other.data.issuer
                for other in there
                if other.data.inspection_class == one.data.inspection_class and topics & set(other.data.topic)
            }
        ),
        "spot": spot,
        "place": spot.partition("-")[0] or one.place,
    }


def bursts_table(facts: Facts) -> pl.DataFrame:
    """The table ``bursts``: how often one issuer asked one unit in one week, at the unit that it asked most; emergencies do not count."""
    weeks: dict[tuple[str, int], list[Issuance]] = {}
    for one in facts.of_kind("request"):
        if "emergency" not in exempting(one):
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
    """The table ``splits``: demands of one issuer, one name but for numerals, to the same units within three workdays.

    One of a series in time (第2期, 3月) is no part, nor is a document that demands nothing. Each is compared with the PARTS_COMPARED before it.
    """
    rows: list[Row] = []
    groups: dict[tuple[str, str, str], deque[Issuance]] = {}
    for one in facts.issued:
        if one.event.kind not in ("request", "document", "inspection") or one.parent or is_serial(one.data.title):
            continue
        if one.event.kind == "document" and not _demands(one):
            continue
        before = groups.setdefault(
            (one.data.issuer, one.event.kind, stem(one.data.title)), deque(maxlen=PARTS_COMPARED)
        )
        while before and not _near_in_time(before[0], one, facts):
            before.popleft()
        parts = [other for other in before if other.data.title != one.data.title and _same_units(other, one)]
        if parts:
            items = sum(len(other.data.items) for other in (*parts, one))
            rows.append(common(one, others=parts) | {"parts": len(parts) + 1, "items": items})
        before.append(one)
    return frame("splits", rows)


def _demands(one: Issuance) -> bool:
    data = one.data
    return bool(data.demands or data.items or data.requires_report or data.requires_followup_doc or data.deadline_at)


def _near_in_time(other: Issuance, one: Issuance, facts: Facts) -> bool:
    try:
        return workdays_since(facts.calendar, other.at_us, one.at_us) <= SPLIT_WORKDAYS
    except UnknownYear:
        return False


def _same_units(other: Issuance, one: Issuance) -> bool:
    return bool(shared(other.ranges, one.ranges))
