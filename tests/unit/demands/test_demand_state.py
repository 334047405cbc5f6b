"""One demand: amended by its own kind alone, by fields that every reader can take; gone for a reason; the same for ledger and rules."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streams.calendars import Calendar
from streams.demands import open_until_us, same_thing, state_of, states_of
from streams.effort import estimate
from streams.events import Event, decode
from streams.events.data import Item, us
from streams.ledger.lifecycle import demand_of
from streams.registry import Registry, load
from streams.rules import gather

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
SOURCE = "//oa.example.cn/510104/education"


def event(id: str, type: str, days: float = 0, /, **data: Any) -> Event:
    fields = {"specversion": "1.0", "id": id, "source": SOURCE, "time": (NOON + timedelta(days=days)).isoformat()}
    return decode(json.dumps(fields | {"type": f"burden.{type}.v1", "data": data}).encode())


def meeting(**more: Any) -> Event:
    reach = {"areas": ["510104"], "tiers": ["township"]}
    fields = {
        "issuer": "510104-education",
        "title": "会",
        "reach": reach,
        "planned_start_at": at(3),
        "duration_minutes": 120,
    }
    return event("m", "meeting.issued", 0, **fields | more)


def at(days: float) -> str:
    return (NOON + timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load(None)


def test_an_amendment_of_another_kind_changes_neither_load_nor_what_rules_see(registry: Registry) -> None:
    wider = event(
        "a", "document.amended", 1, amends="m", reach={"areas": ["51"], "tiers": ["township"]}, deadline_at=at(1.1)
    )
    facts = gather([meeting(), wider], registry, Calendar.load())
    demand = demand_of(meeting(), [wider], key=1, resolve=registry.resolve, estimate=estimate)
    assert facts.issued[0].ranges == demand.ranges == registry.resolve(meeting().data.reach)
    assert facts.issued[0].data.deadline_us is None


def test_fields_that_no_reader_could_take_have_no_effect() -> None:
    state = state_of(meeting(), [event("a", "document.amended", 1, amends="m", duration_minutes="two hours")])
    assert state.data.duration_minutes == 120
    assert state.amended_us is None


def test_amendments_apply_field_by_field_whatever_their_order() -> None:
    first = event("a", "meeting.amended", 1, amends="m", duration_minutes=60, title="改")
    second = event("b", "meeting.amended", 2, amends="m", duration_minutes=30)
    for order in ([first, second], [second, first], [second, first, second]):
        state = state_of(meeting(), order)
        assert (state.data.duration_minutes, state.data.title) == (30, "改")
        assert state.amended_us == second.time_us


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ([event("w", "meeting.withdrawn", 1, withdraws="m")], "withdrawn"),
        ([event("w", "meeting.withdrawn", 4, withdraws="m")], ""),  # it took place the day before
        ([event("e", "meeting.ended", 1, ends="m")], "ended"),
        ([event("c", "correction.applied", 4, restates=["m"], effect="void")], "corrected"),
        ([event("c", "correction.applied", 4, restates=["m"], effect={"effort_minutes": 3})], ""),
        ([event("w", "meeting.withdrawn", 9, withdraws="other")], ""),
    ],
)
def test_why_a_demand_no_longer_stands(others: list[Event], reason: str) -> None:
    assert state_of(meeting(), others).gone(us(NOON + timedelta(days=5))) == reason


def test_a_withdrawal_of_tomorrow_has_not_happened_yet() -> None:
    state = state_of(meeting(), [event("w", "meeting.withdrawn", 2, withdraws="m")])
    assert state.gone(us(NOON + timedelta(days=1))) == ""
    assert state.gone(us(NOON + timedelta(days=2))) == "withdrawn"


def test_a_document_that_is_withdrawn_is_gone_whenever_it_was_issued() -> None:
    paper = event(
        "d",
        "document.issued",
        0,
        issuer="510104-education",
        title="文",
        reach={"areas": ["510104"], "tiers": ["township"]},
    )
    assert state_of(paper, [event("w", "document.withdrawn", 30, withdraws="d")]).gone(us(NOON) + 10**15) == "withdrawn"


def test_rework_counts_once_however_often_it_is_told() -> None:
    again = event("r", "meeting.returned", 1, returns="m", unit="510104017", effort_minutes=5)
    assert len(state_of(meeting(), [again, again]).reworks) == 1


def test_states_of_a_set_are_one_for_each_identity() -> None:
    found = states_of(
        [event("a", "meeting.amended", 1, amends="m", duration_minutes=60), meeting(), meeting(title="other")]
    )
    assert [(state.issued.title, state.data.duration_minutes) for state in found] == [("会", 60)]


def test_until_when_a_request_is_open() -> None:
    reach = {"areas": ["510104"], "tiers": ["township"]}

    def open_us(**more: Any) -> int:
        asked = event("q", "request.issued", 0, issuer="510104-education", title="表", reach=reach, **more)
        return open_until_us(asked.data, asked.time_us)

    assert open_us() == us(NOON + timedelta(days=30))
    assert open_us(deadline_at=at(2)) == us(NOON + timedelta(days=2))
    assert open_us(recurrence="FREQ=WEEKLY;UNTIL=20260601T000000Z") == us(datetime(2026, 6, 1, tzinfo=UTC))
    assert open_us(recurrence="FREQ=WEEKLY") > us(NOON + timedelta(days=10_000))
    assert open_until_us(meeting().data, 0, cutoff_us=7) == 7


def test_one_question_is_the_same_element_period_granularity_and_caliber() -> None:
    assert same_thing(Item("a"), Item("a", period="2026-01"))
    assert not same_thing(Item("a", period="2026-02"), Item("a", period="2026-01"))
    assert not same_thing(Item("a"), Item("b"))
    assert not same_thing(Item("a", caliber="户籍"), Item("a"))
