"""Demands that relay a superior one, as the table ``parents``: what was added on the way down (R03, R06, R07, R14, R19).

Pure. Flows in: facts. Flows out: a polars frame, a row for each demand whose parent is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from streams.events import recurrence
from streams.events.data import us
from streams.rules.columns import Row, common, frame, proofs, working_minutes
from streams.rules.facts import UPPER, Facts, Issuance
from streams.rules.reaches import shared, size

LONGEST_CHAIN: Final = 6
_YEARLY: Final = {"DAILY": 365.0, "WEEKLY": 52.0, "MONTHLY": 12.0, "YEARLY": 1.0}
_WORDS: Final = {
    "日": 250.0,
    "daily": 250.0,
    "周": 52.0,
    "weekly": 52.0,
    "月": 12.0,
    "monthly": 12.0,
    "季": 4.0,
    "quarter": 4.0,
}
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
        "frequency_ratio": often / seldom,
        "target_ratio": _target_ratio(mine, theirs),
        "indicators_added": _more(getattr(mine, "indicators", None), getattr(theirs, "indicators", None)),
        "receivers_beyond": _beyond(child, parent, facts),
        "already_reached": _already(child, parent),
        "days_after": (child.at_us - parent.at_us) / _DAY_US,
        "similarity": getattr(mine, "similarity_to_parent", None),
        "demands_added": len(set(mine.demands) - set(theirs.demands)),
        "new_measures": mine.new_measures,
        "chain": _chain(child, known),
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


def occurrences_a_year(data: Any) -> float:
    """How often a demand comes back in a year; 1 for what comes once."""
    if data.recurrence:
        rule = recurrence.parse(data.recurrence)
        days = rule.text.partition("BYDAY=")[2].partition(";")[0].count(",") + 1 if rule.frequency == "WEEKLY" else 1
        yearly = _YEARLY.get(rule.frequency, 1.0) * days / rule.interval
        return min(yearly, float(rule.count)) if rule.count is not None else yearly
    return next((often for word, often in _WORDS.items() if data.frequency and word in data.frequency), 1.0)


def _target_ratio(mine: Any, theirs: Any) -> float | None:
    """The child's quantity over the parent's; per head where both give a base."""
    asked, given = getattr(mine, "quantity", None), getattr(theirs, "quantity", None)
    if asked is None or not given:
        return None
    base, above = mine.base, theirs.base
    return float(asked / base / (given / above)) if base and above else float(asked / given)


def _more(mine: int | None, theirs: int | None) -> int | None:
    return None if mine is None or theirs is None else mine - theirs


def _beyond(child: Issuance, parent: Issuance, facts: Facts) -> int:
    """Units outside the area that the parent speaks to."""
    inside = 0
    for one in child.ranges:
        lo, hi = facts.registry.span_of(parent.place, one.tier)
        inside += max(0, min(hi, one.hi) - max(lo, one.lo))
    return size(child.ranges) - inside


def _already(child: Issuance, parent: Issuance) -> float:
    """Which share of the child's units the parent reached itself; a video meeting reaches down to the level that it names."""
    level = getattr(parent.data, "reach_level", None)
    if level in UPPER and child.place.startswith(parent.area) and child.levels:
        reached = [one for one in child.levels if UPPER.index(one) <= UPPER.index(str(level))]
        if len(reached) == len(child.levels):
            return 1.0
    whole = size(child.ranges)
    return size(shared(child.ranges, parent.ranges)) / whole if whole else 0.0


def _chain(child: Issuance, known: Mapping[str, Issuance]) -> int:
    """Demands of the child's kind on the way up to the root, the child included."""
    length, one = 1, child
    for _ in range(LONGEST_CHAIN):
        above = known.get(one.parent)
        if above is None or above is one:
            break
        length += above.event.kind == child.event.kind
        one = above
    return length
