"""A receiver with a memory, as those written for Alertmanager have one: after every message what it holds is what fires."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.alerts.message import webhook_body
from tests.property.test_alerts import MOVES, Move, restored, stream
from tests.unit.alerts.country import NOON, M
from tests.unit.alerts.test_message import WORDS

OF_GROUPS = ("firing", "update", "repeat", "resolved")


class Receiver:
    """Keeps alerts by fingerprint, drops what it has seen by the key of the message."""

    def __init__(self) -> None:
        self.firing: dict[str, str] = {}
        self.labels: dict[str, dict[str, str]] = {}
        self._seen: set[str] = set()

    def take(self, key: str, body: dict[str, Any]) -> None:
        if key in self._seen:
            return
        self._seen.add(key)
        for alert in body["alerts"]:
            name, labels = alert["fingerprint"], alert["labels"]
            assert self.labels.setdefault(name, labels) == labels, "one fingerprint is one set of labels"
            if alert["status"] == "firing":
                self.firing[name] = labels.get("finding", "")
            else:
                self.firing.pop(name, None)


@settings(max_examples=120, deadline=None)
@given(MOVES, st.sets(st.integers(0, 200), max_size=4))
def test_a_receiver_with_a_memory_holds_what_fires(moves: list[Move], crashes: set[int]) -> None:
    coming = stream(moves)
    stored: list[Any] = []
    sent: list[Any] = []
    withheld: list[Any] = []
    receiver = Receiver()
    fires: set[str] = set()
    made = restored([], [], [])
    end = (coming[-1][0] if coming else NOON) + 120 * M
    for minute in range((end - NOON) // M + 1):
        now = NOON + minute * M
        if minute in crashes:
            made = restored(stored, sent, withheld)
            for note in [one for one in sent if one.occasion in OF_GROUPS][-1:]:  # what was under way comes again
                receiver.take(note.id, webhook_body(note, "memory", WORDS))
        while coming and coming[0][0] <= now:
            transition = coming.pop(0)[1]
            stored.append((len(stored) + 1, transition))
            made.take(*stored[-1])
            (fires.add if transition.phase == "firing" else fires.discard)(transition.finding)
        step = made.step(now)
        sent += step.notifications
        withheld += step.withheld
        for note in step.notifications:
            if note.occasion in OF_GROUPS:
                receiver.take(note.id, webhook_body(note, "memory", WORDS))
    assert set(receiver.firing.values()) == fires
