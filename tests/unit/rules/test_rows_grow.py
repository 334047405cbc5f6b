"""Relations are bounded by what they find: twice as many demands are about twice the work, in pairs and listed events, not in time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import polars as pl
import pytest

from streams.calendars import Calendar
from streams.demands import same_thing
from streams.events import Event, decode
from streams.registry import Registry
from streams.registry import load as load_registry
from streams.rules import Facts, gather
from streams.rules import meetings as meetings_module
from streams.rules import overlaps as overlaps_module
from streams.rules import relays as relays_module
from streams.rules.columns import LISTED_EVENTS
from streams.rules.meetings import bursts_table, collisions_table, splits_table, visits_table
from streams.rules.overlaps import overlaps_table
from streams.rules.relays import parents_table

BEGIN = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
TOWN = {"units": ["510104017"]}
CALENDAR = Calendar.load()


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def event(number: int, kind: str, data: dict[str, Any], step: timedelta = timedelta(seconds=5)) -> Event:
    head = {"specversion": "1.0", "id": f"e{number}", "source": "//t", "type": f"burden.{kind}.issued.v1"}
    given = {"issuer": "510104-education", "title": f"摸底表（{number}）", "reach": TOWN} | data
    return decode(msgspec.json.encode(head | {"time": (BEGIN + number * step).isoformat(), "data": given}))


def requests(number: int) -> list[Event]:
    """One issuer, one stem, one township, one element, one week."""
    return [event(n, "request", {"items": [{"element": "a"}, {"element": f"own-{n}"}]}) for n in range(number)]


def meetings(number: int) -> list[Event]:
    """One day, one place, one post."""
    post = {"starts_at": "2026-03-05T09:00:00+08:00", "duration_minutes": 90, "attendees_required": [{"post": "镇长"}]}
    return [event(n, "meeting", post | {"topic": ["校园安全"]}) for n in range(number)]


def series(number: int) -> list[Event]:
    """Meetings that come back every day of years."""
    own = {"starts_at": "2026-03-05T09:00:00+08:00", "duration_minutes": 30, "recurrence": "FREQ=DAILY"}
    return [event(n, "meeting", own | {"attendees_required": [{"post": "镇长"}]}) for n in range(number)]


def inspections(number: int) -> list[Event]:
    return [event(n, "inspection", {"starts_at": "2026-03-05T09:00:00+08:00"}) for n in range(number)]


def relays(number: int) -> list[Event]:
    """All relay the first."""
    return [event(n, "request", {"parent_id": "e0"} if n else {}) for n in range(number)]


Case = tuple[Callable[[int], list[Event]], Callable[[Facts], pl.DataFrame]]
CASES: tuple[Case, ...] = (
    (requests, splits_table),
    (requests, bursts_table),
    (requests, overlaps_table),
    (meetings, collisions_table),
    (series, collisions_table),
    (inspections, visits_table),
    (relays, parents_table),
)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts every comparison of two reaches or two elements."""
    counted: Counter[str] = Counter()

    def counting(name: str, of: Callable[..., Any]) -> Callable[..., Any]:
        def count(*given: Any) -> Any:
            counted[name] += 1
            return of(*given)

        return count

    for module in (meetings_module, overlaps_module, relays_module):
        monkeypatch.setattr(module, "shared", counting("shared", module.shared))
    monkeypatch.setattr(overlaps_module, "same_thing", counting("same_thing", same_thing))
    return counted


def work(
    made: Sequence[Event], table: Callable[[Facts], pl.DataFrame], registry: Registry, compared: Counter[str]
) -> tuple[int, int]:
    """Comparisons, and events listed in all rows."""
    facts = gather(made, registry, CALENDAR)
    compared.clear()
    rows = table(facts)
    return compared.total(), int(rows["events"].list.len().sum())


@pytest.mark.parametrize(("make", "table"), CASES, ids=lambda one: one.__name__)
def test_twice_the_demands_are_about_twice_the_work(
    make: Callable[[int], list[Event]],
    table: Callable[[Facts], pl.DataFrame],
    registry: Registry,
    compared: Counter[str],
) -> None:
    once, twice = (work(make(number), table, registry, compared) for number in (400, 800))
    assert sum(once) > 0
    for less, more in zip(once, twice, strict=True):
        assert more <= 2.3 * less + LISTED_EVENTS


@pytest.mark.parametrize(("make", "table"), CASES, ids=lambda one: one.__name__)
def test_no_row_lists_more_than_fifty_others_and_each_says_how_many_there_are(
    make: Callable[[int], list[Event]], table: Callable[[Facts], pl.DataFrame], registry: Registry
) -> None:
    rows = table(gather(make(150), registry, CALENDAR))
    assert len(rows)
    assert max(rows["events"].list.len()) <= LISTED_EVENTS
    assert (rows["events_in_all"] >= rows["events"].list.len()).all()


def test_a_burst_counts_all_that_it_does_not_list(registry: Registry) -> None:
    (row,) = bursts_table(gather(requests(150), registry, CALENDAR)).iter_rows(named=True)
    assert (row["requests"], row["events_in_all"], len(row["events"])) == (150, 150, LISTED_EVENTS)


def test_four_thousand_requests_of_one_issuer_take_less_than_three_seconds(registry: Registry) -> None:
    facts = gather(requests(4_000), registry, CALENDAR)
    began = time.process_time()
    for table in (splits_table, overlaps_table, bursts_table):
        table(facts)
    assert time.process_time() - began < 3.0
