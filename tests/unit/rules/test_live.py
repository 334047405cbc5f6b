"""Demands that a judge holds are those of the log, without bodies, and share what is equal between them."""

from __future__ import annotations

import json

from streams.calendars import Calendar
from streams.demands import states_of
from streams.events import Event, decode
from streams.registry import load
from streams.rules.facts import view_of
from streams.rules.live import LiveDemands

NOW_US = 1_772_600_000_000_000


def event(number: int, areas: list[str]) -> Event:
    data = {
        "issuer": "510104-office",
        "title": f"报送第{number}号表",
        "reach": {"areas": areas, "tiers": ["township"]},
        "effort_minutes": 30,
        "items": [{"element": "flood.stock", "period": "day"}, {"element": f"own.{number}"}],
    }
    head = {"specversion": "1.0", "id": f"e{number}", "source": "//oa.example.cn/510104/office"}
    body = {**head, "type": "burden.request.issued.v1", "time": "2026-03-03T08:00:00Z", "data": data}
    return decode(json.dumps(body).encode())


def test_what_is_held_is_what_was_said_and_shared_where_it_is_equal() -> None:
    registry = load()
    live = LiveDemands(registry, Calendar.load())
    states = states_of([event(1, ["510104"]), event(2, ["510104"]), event(3, ["510105"])])
    live.put(states, NOW_US)
    held = {view.name: view for view in live.views()}
    for state in states:
        alone = view_of(state, registry)
        assert alone is not None
        view = held[alone.name]
        assert (view.data, view.ranges, view.place, view.levels) == (
            alone.data,
            alone.ranges,
            alone.place,
            alone.levels,
        )
        assert view.event.body == b""
        assert (view.event.source, view.event.title, view.event.issuer) == (
            state.issued.source,
            state.issued.title,
            state.issued.issuer,
        )
    first, second, third = (held[name] for name in sorted(held))
    assert first.data.reach is second.data.reach
    assert first.data.reach is not third.data.reach
    assert first.data.items[0] is third.data.items[0]
    assert first.event.source is third.event.source
