"""The events that this worker admitted last, as it decoded them: what refers to them soon need not be read and decoded again.

Flows in: admitted events, by position. Flows out: the events about some demands, from here or from the store; the answer is the same.
May touch the store, reading. Bounded; shared by the threads of one worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.agents.worker.reconcile import events_from
from streams.events import Event
from streams.store import events_by_pos, positions_about

KEPT: Final = 4_096
"""At least so many events are kept, at most twice as many (some 3 kB each)."""


class RecentEvents:
    """One for each worker. Two generations: when the young one is full it becomes the old one, and that is forgotten."""

    def __init__(self, kept: int = KEPT) -> None:
        self._bound = kept
        self._young: dict[int, Event] = {}
        self._old: dict[int, Event] = {}

    def add(self, events: Iterable[tuple[int, Event]]) -> None:
        """Note stored events."""
        self._young.update(events)
        if len(self._young) > self._bound:
            self._old, self._young = self._young, {}

    def about(self, client: Client, idents: Sequence[int]) -> dict[int, Event]:
        """The events with these idents and all that refer to one of them, by position, ascending."""
        positions = positions_about(client, idents)
        young, old = self._young, self._old
        here = {pos: event for pos in positions if (event := young.get(pos) or old.get(pos)) is not None}
        read = events_from(events_by_pos(client, [pos for pos in positions if pos not in here]))
        return {pos: here.get(pos) or read[pos] for pos in positions if pos in here or pos in read}
