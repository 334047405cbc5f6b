"""Estimates on the real structs of the vocabulary: declared first, else the documented sums; whole, ordered, bounded, cheap, explained."""

from __future__ import annotations

import math
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.effort import estimate, explain
from streams.events.data import ISSUED
from streams.events.model import KINDS, Effort


def issued(kind: str, **fields: Any) -> Any:
    """The typed data of an issued event."""
    told = {"issuer": "510000-education", "title": "t", "reach": {"areas": ["51"], "tiers": ["township"]}}
    return msgspec.convert(told | fields, ISSUED[kind])


def test_declared_effort_goes_first() -> None:
    declared = {"low": 60, "likely": 95, "high": 180}
    items = [{"element": f"e{n}"} for n in range(500)]
    assert estimate("request", issued("request", effort_minutes=declared, items=items)) == Effort(60, 95, 180)
    assert estimate("request", issued("request", effort_minutes=30)) == Effort(30, 30, 30)
    assert estimate("meeting", issued("meeting", effort_minutes=0)) == Effort(0, 0, 0)
    (line,) = explain("request", issued("request", effort_minutes=declared))
    assert (line.low, line.likely, line.high) == (60, 95, 180)
    assert "declared" in line.arithmetic


@pytest.mark.parametrize(
    ("start", "end", "minutes", "counted"),
    [
        ("2026-03-03T00:00:00+08:00", "2026-03-04T00:00:00+08:00", None, 480),
        ("2026-03-03T00:00:00+08:00", "2026-03-03T23:59:00+08:00", None, 480),
        ("2026-03-03T00:00:00+08:00", "2026-03-06T00:00:00+08:00", None, 3 * 480),
        ("2026-03-03T00:00:00+08:00", None, 1440, 480),
        (None, None, 2880, 960),
        ("2026-03-03T20:00:00+08:00", "2026-03-04T20:00:00+08:00", None, 1440),  # a night shift has hours
        ("2026-03-03T00:00:00+08:00", "2026-03-03T04:00:00+08:00", None, 240),
    ],
)
def test_a_day_that_names_no_hours_is_a_working_day(
    start: str | None, end: str | None, minutes: int | None, counted: int
) -> None:
    told = {"starts_at": start, "ends_at": end, "duration_minutes": minutes, "attendees": 1, "travel_minutes": 0}
    found = estimate("meeting", issued("meeting", prep_minutes=0, **{k: v for k, v in told.items() if v is not None}))
    assert found.likely == counted


def test_a_document_by_readers_and_characters() -> None:
    assert estimate("document", issued("document", readers=2, char_count=3000)).likely == 2 * 3000 / 300 + 18
    assert estimate("document", issued("document", readers=1, char_count=300)).likely == 19
    assert estimate("document", issued("document", readers=1, char_count=300, requires_report=True)).likely == 19 + 150
    assert estimate("document", issued("document", readers=1, char_count=300, demands=["report"])).likely == 19 + 150
    followed = issued("document", readers=1, char_count=300, requires_followup_doc=True)
    assert estimate("document", followed).likely == 19 + 240
    assert estimate("document", issued("document", readers=1, page_count=5)).likely == round(5 * 616 / 300 + 18)


def test_a_meeting_by_people_length_and_travel() -> None:
    spoken = {
        "attendees_required": [{"post": "书记"}, {"post": "民政办主任", "count": 2}],
        "planned_start_at": "2026-03-03T09:00:00+08:00",
        "planned_end_at": "2026-03-03T10:30:00+08:00",
        "travel_minutes": 60,
    }
    assert estimate("meeting", issued("meeting", **spoken)) == Effort(3 * 160, 3 * 180, 3 * 210)
    assert estimate("meeting", issued("meeting", **spoken, prep_minutes=0)).likely == 3 * 150
    assert estimate("meeting", issued("meeting", attendees=4, duration_minutes=30, travel_minutes=0)).likely == 4 * 60
    between = {"starts_at": "2026-03-03T09:00:00+08:00", "ends_at": "2026-03-03T10:00:00+08:00"}
    assert estimate("meeting", issued("meeting", attendees=1, travel_minutes=0, **between)).likely == 60 + 30
    onsite, video = (estimate("meeting", issued("meeting", attendees=2, form=form)) for form in ("onsite", "video"))
    assert video.likely < onsite.likely


def test_an_inspection_by_people_length_and_materials() -> None:
    told = issued("inspection", reception_staff=3, duration_minutes=180, materials_requested=["a", "b"])
    assert estimate("inspection", told).likely == 3 * 180 + 2 * 90 + 60
    backwards = {"starts_at": "2026-03-03T12:00:00+08:00", "ends_at": "2026-03-03T09:00:00+08:00"}
    assert estimate("inspection", issued("inspection", **backwards)) == estimate("inspection", issued("inspection"))


def test_a_form_by_items_rows_and_approval() -> None:
    items = [{"element": f"e{n}"} for n in range(30)]
    assert estimate("request", issued("request", items=items, rows_expected=10)).likely == 30 * 10 * 2 + 20
    assert estimate("request", issued("request", items=items, rows_expected=10, prefilled_share=0.5)).likely == 320
    assert estimate("request", issued("request", items=items, rows_expected=10, prefilled_share=1.0)).likely == 20
    assert (
        estimate("request", issued("request", items=items, rows_expected=1, minutes_per_item=4, approvals=3)).likely
        == 180
    )
    proofs = issued("request", items=items, rows_expected=1, proof_required=["photo", "signature"])
    assert estimate("request", proofs).likely == 60 + 24 + 20


