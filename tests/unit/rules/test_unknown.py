"""What is unknown never holds: events that say only what they must accuse nobody, and an absence counts where the source records such things."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.calendars import Calendar
from streams.events import Event, decode
from streams.events.data import ISSUED
from streams.registry import Registry
from streams.registry import load as load_registry
from streams.rules import Rulebook, evaluate, events_table, gather, load, shipped, truths
from streams.rules.recorded import FIELDS, fields_recorded

CALENDAR = Calendar.load()
TIERS = ("county", "township", "village")
DAY_US = 86_400_000_000
AREAS = ("510104", "220102", "320102", "370102", "620724", "620921", "430405", "331002", "130102")
"""Counties under every shipped pack, and one under the national alone."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook(load(shipped()))


def event(id: str, kind: str, area: str = "510104", source: str = "//t", **data: Any) -> Event:
    given = {"issuer": f"{area}-education", "title": "事项", "reach": {"areas": [area], "tiers": list(TIERS)}} | data
    head = {"specversion": "1.0", "id": id, "source": source, "type": f"burden.{kind}.issued.v1"}
    return decode(msgspec.json.encode(head | {"time": "2026-03-10T10:00:00+08:00", "data": given}))


@pytest.mark.parametrize("kind", sorted(ISSUED))
@pytest.mark.parametrize("area", AREAS)
def test_an_event_that_says_only_what_it_must_breaks_no_rule(
    kind: str, area: str, registry: Registry, book: Rulebook
) -> None:
    facts = gather([event("bare", kind, area)], registry, CALENDAR)
    for days in (0, 30, 400):
        found = evaluate(book, facts, facts.issued[0].at_us + days * DAY_US)
        assert [(one.rule, one.value) for one in found] == []


@pytest.mark.parametrize("kind", sorted(ISSUED))
def test_neither_does_it_where_others_of_the_source_say_no_more(kind: str, registry: Registry, book: Rulebook) -> None:
    facts = gather([event(f"e{n}", kind) for n in range(4)], registry, CALENDAR)
    rows = events_table(facts.issued, CALENDAR, facts.lists, fields_recorded(facts.issued))
    assert truths(rows, book, "events") == []


@pytest.mark.parametrize("column", sorted(FIELDS))
def test_a_missing_field_is_an_absence_only_where_its_source_records_it(column: str, registry: Registry) -> None:
    kind = FIELDS[column][0][0]
    (bare,) = gather([event("bare", kind)], registry, CALENDAR).issued

    def read(recorded: dict[str, frozenset[str]] | None) -> Any:
        return events_table([bare], CALENDAR, recorded=recorded)[column][0]

    assert read(None) is None
    assert read({"//other": frozenset((f"{kind}.{column}",))}) is None
    assert read({"//t": frozenset((f"{kind}.{column}",))}) in (False, 4)


@pytest.mark.parametrize("text", ["无", "—", "/", "待定", "N/A"])
@pytest.mark.parametrize(
    ("kind", "field", "column"),
    [
        ("document", "doc_no", "has_doc_no"),
        ("inspection", "plan_item_id", "has_plan"),
        ("app", "registry_no", "has_registry_no"),
        ("secondment", "approval_no", "has_approval"),
        ("plaque", "admission_no", "has_admission"),
        ("pilot", "catalogue_id", "has_catalogue"),
        ("checkin", "safety_ground", "safety_ground"),
    ],
)
def test_what_stands_for_none_says_that_there_is_none(
    text: str, kind: str, field: str, column: str, registry: Registry
) -> None:
    facts = gather([event("e", kind, **{field: text})], registry, CALENDAR)
    assert events_table(facts.issued, CALENDAR)[column][0] is False


def documents(number: int, carrying: int, source: str = "//t") -> list[Event]:
    named = {"consistency_assessment_id": "YZX-1"}
    return [event(f"d{n}", "document", source=source, **(named if n < carrying else {})) for n in range(number)]


@pytest.mark.parametrize(
    ("number", "carrying", "known"), [(281, 0, False), (3, 2, False), (3, 3, True), (100, 4, False), (60, 3, True)]
)
def test_a_source_records_what_three_of_its_events_and_five_in_a_hundred_carry(
    number: int, carrying: int, known: bool, registry: Registry
) -> None:
    found = fields_recorded(gather(documents(number, carrying), registry, CALENDAR).issued)
    assert ("document.has_assessment" in found["//t"]) is known


def test_a_register_without_assessments_is_not_told_so_at_each_document(registry: Registry, book: Rulebook) -> None:
    numbered = [event(f"n{n}", "document", doc_no=f"锦教发〔2026〕{n + 1}号") for n in range(281)]
    issued = gather(numbered, registry, CALENDAR).issued
    rows = events_table(issued, CALENDAR, recorded=fields_recorded(issued))
    assert truths(rows, book, "events") == []


def test_a_kind_with_many_events_speaks_for_itself_and_one_with_few_for_its_system(registry: Registry) -> None:
    planned = [event(f"d{n}", "document", plan_item_id="JH-1") for n in range(10)]
    visits = [event(f"i{n}", "inspection") for n in range(12)]
    found = fields_recorded(gather(planned + visits, registry, CALENDAR).issued)["//t"]
    assert "document.has_plan" in found
    assert "inspection.has_plan" not in found
    offices = [event(f"p{n}", "plaque", source=f"//oa/{n}", admission_no="ZR-1") for n in range(3)]
    alone = [event("p", "plaque", source="//oa/new"), event("q", "plaque", source="//own/new")]
    sources = fields_recorded(gather(offices + alone, registry, CALENDAR).issued)
    assert "plaque.has_admission" in sources["//oa/new"]
    assert "plaque.has_admission" not in sources["//own/new"]
