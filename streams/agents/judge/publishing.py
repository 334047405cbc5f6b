"""Transitions told to the outside: CloudEvents on ``burden.findings``, after they were stored.

Flows in: stored transitions. Flows out: records, and a note of how far that went. A crash repeats a message at worst: it tells again from the
last number noted, with the same identities.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from streams.agents.topics import FINDINGS
from streams.config import clock
from streams.store import get_meta, set_meta
from streams.store.findings import StoredTransition, told
from streams.store.workers import load_transitions

KEY_TOLD: Final = "findings-told"
PORTION: Final = 250
"""Transitions sent at once: events that come are judged between two portions of what a slow round found."""
_encoder: Final = msgspec.json.Encoder(order="sorted")
HEADERS: Final = (("content-type", b"application/cloudevents+json"),)


class Publisher:
    """One for each installation; owned by one caller, who never waits for the broker: it is asked again with each look."""

    def __init__(self, client: Any, producer: Any) -> None:
        self._client, self._producer = client, producer
        self._told = int(get_meta(client, KEY_TOLD) or "0")
        self._under_way: list[Any] = []
        self._up_to = self._told

    def publish(self, seq: int) -> int:
        """Send the next portion of what was stored up to a number, once the one before has arrived; how many were read.

        Raises the producer's error for what did not arrive: the next start tells it again.
        """
        if not self._arrived() or seq <= self._told:
            return 0
        rows = load_transitions(self._client, self._told, PORTION)
        for row in rows:
            if row.transition.is_told:
                key = row.transition.finding.encode()
                sent = self._producer.send(FINDINGS, key=key, value=message(row), headers=list(HEADERS))
                self._under_way.append(sent)
        self._up_to = rows[-1].seq if rows else self._told  # none: they are numbered and not stored yet
        return len(rows)

    def finish(self, seq: int) -> None:
        """Say all that is stored up to a number and wait until it has arrived."""
        while self.publish(seq) or self._under_way:
            self._producer.flush()
        self._arrived()

    def _arrived(self) -> bool:
        """Whether nothing is under way; notes how far that went."""
        if any(not sent.is_done for sent in self._under_way):
            return False
        for sent in self._under_way:
            if sent.failed():
                raise sent.exception
        self._under_way = []
        if self._up_to > self._told:
            self._told = self._up_to
            set_meta(self._client, KEY_TOLD, str(self._told), clock.now_us())
        return True


def message(row: StoredTransition) -> bytes:
    """A transition as a CloudEvent."""
    transition = row.transition
    return _encoder.encode(
        {
            "specversion": "1.0",
            "id": f"{transition.finding}-{row.seq}",
            "source": "//burdenwatch/findings",
            "type": f"burden.finding.{transition.phase}.v1",
            "subject": transition.finding,
            "time": datetime.fromtimestamp(transition.at_us / 1e6, UTC).isoformat(),
            "datacontenttype": "application/json",
            "data": told(row),
        }
    )
