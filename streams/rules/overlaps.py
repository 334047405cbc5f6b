"""Requests that ask for what is asked for already, or held already: the tables ``overlaps`` (R09) and ``held`` (R10).

Pure. Flows in: facts. Flows out: polars frames.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from streams.demands import open_until_us, same_thing
from streams.events.data import Item
from streams.rules.columns import Row, common, frame
from streams.rules.facts import Facts, Issuance
from streams.rules.reaches import shared, size

COMPARED: Final = 50
REMEMBERED: Final = 200
"""Of each element so many askers are remembered, open or not."""
LONGEST: Final = 8
"""No chain of relays is followed further."""


def overlaps_table(facts: Facts) -> pl.DataFrame:
    """The table ``overlaps``: each request with the earlier, still open one that asks for most of it, and with all that do so together."""
    asked: dict[str, deque[tuple[int, Issuance, Item]]] = {}
    rows: list[Row] = []
    for one in facts.of_kind("request"):
        if not one.data.items:
            continue
        best = _best(one, _common_to(one, asked, facts.by_name))
        if best is not None:
            rows.append(best)
        until = open_until_us(one.data, one.at_us, one.ended_us)
        for item in one.data.items:
            asked.setdefault(item.element, deque(maxlen=REMEMBERED)).append((until, one, item))
    return frame("overlaps", rows)


def _common_to(
    one: Issuance, asked: dict[str, deque[tuple[int, Issuance, Item]]], known: Mapping[str, Issuance]
) -> dict[str, tuple[Issuance, set[int]]]:
    """The open requests that ask for elements of this one, and for which, by number; its superiors are none of them.

    Of each element the latest COMPARED open ones are looked at: that is enough to say that it is asked for elsewhere, and who asks.
    """
    superior = {one.name, *ancestors(one, known)}
    found: dict[str, tuple[Issuance, set[int]]] = {}
    for number, item in enumerate(one.data.items):
        still = [entry for entry in asked.get(item.element, ()) if entry[0] > one.at_us]
        for _, other, theirs in still[-COMPARED:]:
            if other.name not in superior and same_thing(item, theirs):
                found.setdefault(other.name, (other, set()))[1].add(number)
    return found


def ancestors(one: Issuance, known: Mapping[str, Issuance]) -> list[str]:
    """Names of the demands that one relays, up to the root that it names."""
    names = [one.parent, one.root]
    above = known.get(one.parent)
    while above is not None and above.parent not in names and len(names) < LONGEST:
        names.append(above.parent)
        above = known.get(above.parent)
    return names


def _best(one: Issuance, common_to: dict[str, tuple[Issuance, set[int]]]) -> Row | None:
    """The other request with most in common among those that reach the same units, and what those that meet at one unit ask for together."""
    ranked = sorted(common_to.values(), key=lambda pair: (-len(pair[1]), pair[0].name))
    there = [(other, found, both) for other, found in ranked if (both := shared(one.ranges, other.ranges))]
    if not there:
        return None
    other, found, both = there[0]
    together, place, others = set(found), both, [other]
    for more, further, region in there[1:]:
        if not further <= together and (meeting := shared(place, region)):
            together |= further
            place = meeting
            others.append(more)
    mine, theirs, count = len(one.data.items), len(other.data.items), len(found)
    return common(one, others=others) | {
        "other_issuer": other.data.issuer,
        "same_issuer": other.data.issuer == one.data.issuer,
        "containment": count / mine,
        "union_containment": len(together) / mine,
        "others": len(others),
        "jaccard": count / max(mine + theirs - count, 1),
        "shared": count,
        "units": size(both),
    }


def held_table(facts: Facts) -> pl.DataFrame:
    """The table ``held``: each request whose elements another agency holds with sharing open."""
    rows: list[Row] = []
    for one in facts.of_kind("request"):
        found: dict[str, tuple[str, ...]] = {}
        for item in one.data.items:
            holders = tuple(who for who in facts.lists.holders(one.place, item.element) if not _self(one, who))
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
