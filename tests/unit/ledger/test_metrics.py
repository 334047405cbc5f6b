"""Names of metrics, and which starts they count at an instant."""

from __future__ import annotations

from datetime import datetime

import pytest

from streams.events.data import us
from streams.ledger.ledger import loads_at
from streams.ledger.metrics import LIVE, WINDOWS, Metric, interval
from streams.ledger.postings import Postings

HOUR = 3_600_000_000
DAY = 24 * HOUR


def at(text: str) -> int:
    """An instant of Shanghai."""
    return us(datetime.fromisoformat(f"{text}+08:00"))


def test_a_metric_has_three_parts() -> None:
    assert Metric.parse("all.minutes.7d") == (0, "minutes", "7d")
    assert Metric.parse("request.count.ahead30d") == (4, "count", "ahead30d")
    assert [str(Metric.parse(name)) for name in ("all.count.day", "meeting.minutes_low.quarter")] == [
        "all.count.day", "meeting.minutes_low.quarter"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must be KIND.MEASURE.WINDOW"),
        ("all.minutes", "must be KIND.MEASURE.WINDOW"),
        ("all.minutes.7d.x", "must be KIND.MEASURE.WINDOW"),
        ("party.minutes.7d", "unknown kind 'party'; use all, meeting"),
        ("ALL.minutes.7d", "unknown kind 'ALL'"),
        ("all.hours.7d", "unknown measure 'hours'; use minutes, minutes_low, minutes_high, count"),
        ("all.minutes.8d", "unknown window '8d'; use 24h, 7d, 30d, 365d, day"),
        ("all.minutes.", "unknown window ''"),
    ],
)
def test_a_wrong_part_is_named(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace(".", r"\.")):
        Metric.parse(text)


def test_twenty_metrics_are_kept_live() -> None:
    assert len(LIVE) == len(set(LIVE)) == 20


@pytest.mark.parametrize(("window", "hours"), [("24h", 24), ("7d", 168), ("30d", 720), ("365d", 8_760)])
def test_sliding_windows_leave_out_their_first_instant(window: str, hours: int) -> None:
    t = at("2026-03-18T10:00")
    assert interval(window, t) == (t - hours * HOUR, t)


@pytest.mark.parametrize(("window", "days"), [("ahead7d", 7), ("ahead30d", 30)])
def test_what_lies_ahead_leaves_out_now(window: str, days: int) -> None:
    t = at("2026-03-18T10:00")
    assert interval(window, t) == (t, t + days * DAY)


@pytest.mark.parametrize(
    ("window", "now", "first"),
    [
        ("day", "2026-03-18T23:59:59.999999", "2026-03-18T00:00"),
        ("day", "2026-03-19T00:00", "2026-03-19T00:00"),
        (
            "week",
            "2026-03-15T23:59:59.999999",
            "2026-03-09T00:00",
        ),  # a Sunday still belongs to the week of Monday the 9th
        ("week", "2026-03-16T00:00", "2026-03-16T00:00"),
        ("week", "2026-01-01T12:00", "2025-12-29T00:00"),  # a week knows no year
        ("month", "2026-02-28T23:59", "2026-02-01T00:00"),
        ("month", "2026-03-01T00:00", "2026-03-01T00:00"),
        ("quarter", "2026-06-30T23:59", "2026-04-01T00:00"),
        ("quarter", "2026-07-01T00:00", "2026-07-01T00:00"),
        ("year", "2026-12-31T23:59:59.999999", "2026-01-01T00:00"),
        ("year", "2027-01-01T00:00", "2027-01-01T00:00"),
    ],
)
def test_calendar_periods_begin_at_midnight_in_shanghai(window: str, now: str, first: str) -> None:
    assert interval(window, at(now)) == (at(first) - 1, at(now))


def test_midnight_in_shanghai_is_four_in_the_afternoon_in_utc() -> None:
    before, after = (
        us(datetime.fromisoformat("2025-12-31T15:59:59Z")),
        us(datetime.fromisoformat("2025-12-31T16:00:00Z")),
    )
    assert interval("year", before)[0] == at("2025-01-01T00:00") - 1
    assert interval("year", after) == (after - 1, after)


@pytest.mark.parametrize("window", WINDOWS)
def test_intervals_only_move_forward(window: str) -> None:
    moments = [at("2025-12-28T21:00") + step * 7 * HOUR for step in range(40)]
    bounds = [interval(window, moment) for moment in moments]
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in zip(bounds, bounds[1:], strict=False))


def test_a_load_at_year_end() -> None:
    """60 minutes on Sunday 2025-12-28, 30 on New Year's Eve, 5 at midnight: one unit, seen on 2026-01-01 at 09:00."""
    lines = [("2025-12-28T10:00", 60), ("2025-12-31T10:00", 30), ("2026-01-01T00:00", 5)]
    postings = Postings.from_rows([(1, 5, 1, "", 0, 1, at(text), m, m, m, 1, 0) for text, m in lines])
    seen = {
        window: int(loads_at(postings, Metric(0, "minutes", window), at("2026-01-01T09:00"), {5: 1})[5][0])
        for window in ("day", "week", "month", "year", "24h", "7d")
    }
    assert seen == {"day": 5, "week": 35, "month": 5, "year": 5, "24h": 35, "7d": 95}
