"""The correction that goes with a decision is an event that is taken in, the same when it is tried again."""

from __future__ import annotations

import json

import pytest

from streams.desk.restating import correction
from streams.events import decode

EVENTS = ["//oa.example.cn/office#e-1", "//oa.example.cn/office#e#2", "no event"]
NOW_US = 1_772_600_000_000_000


@pytest.mark.parametrize("effect", ["void", "0", "95"])
def test_it_is_taken_in(effect: str) -> None:
    event = decode(json.dumps(correction("f", EVENTS, 3, effect, NOW_US)).encode())
    assert (event.id, event.time_us) == ("case-f-3", NOW_US)
    assert [(one.source, one.id) for one in event.targets] == [
        ("//oa.example.cn/office", "e-1"),
        ("//oa.example.cn/office", "e#2"),
    ]


@pytest.mark.parametrize("effect", ["", "-5", "1.5", "viel", "²"])
def test_other_effects_are_refused(effect: str) -> None:
    with pytest.raises(ValueError, match="void or a number"):
        correction("f", EVENTS, 1, effect, NOW_US)


def test_without_events_there_is_nothing_to_correct() -> None:
    with pytest.raises(ValueError, match="names no event"):
        correction("f", ["no event"], 1, "void", NOW_US)
