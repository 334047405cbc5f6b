"""What another limit would have done: one rule over the demands of the past, or over the loads of now.

Flows in: a client, a Scope, a rule, a limit. Flows out: counts of findings and messages. Reads the store; changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.desk.findings import decoded
from streams.registry import Registry
from streams.rules import BUILDERS, Rulebook, gather
from streams.rules.backtest import Line, found, summary
from streams.rules.pack import Pack, Rule
from streams.rules.tables import TABLES
from streams.store import Scope, reads
from streams.store.beyond import BacktestReads

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

NEWEST: Final = 20_000
"""Events looked at, at most: the newest."""
EVER: Final = 0.0


def backtested(
    client: Client, scope: Scope, registry: Registry, calendar: Calendar, book: Rulebook, first_us: int, last_us: int
) -> tuple[Line, ...]:
    """What the event rules of a book would have found in a span: every demand that was ever admitted, from the batches put aside for it.

    Raises OutOfScope unless the reader may see the whole country or operates the installation.
    """
    door = BacktestReads.for_country(client, scope)
    parts = [found(rows, book, "events") for rows in door.batches(first_us, last_us, named(book))]
    parts.append(found(_rest(door, registry, calendar, first_us, last_us), book, "events"))
    return summary(pl.concat(parts))


def named(book: Rulebook) -> frozenset[str]:
    """The columns that a book's event rules speak of, and those that every rule needs."""
    words = {word for one in book.variants("events") for word in _WORD.findall(f"{one.rule.when} {one.rule.value}")}
    return frozenset(words & set(TABLES["events"].schema)) | NEEDED


NEEDED: Final = frozenset({
    "at_us", "day", "period", "area", "place", "issuer", "issuer_level", "issuer_line", "issuer_body", "kind", "exempting",
    "to_province", "to_prefecture", "to_county", "to_township", "to_village",
})  # fmt: skip
_WORD: Final = re.compile(r"[a-z_]+")


@dataclass(frozen=True)
class Past:
    """The rows of one table about places of an area; ``days`` that they reach back, ``events`` that they were made of."""

    rows: pl.DataFrame
    days: int
    events: int


def past(
    client: Client,
    scope: Scope,
    registry: Registry,
    calendar: Calendar,
    pack: Pack,
    rule: Rule,
    area: str,
    now_us: int,
    days: int,
) -> Past:
    """The rows that a rule looks at. Raises OutOfScope unless the reader may compare places of the area.

    Event rules see every demand of these days, others the newest NEWEST events.
    """
    door = BacktestReads.opened(client, scope, area)
    first_us = now_us - days * DAY_US
    if rule.table != "events":
        events = decoded(row.body for row in door.everything(first_us))
        rows = BUILDERS[rule.table](gather(events, registry, calendar), now_us)
        return Past(_inside(rows, area), days, len(events))
    count, parts = 0, []
    for rows in (
        *door.batches(first_us, now_us, named(_alone(pack, rule))),
        _rest(door, registry, calendar, first_us, now_us),
    ):
        count += len(rows)
        parts.append(_inside(rows, area))
    return Past(pl.concat(parts, how="diagonal", rechunk=True), days, count)


def _inside(rows: pl.DataFrame, area: str) -> pl.DataFrame:
    return rows.filter(pl.col("place").str.starts_with(area)) if area else rows


def _rest(door: BacktestReads, registry: Registry, calendar: Calendar, first_us: int, last_us: int) -> pl.DataFrame:
    """The demands of a span that no batch holds yet."""
    rest = decoded(row.body for row in door.rest(NEWEST))
    # So few demands do not show what their sources record: what they leave out is unknown.
    issued = gather([event for event in rest if event.verb == "issued"], registry, calendar, recorded={})
    return BUILDERS["events"](issued, last_us).filter(pl.col("at_us").is_between(first_us, last_us))


def _alone(pack: Pack, rule: Rule) -> Rulebook:
    return Rulebook([pack.model_copy(update={"rules": (rule,), "tighten": ()})])


def at_limit(rows: pl.DataFrame, pack: Pack, rule: Rule, limit: float) -> Line:
    """What a rule finds among rows when its limit is another."""
    book = _alone(pack, rule.model_copy(update={"limit": limit, "clear": None}))
    lines = summary(found(rows, book, rule.table))
    return next(iter(lines), Line(rule.id, 0, 0, 0, ()))


def loads_now(
    client: Client, scope: Scope, registry: Registry, rule: Rule, area: str, at_us: int
) -> NDArray[np.float64]:
    """What a load rule measures at an instant: the load of each unit of an area, or the mean of each county's where the rule is of counties.

    The levels of peers and seasons are left aside. Raises OutOfScope.
    """
    scope.require_comparison(area)
    load = rule.load
    if load is None:
        raise ValueError(f"rule: {rule.id!r}: is no load rule; ask for its rows instead")
    parts = [np.zeros(0)]
    for tier in (load.mean_of,) if load.mean_of else rule.scope.tiers or ("township", "village"):
        found = reads.tier_load(client, scope, registry, tier, load.metric, at_us, area=area)
        values = found.values.astype(np.float64)
        parts.append(_means(registry, rule, area, found.tier, found.lo, values) if load.mean_of else values)
    return np.concatenate(parts)


def _means(
    registry: Registry, rule: Rule, area: str, tier: int, lo: int, values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean load of the units of a tier in each division of the rule's own level that lies in an area."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    out = []
    for code in registry.codes(registry.tier_id(rule.scope.tiers[0])).tolist():
        if code.startswith(area) and "-" not in code and not registry.is_pseudo(code):
            begin, end = registry.range_of(code, tier)
            if end > begin:
                out.append((running[end - lo] - running[begin - lo]) / (end - begin))
    return np.array(out, np.float64)
