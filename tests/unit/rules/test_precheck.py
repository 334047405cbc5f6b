"""The pre-check of a draft: who is reached and taken over a level, what is asked twice, which day is free, which rules break."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import numpy as np
import pytest

from streams.calendars import Calendar
from streams.effort import estimate
from streams.events import Event, decode
from streams.ledger.ledger import loads_at
from streams.ledger.lifecycle import horizon_us
from streams.ledger.metrics import Metric
from streams.ledger.postings import Postings
from streams.ledger.replay import postings_from
from streams.registry import Registry
from streams.registry import load as load_registry
from streams.rules import Rulebook, gather, load, shipped
from streams.rules.loads import I64
from streams.rules.precheck import Precheck, precheck

TOWNS = {"areas": ["510104"], "tiers": ["township"]}
NOW_US = int(datetime(2026, 3, 2, 4, tzinfo=UTC).timestamp()) * 1_000_000
CALENDAR = Calendar.load()


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook(load(shipped()))


def event(id: str, kind: str, issuer: str = "510104-education", reach: dict[str, Any] = TOWNS, **data: Any) -> Event:
    head = {"specversion": "1.0", "id": id, "source": "//t", "type": f"burden.{kind}.issued.v1"}
    given = {"issuer": issuer, "title": f"事项 {id}", "reach": reach} | data
    return decode(msgspec.json.encode(head | {"time": "2026-03-02T12:00:00+08:00", "data": given}))


def asked(registry: Registry, book: Rulebook, draft: Event, others: Sequence[Event] = ()) -> Precheck:
    standing = postings_from(others, registry, estimate, horizon_us(NOW_US))
    mine = postings_from([draft], registry, estimate, horizon_us(NOW_US))

    def load_at(metric: Metric, tier: int, at_us: int) -> I64:
        return loads_at(standing, metric, at_us, {tier: registry.size(tier)})[tier]

    facts = gather([*others, draft], registry, CALENDAR)
    return precheck(f"//t#{draft.id}", facts, book, mine, load_at, NOW_US)


def request(id: str, issuer: str, *elements: str, **data: Any) -> Event:
    return event(id, "request", issuer, items=[{"element": one} for one in elements], **data)


def test_reach_and_minutes_are_those_of_the_postings(registry: Registry, book: Rulebook) -> None:
    draft = event("d", "request", effort_minutes={"low": 10, "likely": 20, "high": 40})
    found = asked(registry, book, draft)
    towns = len(registry.children("510104"))
    assert (found.receivers, found.occurrences) == (towns, 1)
    assert (found.low, found.likely, found.high) == (10 * towns, 20 * towns, 40 * towns)
    assert not found.over


def test_it_names_exactly_the_units_that_the_draft_takes_over(registry: Registry, book: Rulebook) -> None:
    first, second = registry.children("510104")[:2]
    light = event("l", "request", effort_minutes=60, reach={"areas": ["51"], "tiers": ["township"]})
    heavy = event("h", "request", effort_minutes=60_000, reach={"units": [first]})
    draft = event("d", "request", effort_minutes=50_000, reach={"units": [first, second]})
    found = asked(registry, book, draft, [light, heavy])
    assert found.over
    assert not found.clean
    for over in found.over:
        assert over.units == 1
        assert [code for code, *_ in over.worst] == [second], "the first stood over the level before"
        assert all(after - before == 50_000 and before <= level < after for _, before, after, level in over.worst)


def test_the_same_elements_at_the_same_units_are_duplicates(registry: Registry, book: Rulebook) -> None:
    others = [
        request("a", "510104-civil-affairs", "households-total", "elderly"),
        request("b", "510104-health", "something-else"),
        request("c", "510104-health", "elderly", reach={"areas": ["510105"], "tiers": ["township"]}),
        request("e", "510104-health", "elderly", deadline_at="2026-03-02T12:00:00+08:00"),
    ]
    found = asked(registry, book, request("d", "510104-education", "elderly", "households-total"), others)
    assert [(one.name, one.shared) for one in found.duplicates] == [("//t#a", ("elderly", "households-total"))]


def test_a_gathering_on_a_taken_day_is_told_free_days(registry: Registry, book: Rulebook) -> None:
    taken = [
        event(f"m{n}", "meeting", "510104-health", starts_at=f"2026-03-{day:02}T09:00:00+08:00", duration_minutes=60)
        for n, day in enumerate((5, 6))
    ]
    found = asked(registry, book, event("d", "meeting", starts_at="2026-03-05T15:00:00+08:00"), taken)
    assert [one.name for one in found.collisions] == ["//t#m0"]
    assert found.better_days == (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11))
    assert asked(registry, book, event("d", "meeting", starts_at="2026-03-12T15:00:00+08:00"), taken).better_days == ()


def test_rules_that_the_draft_breaks_are_its_own(registry: Registry, book: Rulebook) -> None:
    short = event("d", "request", deadline_at="2026-03-02T13:00:00+08:00", items=[{"element": "x"}])
    other = event("o", "document", doc_class="综合", char_count=20_000)
    found = asked(registry, book, short, [other])
    assert "R11-short-notice" in {one.rule for one in found.breaches}
    assert {one.subject for one in found.breaches if one.subject.startswith("event:")} == {"event://t#d"}


def test_nothing_is_changed_by_asking(registry: Registry, book: Rulebook) -> None:
    draft = event("d", "request", effort_minutes=60_000)
    assert asked(registry, book, draft) == asked(registry, book, draft)
    empty: Postings = postings_from([], registry, estimate, horizon_us(NOW_US))
    assert len(empty) == 0
    assert isinstance(np.unique(empty.tier), np.ndarray)
