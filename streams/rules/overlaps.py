"""Requests that ask for what is asked for already, or held already: the tables ``overlaps`` (R09) and ``held`` (R10).

Pure. Flows in: facts. Flows out: polars frames.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from streams.events import recurrence
from streams.events.data import Item, us
from streams.rules.columns import Row, common, frame
from streams.rules.facts import Facts, Issuance
from streams.rules.reaches import shared, size

OPEN_US: Final = 30 * 86_400_000_000
"""A request that names no deadline is taken as open for so long."""
FOREVER_US: Final = 1 << 62


def open_until_us(one: Issuance) -> int:
    """Until when a request is open: its end, its deadline, the end of its recurrence."""
    if one.ended_us is not None:
        return one.ended_us
    if one.data.recurrence:
        until = recurrence.parse(one.data.recurrence).until
        return FOREVER_US if until is None else us(until)
    due: int | None = one.data.deadline_us
    return one.at_us + OPEN_US if due is None else due


def same_thing(one: Item, other: Item) -> bool:
    """Whether two items are one question: not when they declare different periods or granularities, or another caliber."""
    return (
        one.element == other.element
        and (one.period is None or other.period is None or one.period == other.period)
        and (one.granularity is None or other.granularity is None or one.granularity == other.granularity)
        and one.caliber == other.caliber
    )


def overlaps_table(facts: Facts) -> pl.DataFrame:
    """The table ``overlaps``: each request with the earlier, still open one that asks for most of it."""
    asked: dict[str, list[tuple[Issuance, Item]]] = {}
    rows: list[Row] = []
    for one in facts.of_kind("request"):
        if not one.data.items:
            continue
        common_to: dict[str, tuple[Issuance, int]] = {}
        for item in one.data.items:
            for other, theirs in asked.get(item.element, ()):
                if same_thing(item, theirs) and open_until_us(other) > one.at_us and other.name != one.parent:
                    counted = common_to.get(other.name, (other, 0))[1]
                    common_to[other.name] = (other, counted + 1)
        best = _best(one, common_to)
        if best is not None:
            rows.append(best)
        for item in one.data.items:
            asked.setdefault(item.element, []).append((one, item))
    return frame("overlaps", rows)


def _best(one: Issuance, common_to: dict[str, tuple[Issuance, int]]) -> Row | None:
    """The other request with most in common among those that reach the same units."""
    for other, count in sorted(common_to.values(), key=lambda pair: (-pair[1], pair[0].name)):
        units = size(shared(one.ranges, other.ranges))
        if units:
            mine, theirs = len(one.data.items), len(other.data.items)
            return common(one, others=(other,)) | {
                "other_issuer": other.data.issuer,
                "same_issuer": other.data.issuer == one.data.issuer,
                "containment": count / mine,
                "jaccard": count / (mine + theirs - count),
                "shared": count,
                "units": units,
            }
    return None


def held_table(facts: Facts) -> pl.DataFrame:
    """The table ``held``: each request whose elements another agency holds with sharing open."""
    rows: list[Row] = []
    for one in facts.of_kind("request"):
        found: dict[str, tuple[str, ...]] = {}
        for item in one.data.items:
            holders = tuple(who for who in facts.lists.held.get(item.element, ()) if not _self(one, who))
            if holders:
                found[item.element] = holders
        if found:
            counts: Row = {
                "held": len(found),
                "held_share": len(found) / len(one.data.items),
                "holders": sorted({who for holders in found.values() for who in holders}),
            }
            rows.append(common(one) | counts)
    return frame("held", rows)


def _self(one: Issuance, holder: str) -> bool:
    data: Any = one.data
    return holder in (one.line, data.issuer)
