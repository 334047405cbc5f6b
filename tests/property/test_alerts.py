"""A dispatcher that was killed at any point and restored from what is stored goes on as if nothing had been."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.alerts.dispatch import Dispatcher
from streams.alerts.groups import Manner
from streams.alerts.model import Notification, Withheld
from streams.rules import Transition
from tests.unit.alerts.country import CALENDAR, NOON, M, firing, policy, registry, resolved

POLICY = policy(group_wait="1m", group_interval="3m", repeat=["7m", "20m"], cap_per_day=6, watchdog="30m")


class Move(NamedTuple):
    """After ``minutes`` finding ``number`` begins, or ends if it was there."""

    minutes: int
    number: int


MOVES = st.lists(st.builds(Move, st.integers(0, 6), st.integers(0, 5)), max_size=40)


def stream(moves: list[Move]) -> list[tuple[int, Transition]]:
    """The transitions of some moves with their instants."""
    now = NOON
    held: dict[int, Transition] = {}
    made: list[tuple[int, Transition]] = []
    for move in moves:
        now += move.minutes * M
        if move.number in held:
            made.append((now, resolved(held.pop(move.number), now)))
        else:
            held[move.number] = firing(move.number, rule=f"R1{move.number % 2}-x", at_us=now, since_us=now)
            made.append((now, held[move.number]))
    return made


@settings(max_examples=150, deadline=None)
@given(MOVES, st.sets(st.integers(0, 200), max_size=4))
def test_a_crash_changes_nothing(moves: list[Move], crashes: set[int]) -> None:
    calm, calm_withheld = run(moves, set())
    torn, torn_withheld = run(moves, crashes)
    assert [(one.id, one.count, one.told) for one in torn] == [(one.id, one.count, one.told) for one in calm]
    assert torn_withheld == calm_withheld


@settings(max_examples=100, deadline=None)
@given(MOVES)
def test_every_finding_is_told_or_has_a_reason(moves: list[Move]) -> None:
    sent, withheld = run(moves, set())
    told = {finding.finding for one in sent for finding in one.told}
    held = {one.finding for one in withheld}
    capped = any(one.reason == "cap" for one in withheld)
    for _, one in stream(moves):
        assert one.finding in told | held or capped
    assert len({one.id for one in sent}) == len(sent)


def run(moves: list[Move], crashes: set[int]) -> tuple[list[Notification], list[Withheld]]:
    """All that is decided, minute by minute; at each crash the dispatcher is made anew from what is stored."""
    coming = stream(moves)
    stored: list[tuple[int, Transition]] = []
    sent: list[Notification] = []
    withheld: list[Withheld] = []
    made = restored([], [], [])
    end = (coming[-1][0] if coming else NOON) + 60 * M
    for minute in range((end - NOON) // M + 1):
        now = NOON + minute * M
        if minute in crashes:
            made = restored(stored, sent, withheld)
        while coming and coming[0][0] <= now:
            stored.append((len(stored) + 1, coming.pop(0)[1]))
            made.take(*stored[-1])
        step = made.step(now)
        sent += step.notifications
        withheld += step.withheld
    return sent, withheld


def restored(stored: list[tuple[int, Transition]], sent: list[Notification], withheld: list[Withheld]) -> Dispatcher:
    made = Dispatcher(POLICY, registry(), CALENDAR, lambda _one: Manner(("supervising",), "medium"), NOON)
    notes = sorted(sent, key=lambda one: one.seq)
    place = 0
    for seq, transition in stored:
        while place < len(notes) and notes[place].seq < seq:
            made.restore(notes[place])
            place += 1
        made.take(seq, transition)
    for one in notes[place:]:
        made.restore(one)
    made.restore_withheld(withheld)
    return made
