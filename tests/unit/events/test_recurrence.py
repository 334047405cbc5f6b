"""Rules of recurrence: what is taken, what is refused and why."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from streams.events.recurrence import parse, too_many


def test_a_rule_is_normalised() -> None:
    rule = parse("rrule:byday=fr;freq=weekly;until=20261231T160000Z")
    assert rule.text == "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261231T160000Z"
    assert (rule.frequency, rule.interval, rule.count) == ("WEEKLY", 1, None)
    assert rule.until == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_a_local_day_is_inclusive() -> None:
    until = parse("FREQ=DAILY;UNTIL=20261231").until
    assert until is not None
    assert datetime(2026, 12, 31, 15, 59, tzinfo=UTC) <= until < datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "NAME=VALUE"),
        ("FREQ=SECONDLY", "FREQ"),
        ("FREQ=MINUTELY;COUNT=3", "FREQ"),
        ("FREQ=DAILY;COUNT=10001", "COUNT"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "both"),
        ("FREQ=DAILY;FREQ=DAILY", "twice"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;BYSECOND=1", "BYSECOND"),
        ("FREQ=DAILY;BYHOUR=24", "BYHOUR"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,1,2,3,4", "24"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
        ("FREQ=DAILY;" + "X" * 600, "500"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "no day"),
        ("FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=-31", "no day"),
        ("FREQ=MONTHLY;BYDAY=6MO", "no day"),
        ("FREQ=DAILY;BYSETPOS=366", "no day"),
    ],
)
def test_what_is_refused_and_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(text)


@pytest.mark.parametrize(
    ("rule", "start", "said", "passes"),
    [
        ("FREQ=DAILY", "2000-01-01", "2026-03-03", True),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11", "2000-01-01", "2026-03-03", False),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;UNTIL=20000301", "2000-01-01", "2026-03-03", True),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;COUNT=90", "2000-01-01", "2026-03-03", True),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8,9", "2000-01-01", "2026-03-03", False),
        ("FREQ=MONTHLY", "2000-01-01", "2099-12-31", True),
    ],
)
def test_a_demand_has_a_bound_of_occurrences(rule: str, start: str, said: str, passes: bool) -> None:
    why = too_many(rule, *(datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (start, said)))
    assert (why == "") == passes


@pytest.mark.parametrize("until", ["99991231", "99991231T235959Z", "20261301", "00000000"])
def test_an_end_out_of_all_bounds_is_no_crash(until: str) -> None:
    with suppress(ValueError):
        parse(f"FREQ=WEEKLY;UNTIL={until}")
