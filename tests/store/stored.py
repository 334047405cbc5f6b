"""Events into the store as admit stores them, for tests of what reads them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.events import KIND_IDS, Event, decode, ident_of
from streams.store import insert_events, insert_refs

SOURCE = "//oa.example.cn/510104/education"
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def at(days: float = 0, **more: float) -> str:
    """An instant some days after a Monday noon in Shanghai."""
    return (NOON + timedelta(days=days, **more)).isoformat()


def us_at(days: float = 0, **more: float) -> int:
    """The same in microseconds."""
    return int((NOON + timedelta(days=days, **more)).timestamp() * 1_000_000)


def event(id: str, type: str, days: float = 0, /, source: str = SOURCE, **data: Any) -> Event:
    """An event of some days after that noon."""
    head = {"specversion": "1.0", "id": id, "source": source, "time": at(days), "type": f"burden.{type}.v1"}
    return decode(json.dumps(head | {"data": data}).encode())


def put(client: Client, events: Sequence[Event], first: int = 0) -> None:
    """As admit stores them, over two parts of the log; ``first``: how many there are already."""
    positions = {number: (number % 2) << 44 | number for number in range(first, first + len(events))}
    rows = [
        {
            "pos": positions[number], "ident": event.ident, "digest": event.digest, "source": event.source, "id": event.id,
            "type": event.type, "kind": KIND_IDS.get(event.kind, 0), "verb": event.verb, "time_us": event.time_us,
            "issuer": event.issuer, "title": event.title, "doc_no": event.doc_no, "starts_us": None, "deadline_us": None,
            "receivers": 0, "likely": 0, "recurrence": getattr(event.data, "recurrence", None) or "", "body": event.body,
            "admitted_us": event.time_us,
        }
        for number, event in enumerate(events, first)
    ]  # fmt: skip
    refs = [
        (ident_of(target.source, target.id), positions[number])
        for number, event in enumerate(events, first)
        for target in event.targets
    ]
    if refs:
        targets, places = np.array(refs, np.uint64).T
        insert_refs(client, targets, places, f"refs{first}")
    insert_events(client, {name: [row[name] for row in rows] for name in rows[0]}, f"events{first}")
