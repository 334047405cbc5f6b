"""The demonstration's stream: the last weeks within a bound of events, then a steady pace; the load stays real."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import islice

import pytest

from streams.events import decode
from streams.registry import Registry, load
from streams.simulate import backfill, live

NOW_US = int(datetime(2026, 11, 23, 8, 0, tzinfo=UTC).timestamp()) * 1_000_000
DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def per_township(registry: Registry, area: str, events: int) -> tuple[int, float]:
    """Events of a backfill, and the mean number of issuances of the last 28 days that a township received."""
    lo, hi = registry.range_of(area, 4)
    count = received = 0
    for raw in backfill(registry, seed=3, area=area, until_us=NOW_US, events=events):
        event = decode(raw)
        count += 1
        assert event.time_us <= NOW_US
        if event.verb == "issued" and event.time_us > NOW_US - 28 * DAY_US:
            for part in registry.resolve(event.data.reach):
                if part.tier == 4:
                    received += min(part.hi, hi) - max(part.lo, lo)
    return count, received / (hi - lo)


def test_fewer_events_put_about_the_same_on_a_township(registry: Registry) -> None:
    many, real = per_township(registry, "6101", 60_000)
    few, wide = per_township(registry, "6101", 3_000)
    assert many > 5_000
    assert few < 4_500
    assert real > 100
    assert 0.5 < wide / real < 2.0


def test_the_whole_country_keeps_within_its_bound(registry: Registry) -> None:
    raws = list(backfill(registry, seed=3, area="", until_us=NOW_US))
    assert 30_000 < len(raws) < 66_000
    events = [decode(raw) for raw in raws[::40]]
    assert sum(event.verb == "issued" for event in events) > len(events) / 2
    areas = {event.issuer[:2] for event in events}
    assert len(areas) > 20


@pytest.mark.parametrize("area", ["", "51", "510104"])
def test_the_live_stream_keeps_its_pace_and_its_events_are_good(registry: Registry, area: str) -> None:
    found = list(islice(live(registry, seed=7, area=area, start_us=NOW_US, rate=4.0), 1_200))
    assert [due for due, _ in found] == [NOW_US + number * 250_000 for number in range(1_200)]
    events = [decode(raw) for _, raw in found]
    assert len({event.ident for event in events}) == len(events)
    verbs = Counter(event.verb for event in events)
    assert 20 < verbs["issued"] < 900
    known = {event.id: event for event in events if event.verb == "issued"}
    for event, (due, _) in zip(events, found, strict=True):
        assert due - 1_000_000 < event.time_us <= due
        if event.verb == "issued":
            registry.resolve(event.data.reach)
        else:
            assert event.targets[0].id in known
    assert verbs["answered"] > 100


def test_units_report_only_on_what_reached_them(registry: Registry) -> None:
    reached: dict[str, object] = {}
    for _, raw in islice(live(registry, seed=7, area="5101", start_us=NOW_US, rate=4.0), 1_000):
        event = decode(raw)
        if event.verb == "issued":
            reached[event.id] = event.data.reach
        else:
            tier, rank = registry.rank_of(event.data.unit)
            ranges = registry.resolve(reached[event.targets[0].id])  # type: ignore[arg-type]
            assert any(part.tier == tier and part.lo <= rank < part.hi for part in ranges)


def test_the_live_stream_is_determined_by_its_seed(registry: Registry) -> None:
    def first(seed: int) -> list[tuple[int, bytes]]:
        return list(islice(live(registry, seed=seed, area="5101", start_us=NOW_US, rate=4.0), 50))

    assert first(1) == first(1)
    assert first(1) != first(2)
    with pytest.raises(ValueError, match="rate"):
        next(live(registry, seed=1, area="", start_us=NOW_US, rate=0))
