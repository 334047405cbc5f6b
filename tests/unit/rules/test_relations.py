"""Ordinary cases that relations, quotas and shifts must tell from the real ones."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.calendars import Calendar
from streams.events import Event, decode
from streams.events.data import Request
from streams.registry import Registry
from streams.registry import load as load_registry
from streams.rules import gather
from streams.rules.meetings import collisions_table
from streams.rules.overlaps import overlaps_table
from streams.rules.quotas import quotas_table
from streams.rules.relays import occurrences_a_year, parents_table
from streams.rules.shifts import shifts_table

CALENDAR = Calendar.load()
TOWNS = {"areas": ["510104"], "tiers": ["township"]}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def event(id: str, kind: str, time: str = "2026-03-02T12:00:00+08:00", **data: Any) -> Event:
    given = {"issuer": "510104-education", "title": f"事项 {id}", "reach": TOWNS} | data
    head = {"specversion": "1.0", "id": id, "source": "//t", "type": f"burden.{kind}.issued.v1", "time": time}
    return decode(msgspec.json.encode(head | {"data": given}))


def made(kind: type[Any], **fields: Any) -> Any:
    return msgspec.convert({"issuer": "510104-education", "title": "t", "reach": TOWNS} | fields, kind)


@pytest.mark.parametrize(
    ("fields", "often"),
    [
        ({}, None),
        ({"frequency": "另行通知"}, None),
        ({"frequency": "12月底前一次性报送"}, 1),
        ({"frequency": "截止日前"}, None),
        ({"frequency": "每半年"}, 2),
        ({"frequency": "每季度"}, 4),
        ({"frequency": "双月报"}, 6),
        ({"frequency": "每两周"}, 26),
        ({"frequency": "每日"}, 250),
        ({"recurrence": "FREQ=DAILY"}, 250),
        ({"recurrence": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}, 250),
        ({"recurrence": "FREQ=WEEKLY;COUNT=4"}, 52),
        ({"recurrence": "FREQ=WEEKLY;COUNT=1"}, 1),
        ({"recurrence": "FREQ=MONTHLY;BYMONTHDAY=1,15"}, 24),
        ({"recurrence": "FREQ=YEARLY;INTERVAL=2"}, 0.5),
    ],
)
def test_how_often_a_demand_comes_back(fields: dict[str, str], often: float | None) -> None:
    assert occurrences_a_year(made(Request, **fields)) == often


def test_equal_shares_are_equal_and_other_measures_are_not_compared(registry: Registry) -> None:
    above = event("above", "target", issuer="510100-education", quantity=10, base=100, measure="户")
    rows = parents_table(
        gather(
            [above]
            + [
                event("same", "target", parent_id="above", quantity=7, base=70, measure="户"),
                event("people", "target", parent_id="above", quantity=70, measure="人"),
            ],
            registry,
            CALENDAR,
        )
    )
    assert dict(zip(rows["subject"], rows["target_ratio"], strict=True)) == {
        "event://t#same": 1.0,
        "event://t#people": None,
    }


def test_a_request_does_not_repeat_those_that_it_relays_nor_count_an_element_twice(registry: Registry) -> None:
    items = [{"element": "a"}, {"element": "b"}]
    chain = [
        event("top", "request", issuer="510000-education", items=items),
        event("mid", "request", "2026-03-02T13:00:00+08:00", issuer="510100-education", items=items, parent_id="top"),
        event("low", "request", "2026-03-02T14:00:00+08:00", items=items, parent_id="mid"),
    ]
    assert not len(overlaps_table(gather(chain, registry, CALENDAR)))
    twice = [
        event("one", "request", items=[{"element": "a", "period": "1"}, {"element": "a", "period": "2"}]),
        event("two", "request", "2026-03-02T13:00:00+08:00", issuer="510104-health", items=[{"element": "a"}]),
    ]
    (row,) = overlaps_table(gather(twice, registry, CALENDAR)).iter_rows(named=True)
    assert (row["containment"], row["union_containment"], row["others"]) == (1.0, 1.0, 1)


@pytest.mark.parametrize(("first", "last_year"), [("2025-01-06", 1), ("2025-12-20", None)])
def test_last_year_counts_where_it_was_watched_from_its_beginning(
    first: str, last_year: int | None, registry: Registry
) -> None:
    events = [event("old", "document", f"{first}T09:00:00+08:00"), event("new", "document")]
    facts = gather(events, registry, CALENDAR)
    (row,) = quotas_table(facts, facts.issued[-1].at_us + 1).iter_rows(named=True)
    assert row["last_year"] == last_year


def test_a_stroke_is_no_number_where_numbered_documents_are_counted(registry: Registry) -> None:
    days = [("2026-02-27", "锦教发〔2026〕1号"), ("2026-03-09", "—"), ("2026-03-09", "无")]
    events = [
        event(f"d{n}", "document", f"{day}T12:00:00+08:00", doc_no=number, demands=["form"])
        for n, (day, number) in enumerate(days)
    ]
    facts = gather(events, registry, CALENDAR)
    rows = shifts_table(facts, facts.issued[-1].at_us + 1, (7,))
    assert rows.select("numbered_before", "numbered", "unnumbered").rows() == [(1, 0, 2)]


def test_all_day_entries_collide_with_nothing_and_wide_meetings_with_those_inside(registry: Registry) -> None:
    post: dict[str, Any] = {"attendees_required": [{"post": "镇长"}]}
    day = event("day", "meeting", starts_at="2026-03-05T00:00:00+08:00", ends_at="2026-03-06T00:00:00+08:00", **post)
    hour: dict[str, Any] = {"starts_at": "2026-03-05T09:00:00+08:00", "duration_minutes": 60} | post
    town = event("town", "meeting", "2026-03-02T13:00:00+08:00", **hour)
    wide: dict[str, Any] = {"issuer": "510100-health", "reach": {"areas": ["5101"], "tiers": ["township"]}}
    city = event("city", "meeting", "2026-03-02T14:00:00+08:00", **hour, **wide)
    rows = collisions_table(gather([day, town, city], registry, CALENDAR))
    assert rows.select("subject", "events", "overlap_minutes").rows() == [
        ("event://t#city", ["//t#city", "//t#town"], 60)
    ]
