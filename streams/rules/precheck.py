"""What a draft would do if it were issued: whom it reaches, what it costs, whom it takes over a limit, what it repeats, which rules it breaks.

Pure, no clock. Flows in: the draft, facts that hold it beside the demands that stand, its postings, loads as they are. Flows out: ``Precheck``.
Nothing is stored and nothing is told: the answer is for the one who asks, before the demand is issued.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streams.demands import open_until_us, same_thing
from streams.ledger.ledger import loads_at
from streams.ledger.metrics import Metric
from streams.ledger.postings import Postings
from streams.rules.book import Rulebook
from streams.rules.evaluation import evaluate
from streams.rules.facts import Facts, Issuance, day_of
from streams.rules.loads import Change, LoadWatch
from streams.rules.reaches import shared, size
from streams.rules.truth import Truth

I64 = NDArray[np.int64]
LoadAt = Callable[[Metric, int, int], I64]
"""Loads of a metric and tier at an instant, by rank."""
TABLES: Final = ("events", "parents", "overlaps", "held", "collisions", "visits", "bursts", "splits", "quotas")
GATHERINGS: Final = ("meeting", "inspection")
WORST: Final = 10
LISTED: Final = 20
NEAR_DAYS: Final = 10
"""Better days are looked for among so many working days from the draft's own on."""


@dataclass(frozen=True)
class Over:
    """Units that the draft takes over the level of a load rule; ``worst`` are code, load before, load after, level."""

    rule: str
    metric: str
    tier: int
    units: int
    worst: tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Other:
    """A demand that stands and touches the draft: ``shared`` are the elements that both ask for, empty for a gathering on the same day."""

    name: str
    issuer: str
    title: str
    doc_no: str
    at_us: int
    units: int
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Precheck:
    """The answer. Minutes are person-minutes over all units and all occurrences up to the horizon of the ledger."""

    name: str
    receivers: int
    occurrences: int
    low: int
    likely: int
    high: int
    over: tuple[Over, ...]
    duplicates: tuple[Other, ...]
    collisions: tuple[Other, ...]
    better_days: tuple[date, ...]
    """Working days with fewer gatherings for the same units, soonest first; empty where the draft's own day is free."""
    breaches: tuple[Truth, ...]

    @property
    def clean(self) -> bool:
        """Nothing speaks against issuing it."""
        return not (self.over or self.duplicates or self.collisions or self.breaches)


def precheck(name: str, facts: Facts, book: Rulebook, postings: Postings, load_at: LoadAt, now_us: int) -> Precheck:
    """The answer for the demand SOURCE#ID among ``facts``. Raises KeyError where the facts do not hold it."""
    draft = facts.by_name[name]
    units = postings.hi.astype(np.int64) - postings.lo
    start_us = max(now_us, int(postings.start_us.min())) if len(postings) else now_us
    collisions = _collisions(draft, facts, start_us)
    return Precheck(
        name=name,
        receivers=draft.receivers,
        occurrences=len(np.unique(postings.start_us)),
        low=int((postings.low * units).sum()),
        likely=int((postings.likely * units).sum()),
        high=int((postings.high * units).sum()),
        over=_over(facts, book, postings, load_at, start_us, now_us),
        duplicates=_duplicates(draft, facts),
        collisions=collisions,
        better_days=_better(draft, facts, start_us, len(collisions)) if collisions else (),
        breaches=tuple(
            one
            for one in evaluate(book, facts, now_us, TABLES)
            if one.holds and (one.subject == f"event:{name}" or name in one.events)
        ),
    )


