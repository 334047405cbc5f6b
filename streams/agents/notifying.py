"""What the notifier knows and does: stored transitions in, stored notifications out, then delivered.

Flows in: transitions, silences, verdicts and the outbox of the store, ``now_us``. Flows out: notifications and withheld ones, stored before
anybody hears of them. Everything comes from the store at the start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.agents.outbox import Outbox
from streams.alerts.cases import precision
from streams.alerts.dispatch import OVER_CAP, Dispatcher, Manner, Step
from streams.alerts.message import Language, Words
from streams.alerts.model import Notification
from streams.alerts.policy import Policy
from streams.calendars import Calendar
from streams.registry import Registry
from streams.registry.errors import RegistryError
from streams.rules import Rulebook, Transition
from streams.store.alerting import (
    Stored,
    insert_deliveries,
    insert_notifications,
    insert_withheld,
    load_notifications,
    load_silences,
    load_withheld,
    settled,
)
from streams.store.casework import verdicts
from streams.store.findings import load_transitions

LOOK_AROUND_US: Final = 5_000_000
"""How often silences and verdicts are read."""


class Notifier:
    """All alerting of one installation. One for each installation; owned by one caller."""

    def __init__(
        self,
        client: Client,
        registry: Registry,
        book: Rulebook,
        calendar: Calendar,
        policy: Policy,
        outbox: Callable[[Words], Outbox],
        now_us: int,
        dashboard: str = "",
    ) -> None:
        self._client, self._policy = client, policy
        self._dispatcher = Dispatcher(policy, registry, calendar, manner_of(book), now_us)
        self._outbox = outbox(words_of(book, registry, dashboard))
        self._around_us = 0
        self._look_around(now_us)
        self._restore()

    def _restore(self) -> None:
        """Replay what is stored in the order of its numbers; put into the outbox what has not arrived."""
        notes = load_notifications(self._client)
        place = 0
        for row in load_transitions(self._client):
            while place < len(notes) and notes[place].notification.seq < row.seq:
                self._dispatcher.restore(notes[place].notification)
                place += 1
            self._dispatcher.take(row.seq, row.transition)
        for one in notes[place:]:
            self._dispatcher.restore(one.notification)
        self._dispatcher.restore_withheld(load_withheld(self._client))
        arrived, failed = settled(self._client)
        for one in notes:
            left = tuple(name for name in one.receivers if (one.notification.id, name) not in arrived)
            if left:
                self._outbox.put([Stored(one.notification, left)], failed)

    def step(self, now_us: int) -> Step:
        """Take what was found since, decide, store, deliver."""
        for row in load_transitions(self._client, self._dispatcher.seq):
            self._dispatcher.take(row.seq, row.transition)
        self._look_around(now_us)
        step = self._dispatcher.step(now_us)
        insert_withheld(self._client, step.withheld, f"withheld-{self._dispatcher.seq}-{now_us}")
        stored = self._stored(step.notifications)
        insert_notifications(self._client, stored)
        self._outbox.put(stored)
        self.deliver()
        return step

    def deliver(self) -> None:
        """Move the outbox, and store what came of it."""
        insert_deliveries(self._client, self._outbox.ended())
        self._outbox.begin()

    def deliver_for(self, patience_s: float) -> float:
        """Deliver what is at hand, one message after the other, for so long at most; what is left of the time."""
        bound = time.monotonic() + patience_s
        while (left := bound - time.monotonic()) > 0 and self._outbox.wait(left):
            self.deliver()
        return max(0.0, left)

    def _stored(self, notes: Sequence[Notification]) -> list[Stored]:
        return [Stored(one, () if one.note == OVER_CAP else self._policy.receivers_of(one.recipient)) for one in notes]

    def _look_around(self, now_us: int) -> None:
        if now_us - self._around_us < LOOK_AROUND_US:
            return
        self._around_us = now_us
        self._dispatcher.silence(load_silences(self._client), now_us)
        found = precision(verdicts(self._client))
        self._dispatcher.mute({rule: f"{rule}: {one.upheld}/{one.decided}" for rule, one in found.items() if one.muted})

    @property
    def is_idle(self) -> bool:
        """Whether all that was decided has arrived or was given up."""
        return self._outbox.is_idle

    def close(self) -> None:
        """End deliveries in peace."""
        self._outbox.close()
        insert_deliveries(self._client, self._outbox.ended())


def manner_of(book: Rulebook) -> Callable[[Transition], Manner]:
    """What the rule of a finding says of telling; a rule that is no longer at hand is told to its issuer and office."""

    def manner(one: Transition) -> Manner:
        standing = book.find(one.rule, one.edition)
        if standing is None:
            return Manner(("issuer", "office"), "low")
        return Manner(standing.rule.tell, standing.rule.severity)

    return manner


def words_of(book: Rulebook, registry: Registry, dashboard: str) -> Words:
    """Titles and names for messages."""

    def title(rule: str, edition: str, language: Language) -> str:
        standing = book.find(rule, edition)
        return rule if standing is None else getattr(standing.rule.title, language)

    def place(code: str) -> str:
        try:
            return registry.name_of(code) if code else ""
        except RegistryError:
            return code

    return Words(title, place, dashboard)
