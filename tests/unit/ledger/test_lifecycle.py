"""Each effect of the life cycle by itself, with its numbers. One demand of 100 minutes (50 to 200) on four townships, unless said otherwise."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

import pytest

from streams.events import Effort, Event, decode
from streams.events.data import us
from streams.events.model import Reach
from streams.ledger.lifecycle import demand_of, horizon_us, postings_of
from streams.ledger.postings import Postings
from streams.registry.model import Range, Ranges

UNITS = ("510104017", "510104018", "510104019", "510104020", "510104021")
TIER = 4
SOURCE = "//oa.example.cn/510000/education"
EFFORT = {"low": 50, "likely": 100, "high": 200}
ESTIMATE = Effort(1, 2, 3)
FOUR = {"units": list(UNITS[:4])}
DAILY = "FREQ=DAILY;COUNT=4"


def resolve(reach: Reach) -> Ranges:
    return tuple(Range(TIER, UNITS.index(unit), UNITS.index(unit) + 1) for unit in sorted(reach.units))


def rank_of(unit: str) -> tuple[int, int] | None:
    return (TIER, UNITS.index(unit)) if unit in UNITS else None


def at(text: str) -> str:
    """An instant of March 2026 in Shanghai, from ``DDTHH:MM``."""
    return f"2026-03-{text}:00+08:00"


def event(name: str, time: str, type_: str, **data: Any) -> Event:
    document = {"specversion": "1.0", "id": name, "source": data.pop("source", SOURCE), "type": f"burden.{type_}.v1",
                "time": at(time), "data": data}  # fmt: skip
    return decode(json.dumps(document).encode())


def issued(**data: Any) -> Event:
    whole = {
        "issuer": "510000-education",
        "title": "t",
        "reach": FOUR,
        "starts_at": at("03T09:00"),
        "effort_minutes": EFFORT,
    }
    return event("i", "02T15:00", "request.issued", **(whole | data))


def postings(original: Event, *others: Event, until: str = "31T23:59") -> Postings:
    demand = demand_of(original, others, key=7, resolve=resolve, estimate=lambda _k, _d: ESTIMATE)
    return Postings.from_rows(postings_of(demand, until_us=us(datetime.fromisoformat(at(until))), rank_of=rank_of))


def likely(original: Event, *others: Event, until: str = "31T23:59") -> dict[str, list[int]]:
    """Likely minutes of the five townships by the day and hour of their start."""
    loads: dict[str, list[int]] = {}
    for row in postings(original, *others, until=until).net().rows():
        start = datetime.fromtimestamp(row[6] / 1e6, datetime.fromisoformat(at("01T00:00")).tzinfo)
        units = loads.setdefault(f"{start:%dT%H:%M}", [0] * 5)
        for rank in range(row[4], row[5]):
            units[rank] += row[8]
    return loads


def test_a_demand_counts_once_for_each_unit_from_its_start() -> None:
    assert likely(issued()) == {"03T09:00": [100, 100, 100, 100, 0]}
    row = postings(issued()).rows()[0]
    assert row[:4] == (7, TIER, 4, "510000-education")
    assert row[7:] == (50, 100, 200, 1, 0)


def test_without_a_start_it_begins_at_the_time_of_the_event() -> None:
    assert list(likely(issued(starts_at=None))) == ["02T15:00"]


def test_without_a_declared_effort_it_is_estimated() -> None:
    assert likely(issued(effort_minutes=None))["03T09:00"] == [2, 2, 2, 2, 0]


def test_an_amendment_replaces_the_fields_that_it_names() -> None:
    later = event("a", "05T10:00", "request.amended", amends="i", effort_minutes=30, reach={"units": [UNITS[4]]})
    assert likely(issued(), later) == {"03T09:00": [0, 0, 0, 0, 30]}


def test_amendments_apply_field_by_field_in_the_order_of_time_and_id() -> None:
    one = event("b", "05T10:00", "request.amended", amends="i", effort_minutes=30, starts_at=at("04T09:00"))
    two = event("c", "05T10:00", "request.amended", amends="i", effort_minutes=40)
    early = event("z", "04T10:00", "request.amended", amends="i", effort_minutes=99, reach={"units": [UNITS[0]]})
    assert likely(issued(), two, early, one) == {"04T09:00": [40, 0, 0, 0, 0]}


def test_an_amendment_to_null_removes_a_field() -> None:
    assert likely(
        issued(), event("a", "05T10:00", "request.amended", amends="i", effort_minutes=None, starts_at=None)
    ) == {"02T15:00": [2, 2, 2, 2, 0]}


def test_an_amendment_of_another_kind_has_no_effect() -> None:
    assert likely(issued(), event("a", "05T10:00", "meeting.amended", amends="i", effort_minutes=1)) == likely(issued())


@pytest.mark.parametrize(("verb", "word"), [("withdrawn", "withdraws"), ("ended", "ends")])
def test_no_start_at_or_after_a_withdrawal_or_an_end_counts(verb: str, word: str) -> None:
    standing = issued(recurrence=DAILY)
    assert list(likely(standing)) == ["03T09:00", "04T09:00", "05T09:00", "06T09:00"]
    assert list(likely(standing, event("w", "05T09:00", f"request.{verb}", **{word: "i"}))) == ["03T09:00", "04T09:00"]
    assert likely(issued(), event("w", "03T09:00", f"meeting.{verb}", **{word: "i"})) == {}, "whatever kind it names"
    assert likely(issued(), event("w", "03T09:01", f"request.{verb}", **{word: "i"})) == likely(issued()), "too late"


def test_the_earliest_of_several_ends_counts() -> None:
    cuts = [
        event("w", "06T00:00", "request.withdrawn", withdraws="i"),
        event("e", "04T00:00", "request.ended", ends="i"),
    ]
    assert list(likely(issued(recurrence=DAILY), *cuts)) == ["03T09:00"]


def test_an_answer_replaces_the_estimate_of_its_unit() -> None:
    answer = event("r", "05T10:00", "request.answered", answers="i", unit=UNITS[1], actual_minutes=330)
    assert likely(issued(), answer) == {"03T09:00": [100, 330, 100, 100, 0]}
    extra = [row for row in postings(issued(), answer).rows() if row[11]]
    assert [row[7:] for row in extra] == [(280, 230, 130, 0, 1)], (
        "low, likely and high all become 330; the count stays 1"
    )


def test_the_latest_answer_stands() -> None:
    answers = [
        event(name, time, "request.answered", answers="i", unit=UNITS[1], actual_minutes=minutes)
        for name, time, minutes in (("r3", "05T10:00", 3), ("r2", "06T10:00", 2), ("r1", "06T10:00", 1))
    ]
    assert likely(issued(), *answers)["03T09:00"] == [100, 2, 100, 100, 0]


def test_a_single_demand_needs_no_occurrence_and_a_recurring_one_its_exact_start() -> None:
    def answer(**occurrence: str) -> Event:
        return event("r", "05T10:00", "request.answered", answers="i", unit=UNITS[0], actual_minutes=7, **occurrence)

    standing = issued(recurrence=DAILY)
    assert likely(issued(), answer(occurrence_at=at("20T00:00")))["03T09:00"][0] == 7
    assert [units[0] for units in likely(standing, answer(occurrence_at=at("04T09:00"))).values()] == [100, 7, 100, 100]
    assert likely(standing, answer(occurrence_at=at("04T09:01"))) == likely(standing)
    assert likely(standing, answer()) == likely(standing)


@pytest.mark.parametrize("unit", [UNITS[4], "999999999"])
def test_answers_and_rework_of_a_unit_that_is_not_reached_have_no_effect(unit: str) -> None:
    answer = event("r", "05T10:00", "request.answered", answers="i", unit=unit, actual_minutes=7)
    rework = event("b", "05T10:00", "request.returned", returns="i", unit=unit, effort_minutes=7)
    assert likely(issued(), answer, rework) == likely(issued())


def test_rework_counts_once_more_at_its_own_time() -> None:
    back = [
        event(name, time, "request.returned", returns="i", unit=UNITS[2], effort_minutes=25)
        for name, time in (("b1", "06T14:00"), ("b2", "07T14:00"))
    ]
    assert likely(issued(), *back) == {
        "03T09:00": [100, 100, 100, 100, 0],
        "06T14:00": [0, 0, 25, 0, 0],
        "07T14:00": [0, 0, 25, 0, 0],
    }
    assert sum(row[10] * (row[5] - row[4]) for row in postings(issued(), *back).rows()) == 6, (
        "four units and two reworks"
    )
    cut = event("w", "07T14:00", "request.withdrawn", withdraws="i")
    assert list(likely(issued(), *back, cut)) == ["03T09:00", "06T14:00"]


def test_a_correction_restates_the_estimate_over_amendments_and_under_answers() -> None:
    others = [
        event("k", "04T10:00", "correction.applied", restates=["x", "i"], effect={"effort_minutes": 10}),
        event("a", "09T10:00", "request.amended", amends="i", effort_minutes=500),
        event("r", "03T10:00", "request.answered", answers="i", unit=UNITS[1], actual_minutes=330),
        event("b", "06T14:00", "request.returned", returns="i", unit=UNITS[2], effort_minutes=25),
    ]
    assert likely(issued(), *others) == {"03T09:00": [10, 330, 10, 10, 0], "06T14:00": [0, 0, 25, 0, 0]}


def test_void_takes_away_everything_until_a_later_correction() -> None:
    void = event("k", "08T10:00", "correction.applied", restates=["i"], effect="void")
    back = event("b", "06T14:00", "request.returned", returns="i", unit=UNITS[2], effort_minutes=25)
    assert likely(issued(), back, void) == {}
    again = event("k2", "09T10:00", "correction.applied", restates=["i"], effect={"effort_minutes": 10})
    assert likely(issued(), again, void) == {"03T09:00": [10, 10, 10, 10, 0]}


def test_an_outcome_changes_nothing() -> None:
    assert likely(issued(), event("o", "04T10:00", "request.outcome", concludes="i", decisions=["x"])) == likely(
        issued()
    )


def test_references_to_another_source_or_to_what_is_not_issued_have_no_effect() -> None:
    others = [
        event("w1", "01T10:00", "request.withdrawn", withdraws="i", source="//other"),
        event("w2", "01T10:00", "request.withdrawn", withdraws={"source": "//other", "id": "i"}),
        event("w3", "01T10:00", "request.withdrawn", withdraws="w1"),
    ]
    assert likely(issued(), *others) == likely(issued())
    named = event("w", "01T10:00", "request.withdrawn", withdraws={"source": SOURCE, "id": "i"}, source="//other")
    assert likely(issued(), named) == {}


def test_recurrence_begins_with_the_start_only_where_the_rule_matches_it() -> None:
    weekly = issued(recurrence="FREQ=WEEKLY;BYDAY=FR;UNTIL=20260320T010000Z")  # the 3rd is a Tuesday
    assert list(likely(weekly)) == ["06T09:00", "13T09:00", "20T09:00"], "UNTIL is 09:00 of the 20th and counts"


def test_recurrence_runs_on_the_wall_clock_of_shanghai() -> None:
    """Half past midnight on Friday is Thursday in UTC."""
    assert list(likely(issued(starts_at=at("03T00:30"), recurrence="FREQ=WEEKLY;BYDAY=FR;COUNT=2"))) == [
        "06T00:30",
        "13T00:30",
    ]


def test_a_rule_that_never_matches_ends_soon() -> None:
    began = time.process_time()
    assert likely(issued(recurrence="FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6")) == {}
    assert time.process_time() - began < 5


def test_standing_demands_are_posted_to_the_start_of_the_third_month_after_this_one() -> None:
    now = us(datetime.fromisoformat(at("18T10:00")))
    assert horizon_us(now) == us(datetime.fromisoformat("2026-06-01T00:00:00+08:00"))
    december = us(datetime.fromisoformat("2026-12-31T23:59:59+08:00"))
    assert horizon_us(december) == us(datetime.fromisoformat("2027-03-01T00:00:00+08:00"))
    assert list(likely(issued(recurrence="FREQ=DAILY"), until="05T09:00")) == ["03T09:00", "04T09:00", "05T09:00"]


def test_an_empty_reach_is_a_demand_without_load() -> None:
    assert len(postings(issued(reach={}))) == 0
