"""Loads from events alone: the pure core over a file, without broker or store.

Pure. Flows in: good events in any order. Flows out: (unit code, value) for every unit with a value other than 0, by code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streams.events import Effort, Event
from streams.events.model import Ref
from streams.ledger.ledger import loads_at
from streams.ledger.lifecycle import demand_of, postings_of
from streams.ledger.metrics import Metric, interval
from streams.ledger.postings import Postings
from streams.registry import Registry


def admitted(events: Iterable[Event]) -> Iterator[Event]:
    """The events without duplicates; of two contents under one identity the first stands."""
    seen: set[tuple[str, str]] = set()
    for event in events:
        identity = event.source, event.id
        if identity not in seen:
            seen.add(identity)
            yield event


def postings_from(
    events: Iterable[Event], registry: Registry, estimate: Callable[[str, Any], Effort], until_us: int
) -> Postings:
    """The postings of all demands of a set of events, recurrence up to ``until_us``; keys count the issued events."""
    issued: list[Event] = []
    about: dict[Ref, list[Event]] = {}
    for event in admitted(events):
        if event.verb == "issued":
            issued.append(event)
        for target in set(event.targets):
            about.setdefault(target, []).append(event)
    demands = (
        demand_of(
            original,
            about.get(Ref(original.source, original.id), ()),
            key=key,
            resolve=registry.resolve,
            estimate=estimate,
        )
        for key, original in enumerate(issued)
    )
    return Postings.from_rows(
        [row for demand in demands for row in postings_of(demand, until_us=until_us, rank_of=registry.find)]
    )


def replay(
    events: Iterable[Event],
    registry: Registry,
    estimate: Callable[[str, Any], Effort],
    at_us: int,
    metric: Metric,
    *,
    tier: str | None = None,
    area: str | None = None,
) -> Iterator[tuple[str, int]]:
    """Unit code and value of ``metric`` at ``at_us``, by code, for values other than 0; of one tier, inside one area, where asked.

    Raises RegistryError for an unknown tier or area.
    """
    wanted = None if tier is None else registry.tier_id(tier)
    if area is not None:
        registry.range_of(area, registry.tiers[0])
    until_us = interval(metric.window, at_us)[1]
    postings = postings_from(events, registry, estimate, until_us)
    sizes = {one: registry.size(one) for one in registry.tiers if wanted in (None, one)}
    if wanted is not None:
        postings = postings.select(postings.tier == wanted)
    found: list[tuple[str, int]] = []
    for one, loads in loads_at(postings, metric, at_us, sizes).items():
        lo, hi = registry.range_of(area or "", one)
        for rank in loads[lo:hi].nonzero()[0]:
            found.append((registry.code_of(one, lo + int(rank)), int(loads[lo + rank])))
    yield from sorted(found)
