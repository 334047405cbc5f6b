"""The truth about the violations: every rule is planted, its events exist and carry what the rule reads, and nothing else does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from streams.calendars import Calendar, day_number
from streams.events import Event, decode
from streams.events.data import us
from streams.registry import Registry, load
from streams.simulate import Label, stream
from streams.simulate.choosing import HELD

RULES = [f"R{number:02d}" for number in range(1, 25)]
CALENDAR = Calendar.load()
Predicate = Callable[[Event], bool]


def same_day(event: Event) -> bool:
    data = event.data
    if event.kind != "request" or data.deadline_at is None or data.emergency:
        return False
    return CALENDAR.working_minutes_between(event.time_us, us(data.deadline_at)) <= 480


def white_or_long(event: Event) -> bool:
    data = event.data
    if event.kind != "document" or data.direction == "up":
        return False
    limit = 5_000 if data.doc_class in ("综合", "信息") else 4_000
    return (
        (data.char_count or 0) > limit
        or (not event.doc_no and bool(data.demands))
        or (data.similarity_to_parent or 0) > 0.9
    )


def held_elsewhere(event: Event) -> bool:
    line = event.issuer.partition("-")[2]
    return any(HELD.get(item.element, line) != line and item.caliber is None for item in event.data.items)


def fingertip(event: Event) -> bool:
    data = event.data
    if event.kind == "app":
        return data.registry_no is None or bool({"form", "checkin", "points"} & set(data.functions))
    return event.kind == "group" and data.instant_reply and not data.emergency


PREDICATES: dict[str, Predicate] = {
    "R02": lambda event: (
        event.kind == "meeting"
        and not event.data.emergency
        and ((event.data.duration_minutes or 0) > 210 or any((one.minutes or 0) > 60 for one in event.data.speeches))
    ),
    "R04": lambda event: (
        event.kind == "meeting"
        and not event.data.emergency
        and (event.data.chair_rank, event.data.required_attendee_rank) == ("deputy", "principal")
    ),
    "R06": white_or_long,
    "R08": lambda event: (
        bool({"photo", "video", "screenshot", "ledger", "signature"} & set(event.data.demands))
        and event.data.basis_type != "law"
    ),
    "R10": held_elsewhere,
    "R11": same_day,
    "R12": lambda event: (
        event.kind == "inspection"
        and event.data.plan_item_id is None
        and event.data.filing_id is None
        and not event.data.random_check
    ),
    "R13": lambda event: (
        event.kind == "inspection"
        and event.data.inspection_class == "调研"
        and (event.data.scoring or bool(event.data.grades))
    ),
    "R14": lambda event: event.kind in ("evaluation", "pilot") and event.data.catalogue_id is None,
    "R15": fingertip,
    "R16": lambda event: event.kind == "secondment" and event.data.approval_no is None,
    "R17": lambda event: (event.data.duty_item_code or "").startswith("SH"),
    "R18": lambda event: (
        (event.kind == "plaque" and event.data.admission_no is None)
        or (event.kind == "certificate" and (event.data.list_item or "").startswith("NEG"))
    ),
    "R19": lambda event: event.kind == "target" and event.data.quantity > event.data.parent_quantity,
}


class Truth:
    """A stream with its labels."""

    def __init__(self, registry: Registry) -> None:
        self.events: dict[tuple[str, str], Event] = {}
        self.labels: list[Label] = []
        for one in stream(registry, seed=11, start=date(2026, 3, 2), end=date(2026, 4, 20), area="5101", scale=1.0):
            event = decode(one.raw)
            self.events.setdefault((event.source, event.id), event)
            self.labels.extend(one.labels)
        self.issued = [event for event in self.events.values() if event.verb == "issued"]
        self.by_rule: dict[tuple[str, bool], set[str]] = defaultdict(set)
        for label in self.labels:
            self.by_rule[label.rule, label.expected] |= {one.id for one in label.events}


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth(load())


def test_every_rule_is_planted_and_nearly_planted(truth: Truth) -> None:
    found = Counter((label.rule, label.expected) for label in truth.labels)
    for rule in RULES:
        assert found[rule, True] >= 1, rule
        assert found[rule, False] >= 1, rule
    assert found["R09", True] > found["R09", False]


def test_labels_name_events_of_the_stream_and_say_why(truth: Truth) -> None:
    for label in truth.labels:
        assert label.events
        assert label.subject
        assert len(label.why) > 4
        for one in label.events:
            assert (one.source, one.id) in truth.events, label


@pytest.mark.parametrize("rule", sorted(PREDICATES))
def test_what_breaks_a_rule_is_labelled_and_nothing_else_breaks_it(truth: Truth, rule: str) -> None:
    fired = {event.id for event in truth.issued if PREDICATES[rule](event)}
    planted = truth.by_rule[rule, True]
    last = {label.events[-1].id for label in truth.labels if label.rule == rule and label.expected}
    assert last <= fired, "a planted violation is not to be seen in its fields"
    assert fired <= planted, "the background breaks the rule"
    assert not fired & (truth.by_rule[rule, False] - planted), "a near miss breaks the rule"


def test_meetings_have_an_outcome_within_five_workdays_unless_labelled(truth: Truth) -> None:
    concluded: dict[str, int] = {}
    for event in truth.events.values():
        if event.verb == "outcome":
            concluded[event.targets[0].id] = event.time_us
    planted = truth.by_rule["R01", True]
    decided = 0
    for event in truth.issued:
        if event.kind != "meeting" or event.data.meeting_class == "培训":
            continue
        start_us = us(event.data.planned_start_at)
        held, last = (
            date.fromordinal(719_163 + day_number(t_us)) for t_us in (start_us, concluded.get(event.id, start_us))
        )
        if CALENDAR.add_workdays(held, 5) >= date(2026, 4, 20):
            continue
        decided += 1
        ok = event.id in concluded and CALENDAR.workdays_between(held, last) <= 5
        assert ok is (event.id not in planted), event.id
    assert decided > 200


def test_duplicated_items_overlap_while_both_are_open_and_others_do_not(truth: Truth) -> None:
    by_id = {event.id: event for event in truth.issued}
    for label in truth.labels:
        if label.rule != "R09":
            continue
        first, second = (by_id[one.id] for one in label.events)
        shared = {item.element for item in first.data.items} & {item.element for item in second.data.items}
        assert len(shared) >= 0.6 * len(second.data.items)
        assert second.time_us < us(first.data.deadline_at)
        assert (second.data.items[0].caliber is None) is label.expected
    linked = {one.id for label in truth.labels if label.rule in ("R09", "R07", "R10") for one in label.events}
    last: dict[tuple[str, Any], Event] = {}
    for event in sorted(truth.issued, key=lambda one: one.time_us):
        if event.kind != "request" or event.id in linked or event.data.recurrence is not None:
            continue
        for item in event.data.items:
            before = last.get((event.issuer, item.element))
            if before is not None and event.data.deadline_at is not None and before.data.deadline_at is not None:
                shared = {one.element for one in before.data.items} & {one.element for one in event.data.items}
                still_open = event.time_us < us(before.data.deadline_at)
                assert not still_open or len(shared) < 0.6 * len(event.data.items), event.id
            last[event.issuer, item.element] = event


def test_a_collision_is_one_post_at_one_time_and_a_copy_is_stricter_than_its_parent(truth: Truth) -> None:
    by_id = {event.id: event for event in truth.issued}
    for label in truth.labels:
        if label.rule == "R05":
            one, other = (by_id[event.id] for event in label.events)
            assert one.data.reach == other.data.reach
            assert one.data.planned_end_us > other.data.planned_start_us >= one.data.planned_start_us
            same = one.data.attendees_required[0].post == other.data.attendees_required[0].post
            assert same is label.expected
        elif label.rule == "R07":
            parent, child = (by_id[event.id] for event in label.events)
            assert child.data.parent_id.id == parent.id
            assert child.data.deadline_at < parent.data.deadline_at
            assert (child.data.basis_type == "law") is not label.expected


def test_a_silent_feed_is_silent_and_a_shifting_issuer_shifts(truth: Truth) -> None:
    by_id = {event.id: event for event in truth.issued}
    for label in truth.labels:
        if label.rule == "R24" and len(label.events) == 1:
            (last,) = label.events
            times = [event.time_us for event in truth.issued if event.source == last.source]
            assert max(times) == by_id[last.id].time_us
        elif label.rule == "R24":
            before, after = (by_id[one.id] for one in label.events)
            day = date.fromordinal(719_163 + day_number(before.time_us))
            edge = (day.toordinal() + 1 - 719_163) * 86_400_000_000 - 8 * 3_600_000_000
            between = [
                event
                for event in truth.events.values()
                if event.source == label.subject and edge <= event.time_us < after.time_us and event.verb == "issued"
            ]
            assert not between or not label.expected
            minutes = CALENDAR.working_minutes_between(before.time_us, after.time_us)
            assert (minutes > 8 * 420) is label.expected
        elif label.rule == "R22" and label.expected:
            mine = [by_id[one.id] for one in label.events]
            halves = mine[:12], mine[12:]
            shares = [sum(not event.doc_no for event in half) / len(half) for half in halves]
            assert shares[1] - shares[0] > 0.5
