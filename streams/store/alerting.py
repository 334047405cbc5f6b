"""Notifications, what was withheld, deliveries, and silences in the store.

Flows in: a client, values of ``streams.alerts``. Flows out: the same. An outbox: what is stored and has no delivery that succeeded is due.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.alerts.model import Notification, Silence, Withheld
from streams.registry import Registry
from streams.store.findings import require_finding
from streams.store.scope import Scope
from streams.store.writers import insert_rows

Outcome = Literal["ok", "failed", "given-up"]

NOTIFICATION: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(("id", "recipient", "role", "occasion", "group"), pa.string()),
    "at_us": pa.int64(), "count": pa.uint32(), "told": pa.string(), "seq": pa.uint64(), "note": pa.string(), "receivers": pa.list_(pa.string()),
}  # fmt: skip
_WITHHELD: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(("finding", "group", "recipient", "role", "reason"), pa.string()), "at_us": pa.int64(), "detail": pa.string(),
}  # fmt: skip
_DELIVERY: Final[dict[str, pa.DataType]] = {
    "notification": pa.string(), "receiver": pa.string(), "at_us": pa.int64(), "outcome": pa.string(), "error": pa.string(),
    "took_ms": pa.uint32(),
}  # fmt: skip
SILENCE: Final[dict[str, pa.DataType]] = {
    one.name: pa.int64() if one.name.endswith("_us") else pa.string() for one in fields(Silence)
}


@dataclass(frozen=True)
class Stored:
    """A notification with the names of its receivers."""

    notification: Notification
    receivers: tuple[str, ...]


@dataclass(frozen=True)
class Delivery:
    """One attempt to bring a notification to a receiver. ``failed`` comes again, ``given-up`` does not."""

    notification: str
    receiver: str
    at_us: int
    outcome: Outcome
    error: str = ""
    took_ms: int = 0


def insert_notifications(client: Client, rows: Sequence[Stored]) -> int:
    """Store notifications; named by their identities, so that a retry lands once."""
    if not rows:
        return 0
    notes = [row.notification for row in rows]
    columns: dict[str, list[Any]] = {
        name: [getattr(one, name) for one in notes] for name in ("id", "occasion", "group", "at_us", "count")
    }
    columns |= {
        "seq": [one.seq for one in notes],
        "note": [one.note for one in notes],
        "recipient": [one.recipient.code for one in notes],
        "role": [one.recipient.role for one in notes],
        "told": [json.dumps([asdict(told) for told in (*one.told, *one.ended)], ensure_ascii=False) for one in notes],
        "receivers": [list(row.receivers) for row in rows],
    }
    return insert_rows(
        client, "notifications", NOTIFICATION, columns, f"notes-{notes[0].id}-{notes[-1].id}-{len(notes)}"
    )


def insert_withheld(client: Client, rows: Sequence[Withheld], token: str) -> int:
    """Store what was held back."""
    if not rows:
        return 0
    columns: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in rows] for name in ("finding", "group", "reason", "at_us", "detail")
    }
    columns |= {"recipient": [row.recipient.code for row in rows], "role": [row.recipient.role for row in rows]}
    return insert_rows(client, "withheld", _WITHHELD, columns, token)


def insert_deliveries(client: Client, rows: Sequence[Delivery]) -> int:
    """Store attempts."""
    if not rows:
        return 0
    columns = {name: [getattr(row, name) for row in rows] for name in _DELIVERY}
    token = f"deliveries-{rows[0].notification}-{rows[0].receiver}-{rows[0].at_us}-{len(rows)}"
    return insert_rows(client, "deliveries", _DELIVERY, columns, token)


def insert_silence(client: Client, one: Silence) -> None:
    """Store a silence."""
    columns = {name: [getattr(one, name)] for name in SILENCE}
    insert_rows(client, "silences", SILENCE, columns, f"silence-{one.id}")


def silences_in(client: Client, scope: Scope) -> list[Silence]:
    """Every silence ever made whose area the scope covers, in order."""
    if not scope.areas:
        return []
    rows = client.query(
        f"SELECT {', '.join(SILENCE)} FROM silences WHERE arrayExists(one -> startsWith(area, one), {{areas:Array(String)}}) "
        "ORDER BY made_us, id",
        parameters={"areas": list(scope.areas)},
    ).result_rows
    return [Silence(*row) for row in rows]


def sent_in(client: Client, scope: Scope, *, finding: str = "", n: int = 100) -> list[dict[str, Any]]:
    """What was sent to bodies of the scope (about one finding, where named), newest first, with its deliveries."""
    if not (scope.areas or scope.issuers):
        return []
    rows = client.query(
        "SELECT n.id, n.recipient, n.role, n.occasion, n.`group`, n.at_us, n.count, n.told, n.note, n.receivers, d.attempts "
        "FROM notifications AS n LEFT JOIN (SELECT notification, "
        "arraySort(one -> one.2, groupArray((receiver, at_us, outcome, error))) AS attempts "
        "FROM deliveries GROUP BY notification) AS d ON d.notification = n.id "
        "WHERE ({all:UInt8} OR arrayExists(area -> area != '' AND startsWith(n.recipient, area), {areas:Array(String)}) "
        "OR n.recipient IN {issuers:Array(String)}) AND ({finding:String} = '' OR position(n.told, {finding:String}) > 0) "
        "ORDER BY n.at_us DESC LIMIT {n:UInt32}",
        parameters={
            "all": int(scope.covers("")),
            "areas": list(scope.areas),
            "issuers": list(scope.issuers),
            "finding": finding,
            "n": n,
        },
    ).result_rows
    names = ("id", "recipient", "role", "occasion", "group", "at_us", "count", "told", "note", "receivers", "attempts")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for one in found:
        one["told"] = json.loads(one["told"])
        one["attempts"] = [
            dict(zip(("receiver", "at_us", "outcome", "error"), row, strict=True)) for row in one["attempts"]
        ]
    return found


def withheld_of(client: Client, scope: Scope, registry: Registry, finding: str, n: int = 100) -> list[dict[str, Any]]:
    """Why a finding was not told to whom, newest first. Raises Unseen."""
    require_finding(client, scope, registry, finding)
    rows = client.query(
        "SELECT recipient, role, reason, at_us, detail FROM withheld WHERE finding = {finding:String} ORDER BY at_us DESC LIMIT {n:UInt32}",
        parameters={"finding": finding, "n": n},
    ).result_rows
    return [dict(zip(("recipient", "role", "reason", "at_us", "detail"), row, strict=True)) for row in rows]
