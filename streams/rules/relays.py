"""Demands that relay a superior one, as the table ``parents``: what was added on the way down (R03, R06, R07, R14, R19).

Pure. Flows in: facts. Flows out: a polars frame, a row for each demand whose parent is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from streams.events import recurrence
from streams.events.data import us
from streams.rules.columns import Row, common, frame, proofs, working_minutes
from streams.rules.facts import UPPER, Facts, Issuance
from streams.rules.reaches import shared, size
from streams.rules.vocabulary import level_named, plain

LONGEST_CHAIN: Final = 6
FIRST_LINE_TIER: Final = 16
"""Tiers from here on are the bureaus of a line, three levels each."""
DAILY: Final = 250.0
"""Every day, every workday, five days a week: one frequency."""
_YEARLY: Final = {"DAILY": DAILY, "WEEKLY": 52.0, "MONTHLY": 12.0, "YEARLY": 1.0}
_WORDS: Final = (
    (re.compile(r"一次性|仅一次|只报一次|^一次$|^once$|one[- ]?(time|off)"), 1.0),
    (re.compile(r"(每|隔)?(两|双|二)周|(每|隔)两个?星期|biweekly|fortnight"), 26.0),
    (re.compile(r"半月|每月两次|twice a month|^旬|每旬|旬报"), 24.0),
    (re.compile(r"半年|half[- ]?year"), 2.0),
    (re.compile(r"(每|隔)?(两|双|二)个?月(报|一次|$)|bimonthly"), 6.0),
    (re.compile(r"每(个工作)?日|每天|日报|^日$|零报告|\bdaily\b"), DAILY),
    (re.compile(r"每(周|星期)|周报|^周$|\bweekly\b"), 52.0),
    (re.compile(r"每个?月|月报|^月(度)?$|按月|\bmonthly\b"), 12.0),
    (re.compile(r"每个?季|季报|^季(度)?$|按季|\bquarter(ly)?\b"), 4.0),
    (re.compile(r"每年|年报|^年(度)?$|按年|\b(yearly|annual(ly)?)\b"), 1.0),
)
_DAY_US: Final = 86_400_000_000


def parents_table(facts: Facts) -> pl.DataFrame:
    """The table ``parents``."""
    known = facts.by_name
    rows = [
        common(one, others=(known[one.parent],)) | _added(one, known[one.parent], facts, known)
        for one in facts.issued
        if one.parent in known and one.parent != one.name
    ]
    return frame("parents", rows)


def _added(child: Issuance, parent: Issuance, facts: Facts, known: Mapping[str, Issuance]) -> Row:
    mine, theirs = child.data, parent.data
    asked, before = {one.element for one in mine.items}, {one.element for one in theirs.items}
    often, seldom = occurrences_a_year(mine), occurrences_a_year(theirs)
    if seldom is None and theirs.deadline_us is not None and parent.event.kind == child.event.kind:
        seldom = 1.0  # a superior demand of the same kind with its one deadline comes once
    return {
        "parent_issuer": theirs.issuer,
        "parent_level": parent.level,
        "parent_kind": parent.event.kind,
        "parent_form": getattr(theirs, "form", None),
        "levels": levels_between(parent, child),
        **_time(child, parent, facts),
        "items_added": len(asked - before) if before else None,
        "proofs_added": max(0, proofs(mine) - proofs(theirs)),
        "occurrences_a_year": often,
        "frequency_ratio": _ratio(often, seldom),
        "target_ratio": _target_ratio(mine, theirs),
        "indicators_added": _more(getattr(mine, "indicators", None), getattr(theirs, "indicators", None)),
        "receivers_beyond": _beyond(child, parent, facts),
        "already_reached": _already(child, parent),
        "days_after": (child.at_us - parent.at_us) // _DAY_US,
        "similarity": getattr(mine, "similarity_to_parent", None),
        "demands_added": len(set(mine.demands) - set(theirs.demands)),
        "new_measures": mine.new_measures,
        "chain": _chain(child, known),
        "covered_above": _covered(child, known),
    }


def levels_between(parent: Issuance, child: Issuance) -> int:
    """Levels from the parent's issuer down to the child's, at least 1."""
    return max(1, UPPER.index(child.level) - UPPER.index(parent.level))


def _time(child: Issuance, parent: Issuance, facts: Facts) -> Row:
    """What the child takes away of the time that the parent gave."""
    due, allowed = child.data.deadline_us, parent.data.deadline_us
    if due is None or allowed is None or child.data.recurrence or parent.data.recurrence:
        return {"lead_working_minutes": None, "time_lost_minutes": None, "time_lost_share": None}
    calendar = facts.calendar
    delivered = child.at_us if child.data.delivered_at is None else us(child.data.delivered_at)
    lost = working_minutes(calendar, due, allowed)
    given = working_minutes(calendar, parent.at_us, allowed)
    share = None if lost is None or not given else lost / given / levels_between(parent, child)
    return {
        "lead_working_minutes": working_minutes(calendar, delivered, due),
        "time_lost_minutes": lost,
        "time_lost_share": share,
    }


def occurrences_a_year(data: Any) -> float | None:
    """How often a demand comes back in a year, by its rhythm and not by how long it lasts; None where it does not say."""
    if data.recurrence:
        rule = recurrence.parse(data.recurrence)
        if rule.count == 1:
            return 1.0
        parts = dict(part.split("=", 1) for part in rule.text.split(";"))
        named = {"WEEKLY": "BYDAY", "MONTHLY": "BYMONTHDAY", "YEARLY": "BYMONTH"}.get(rule.frequency, "")
        times = len(set(parts[named].split(","))) if named in parts else 1
        hours = len(set(parts["BYHOUR"].split(","))) if "BYHOUR" in parts else 1
        return min(_YEARLY[rule.frequency] * times / rule.interval, DAILY) * hours
    if not data.frequency:
        return None
    said = plain(data.frequency)
    return next((often for words, often in _WORDS if words.search(said)), None)


def _ratio(mine: float | None, theirs: float | None) -> float | None:
    """One over the other, so rounded that equal shares are equal; None where one is unknown or there is nothing to compare with."""
    return None if mine is None or not theirs else round(mine / theirs, 9)


def _target_ratio(mine: Any, theirs: Any) -> float | None:
    """The child's quantity over the parent's; per head where both give a base. Different measures are not compared."""
    asked, given = getattr(mine, "quantity", None), getattr(theirs, "quantity", None)
    if asked is None or not given or None is not mine.measure != theirs.measure is not None:
        return None
    base, above = mine.base, theirs.base
    return _ratio(asked / base, given / above) if base and above else _ratio(asked, given)


def _more(mine: int | None, theirs: int | None) -> int | None:
    return None if mine is None or theirs is None else mine - theirs


def _beyond(child: Issuance, parent: Issuance, facts: Facts) -> int:
    """Units that the parent neither reaches nor has above them among those that it reaches."""
    registry, inside = facts.registry, 0
    for one in child.ranges:
        level = UPPER.index(_level_of(one.tier))
        spans: set[tuple[int, int]] = set()
        for above in parent.ranges:
            if above.tier == one.tier:
                spans.add((above.lo, above.hi))
            elif UPPER.index(_level_of(above.tier)) < level:
                first, last = (
                    registry.code_of(above.tier, rank).partition("-")[0] for rank in (above.lo, above.hi - 1)
                )
                spans.add((registry.span_of(first, one.tier)[0], registry.span_of(last, one.tier)[1]))
        inside += _covered_length(spans, one.lo, one.hi)
    return size(child.ranges) - inside


def _level_of(tier: int) -> str:
    return UPPER[tier if tier < FIRST_LINE_TIER else (tier - FIRST_LINE_TIER) % 3 + 1]


def _covered_length(spans: set[tuple[int, int]], lo: int, hi: int) -> int:
    """How much of a range some spans cover, each part once."""
    covered, upto = 0, lo
    for start, end in sorted(spans):
        start, end = max(start, upto), min(end, hi)
        if end > start:
            covered, upto = covered + end - start, end
    return covered


def _already(child: Issuance, parent: Issuance) -> float:
    """Which share of the child's units the parent reached itself; a video meeting reaches down to the level that it names."""
    level = level_named(getattr(parent.data, "reach_level", None))
    if level is not None and child.place.startswith(parent.place) and child.levels:
        reached = [one for one in child.levels if UPPER.index(one) <= UPPER.index(level)]
        if len(reached) == len(child.levels):
            return 1.0
    whole = size(child.ranges)
    return size(shared(child.ranges, parent.ranges)) / whole if whole else 0.0


def _above(child: Issuance, known: Mapping[str, Issuance]) -> list[Issuance]:
    """The demands above one, up to the root, the nearest first."""
    found: list[Issuance] = []
    one = child
    while len(found) < LONGEST_CHAIN and (above := known.get(one.parent)) is not None:
        if above is child or any(above is other for other in found):
            break
        found.append(above)
        one = above
    return found


def _chain(child: Issuance, known: Mapping[str, Issuance]) -> int:
    """Levels that issued a demand of the child's kind on the way from the root to the child; a series of one body is one."""
    return len({one.level for one in (child, *_above(child, known)) if one.event.kind == child.event.kind})


def _covered(child: Issuance, known: Mapping[str, Issuance]) -> bool:
    """Whether a video meeting above it reached all its units already."""
    return any(
        one.event.kind == "meeting" and one.data.form == "video" and _already(child, one) >= 0.99
        for one in _above(child, known)
    )