@pytest.mark.parametrize(
    ("kind", "fields", "likely"),
    [
        ("checkin", {"people": 10, "taps": 5}, 30),
        ("checkin", {"people": 10, "taps": 5, "traces": ["photo"]}, 45),
        ("group", {"members": 10, "posts_per_day": 10}, 60),
        ("app", {"users_per_unit": 4, "functions": ["form", "points"]}, 4 * 15 + 2 * 30),
        ("app", {"users_per_unit": 4, "functions": ["form"], "minutes_per_day": 5}, 4 * 15 + 30 + 20),
        ("certificate", {"cases": 2}, 30),
        ("plaque", {}, 60),
        ("evaluation", {"indicators": 10}, 450 + 540),
        ("pilot", {"visits": 1}, 2400 + 540),
        ("pilot", {"visits": 0, "indicators": 2}, 2400 + 90),
        ("target", {"quantity": 5.0}, 240),
    ],
)
def test_the_other_kinds(kind: str, fields: dict[str, Any], likely: int) -> None:
    assert estimate(kind, issued(kind, **fields)).likely == likely


def lent(start: str, end: str, **more: Any) -> Effort:
    days = {"starts_at": f"{start}T00:00:00+08:00", "planned_end_at": f"{end}T00:00:00+08:00"}
    return estimate("secondment", issued("secondment", **days, **more))


def test_a_secondment_by_working_days() -> None:
    assert lent("2026-03-02", "2026-03-09") == Effort(5 * 480, 5 * 480, 5 * 480)
    assert lent("2026-03-02", "2026-03-09", people=2).likely == 2 * 5 * 480
    assert lent("2026-02-15", "2026-02-24").likely == 0, "the Spring Festival"
    assert lent("2035-01-01", "2036-01-01").likely == 248 * 480
    assert lent("2026-03-09", "2026-03-02") == estimate("secondment", issued("secondment"))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_said_gives_an_interval(kind: str) -> None:
    effort = estimate(kind, issued(kind))
    assert 0 <= effort.low <= effort.likely <= effort.high
    assert effort.likely > 0


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(KeyError):
        estimate("alchemy", issued("target"))


COUNTS = {
    "document": ["readers", "char_count", "page_count"],
    "meeting": ["attendees", "duration_minutes", "travel_minutes", "prep_minutes"],
    "inspection": ["reception_staff", "duration_minutes"],
    "request": ["rows_expected", "minutes_per_item", "approvals"],
    "app": ["users_per_unit", "minutes_per_day"],
    "group": ["members", "posts_per_day"],
    "checkin": ["people", "taps"],
    "evaluation": ["indicators"],
    "pilot": ["indicators", "visits"],
    "secondment": ["people"],
    "certificate": ["cases"],
}


@st.composite
def data_of(draw: st.DrawFn) -> tuple[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    numbers = st.one_of(st.none(), st.integers(0, 20), st.integers(0, 1_000_000))
    fields: dict[str, Any] = {name: draw(numbers) for name in COUNTS.get(kind, [])}
    texts = st.lists(st.text("ab", min_size=1), max_size=4)
    for name in ("materials_requested", "proof_required", "functions", "traces"):
        if name in ISSUED[kind].__struct_fields__:
            fields[name] = draw(texts)
    if kind == "request":
        fields["prefilled_share"] = draw(st.one_of(st.none(), st.floats(0, 1)))
    return kind, issued(kind, **fields)


@given(data_of())
def test_estimates_are_whole_ordered_bounded_and_explained(drawn: tuple[str, Any]) -> None:
    kind, data = drawn
    effort = estimate(kind, data)
    assert all(type(value) is int for value in (effort.low, effort.likely, effort.high))
    assert 0 <= effort.low <= effort.likely <= effort.high <= 1_000_000
    lines = explain(kind, data)
    sums = (sum(one.low for one in lines), sum(one.likely for one in lines), sum(one.high for one in lines))
    for value, total in zip((effort.low, effort.likely, effort.high), sums, strict=True):
        rounded = {min(math.floor(total + 0.5 + nudge), 1_000_000) for nudge in (-1e-6, 0.0, 1e-6)}
        assert value in rounded
    assert all(line.provenance and line.arithmetic for line in lines)


def test_the_arithmetic_is_readable() -> None:
    lines = explain("document", issued("document", readers=2, char_count=3000))
    assert lines[0].arithmetic.startswith("2 [people of the unit who must read it] x 3000 [characters] x ")
    assert lines[0].provenance.startswith("declared in the event; assumed: design coefficients")
    assert "18 (8-30) person-minutes" in lines[1].arithmetic


def test_estimates_are_cheap() -> None:
    for kind in KINDS:
        data = issued(kind)
        best = min(timed(kind, data) for _ in range(5))
        assert best < 10e-6, f"{kind}: 20,000 events a second leave 50 microseconds for everything"


def timed(kind: str, data: object) -> float:
    begun = time.perf_counter()
    for _ in range(500):
        estimate(kind, data)
    return (time.perf_counter() - begun) / 500
