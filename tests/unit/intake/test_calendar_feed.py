"""The calendar feed: what is coming for a unit, in a form that any calendar program reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from streams.intake.reads_http import feed
from streams.store.answers import DemandRow

START = datetime(2026, 3, 3, 7, tzinfo=UTC)
START_US = int(START.timestamp()) * 1_000_000


def row(key: int, deadline_us: int | None, likely: int) -> DemandRow:
    return DemandRow(
        key=key,
        source="//oa",
        id=str(key),
        kind=4,
        issuer="510000-education",
        title="学生人数, 第一季度; 全部",
        doc_no="川教函〔2026〕12号",
        start_us=START_US,
        deadline_us=deadline_us,
        low=10,
        likely=likely,
        high=200,
        count=1,
        receivers=100,
    )


def test_each_occurrence_is_an_entry_that_lasts_to_its_deadline_or_as_long_as_it_takes() -> None:
    rows = [row(1, START_US + 86_400_000_000, 95), row(2, None, 95), row(3, START_US, 5)]
    text = feed("510104017", "春熙路街道", rows, START_US - 1)
    calendar: Any = Calendar.from_ical(text)
    assert calendar["X-WR-CALNAME"] == "春熙路街道 待办负担"
    entries = calendar.walk("VEVENT")
    assert [entry["DTEND"].dt - entry["DTSTART"].dt for entry in entries] == [
        timedelta(days=1),
        timedelta(minutes=95),
        timedelta(minutes=15),
    ]
    assert len({entry["UID"] for entry in entries}) == 3
    assert entries[0]["SUMMARY"] == "学生人数, 第一季度; 全部 (510000-education)"
    assert "95 min (10-200)" in entries[0]["DESCRIPTION"]
    assert entries[0]["DTSTART"].dt == START


def test_nothing_to_come_is_an_empty_calendar() -> None:
    calendar: Any = Calendar.from_ical(feed("510104017", "", [], START_US))
    assert calendar.walk("VEVENT") == []
    assert calendar["X-WR-CALNAME"] == "510104017 待办负担"
