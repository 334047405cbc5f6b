"""Occurrences that are counted by arithmetic are those that dateutil finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Effort
from streams.events.data import us
from streams.events.recurrence import parse
from streams.ledger.lifecycle import Demand, occurrences

LOCAL = timedelta(hours=8)
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
STARTS = st.timedeltas(timedelta(0), timedelta(days=11_000)).map(lambda past: FIRST + past)


@given(
    starts=STARTS,
    ahead=st.timedeltas(timedelta(days=-3), timedelta(days=200)),
    frequency=st.sampled_from(["DAILY", "WEEKLY"]),
    interval=st.integers(1, 5),
    end=st.sampled_from(["", ";COUNT=1", ";COUNT=7"]) | st.integers(-2, 60).map(lambda days: f"until {days}"),
)
def test_days_and_weeks_are_those_of_dateutil(
    starts: datetime, ahead: timedelta, frequency: str, interval: int, end: str
) -> None:
    if end.startswith("until"):
        until = starts + timedelta(days=int(end[5:]))
        end = f";UNTIL={until:%Y%m%dT%H%M%SZ}"
    text = f"FREQ={frequency};INTERVAL={interval}{end}"
    demand = Demand(1, 1, "x", (), us(starts), text, None, Effort(1, 2, 3))
    bound = starts + ahead
    oracle = rrulestr(text.split(";UNTIL")[0], dtstart=(starts + LOCAL).replace(tzinfo=None))
    last = min(bound, until.replace(microsecond=0)) if ";UNTIL" in text else bound
    found: list[int] = []
    for moment in oracle:
        moment = moment.replace(tzinfo=UTC) - LOCAL + timedelta(microseconds=starts.microsecond)
        if moment > last or len(found) > 400:
            break
        found.append(us(moment))
    assert list(occurrences(demand, us(bound))) == found


DAYS = st.sampled_from(
    [
        "",
        ";BYDAY=MO",
        ";BYDAY=MO,WE,FR",
        ";BYMONTHDAY=1,15,31",
        ";BYMONTHDAY=-1",
        ";BYMONTH=2,5",
        ";BYMONTH=2;BYMONTHDAY=1,2",
    ]
)


@given(
    starts=STARTS,
    span=st.timedeltas(timedelta(0), timedelta(days=1_500)),
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 4),
    days=DAYS,
    hours=st.sampled_from(["", ";BYHOUR=8", ";BYHOUR=8,14,20"]),
    count=st.sampled_from(["", ";COUNT=5"]),
)
def test_no_rule_has_more_occurrences_than_its_bound(
    starts: datetime, span: timedelta, frequency: str, interval: int, days: str, hours: str, count: str
) -> None:
    text = f"FREQ={frequency};INTERVAL={interval}{days}{hours}{count}"
    bound = parse(text).most_between(starts, starts + span)
    demand = Demand(1, 1, "x", (), us(starts), text, None, Effort(1, 2, 3))
    assert len(list(occurrences(demand, us(starts + span)))) <= bound
