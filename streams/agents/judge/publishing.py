"""Transitions told to the outside: CloudEvents on ``burden.findings``, after they were stored.

Flows in: stored transitions. Flows out: records, and a note of how far that went. A crash repeats a message at worst: it tells again from the
last number noted, with the same identities.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from streams.agents.topics import FINDINGS
from streams.store import get_meta, set_meta
from streams.store.findings import StoredTransition, load_transitions, told

KEY_TOLD: Final = "findings-told"
_encoder: Final = msgspec.json.Encoder(order="sorted")
HEADERS: Final = (("content-type", b"application/cloudevents+json"),)


class Publisher:
    """One for each installation; owned by one caller."""

    def __init__(self, client: Any, producer: Any) -> None:
        self._client, self._producer = client, producer
        self._told = int(get_meta(client, KEY_TOLD) or "0")

    def publish(self, seq: int) -> int:
        """Say what was stored up to a number; how many were said. Notes that only a restart needs are not."""
        if seq <= self._told:
            return 0
        rows = load_transitions(self._client, self._told)
        said = [row for row in rows if row.transition.is_told]
        for row in said:
            key = row.transition.finding.encode()
            self._producer.send(FINDINGS, key=key, value=message(row), headers=list(HEADERS))
        self._producer.flush()
        self._told = rows[-1].seq
        set_meta(self._client, KEY_TOLD, str(self._told), time.time_ns() // 1000)
        return len(said)


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