def _over(
    facts: Facts, book: Rulebook, postings: Postings, load_at: LoadAt, start_us: int, now_us: int
) -> tuple[Over, ...]:
    """Units that stand at or below the level of a load rule without the draft and above it with the draft."""
    registry = facts.registry
    sizes = {int(tier): registry.size(int(tier)) for tier in np.unique(postings.tier)}
    watch = LoadWatch(book, registry, day_of(start_us))
    before: dict[tuple[Metric, int], I64] = {}
    after: dict[tuple[Metric, int], I64] = {}
    for metric, tier in watch.metrics:
        if tier in sizes:
            at_us = now_us if metric.window.startswith("ahead") else start_us
            before[metric, tier] = load_at(metric, tier, at_us)
            own = postings.select(postings.tier == tier)
            after[metric, tier] = before[metric, tier] + loads_at(own, metric, at_us, {tier: sizes[tier]})[tier]

    def loads(found: Mapping[tuple[Metric, int], I64]) -> Callable[[Metric, int], I64]:
        return lambda metric, tier: found.get((metric, tier), np.zeros(registry.size(tier), np.int64))

    watch.changes(loads(before))
    changes = [one for one in watch.changes(loads(after)) if len(one.up) and (one.metric, one.tier) in before]
    return tuple(_worst(one, before[one.metric, one.tier], facts) for one in changes)


def _worst(change: Change, before: I64, facts: Facts) -> Over:
    order = np.argsort(change.up_levels - change.up_loads, kind="stable")[:WORST]
    worst = tuple(
        (
            facts.registry.code_of(change.tier, int(change.up[at])),
            int(before[change.up[at]]),
            int(change.up_loads[at]),
            int(change.up_levels[at]),
        )
        for at in order.tolist()
    )
    return Over(change.rule, str(change.metric), change.tier, len(change.up), worst)


def _others(draft: Issuance, facts: Facts, *kinds: str) -> list[tuple[Issuance, int]]:
    """Other demands of these kinds that reach units of the draft, and how many; its superior demand is no other."""
    found = []
    for one in facts.of_kind(*kinds):
        if one.name not in (draft.name, draft.parent) and one.parent != draft.name:
            units = size(shared(draft.ranges, one.ranges))
            if units:
                found.append((one, units))
    return found


def _duplicates(draft: Issuance, facts: Facts) -> tuple[Other, ...]:
    """Open requests that ask the same units for the same elements, those with most in common first."""
    if draft.event.kind != "request":
        return ()
    found = []
    for one, units in _others(draft, facts, "request"):
        if open_until_us(one.data, one.at_us, one.ended_us) > draft.at_us:
            asked = {mine.element for mine in draft.data.items if any(same_thing(mine, it) for it in one.data.items)}
            if asked:
                found.append(_other(one, units, tuple(sorted(asked))))
    return tuple(sorted(found, key=lambda one: (-len(one.shared), -one.units, one.name))[:LISTED])


def _day(one: Issuance) -> date:
    starts_us = one.data.starts_us
    return day_of(one.at_us if starts_us is None else starts_us)


def _collisions(draft: Issuance, facts: Facts, start_us: int) -> tuple[Other, ...]:
    """Meetings and inspections that take the same units on the day of the draft."""
    if draft.event.kind not in GATHERINGS:
        return ()
    day = day_of(start_us)
    found = [_other(one, units) for one, units in _others(draft, facts, *GATHERINGS) if _day(one) == day]
    return tuple(sorted(found, key=lambda one: (-one.units, one.name))[:LISTED])


def _better(draft: Issuance, facts: Facts, start_us: int, now: int) -> tuple[date, ...]:
    """Up to three of the next working days on which fewer gatherings take the same units, soonest first."""
    counts: dict[date, int] = {}
    for one, _ in _others(draft, facts, *GATHERINGS):
        counts[_day(one)] = counts.get(_day(one), 0) + 1
    day, found = day_of(start_us), []
    for _ in range(NEAR_DAYS):
        day = facts.calendar.add_workdays(day, 1)
        if counts.get(day, 0) < now:
            found.append(day)
    fewest = sorted(found, key=lambda one: (counts.get(one, 0), one))[:3]
    return tuple(sorted(fewest))


def _other(one: Issuance, units: int, elements: tuple[str, ...] = ()) -> Other:
    starts_us = one.data.starts_us
    at_us = one.at_us if starts_us is None else starts_us
    return Other(one.name, one.data.issuer, one.data.title, one.data.doc_no or "", at_us, units, elements)


__all__ = ["TABLES", "Other", "Over", "Precheck", "precheck"]
