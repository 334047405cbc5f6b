"""What the judge and the notifier ask of the store, and every process that may know all of it.

Flows in: a client. Flows out: transitions, acts, lists, notifications, silences of everywhere. Reads only. Knows no Scope, as ``loads``,
``deltas``, ``reconciling``, ``reposting``, ``backtest_batches`` and ``writers``: a contract of the imports (pyproject.toml) keeps all of
them out of the rooms that answer people.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from clickhouse_connect.driver.client import Client

from streams.alerts.cases import Act
from streams.alerts.model import Notification, Recipient, Silence, Told, Withheld
from streams.rules.lists import KEPT_ROWS, KINDS, ListKind, ListVersion
from streams.store.alerting import NOTIFICATION, SILENCE, Stored
from streams.store.casework import NAMES
from streams.store.findings import COLUMNS, StoredTransition, stored
from streams.store.rounds import FaultRow


def load_transitions(client: Client, after: int = 0, n: int = 0) -> list[StoredTransition]:
    """Transitions with a number above ``after``, in order: the first ``n`` (0: all)."""
    rows = client.query(
        f"SELECT {COLUMNS} FROM transitions WHERE seq > {{after:UInt64}} ORDER BY seq {'LIMIT {n:UInt64}' if n else ''}",
        parameters={"after": after, "n": n},
    ).result_rows
    return [stored(row) for row in rows]


def acts_since(client: Client, since_us: int) -> list[Act]:
    """All acts of an instant or later, in order."""
    rows = client.query(
        f"SELECT {', '.join(NAMES)} FROM case_acts WHERE at_us >= {{since:Int64}} ORDER BY at_us, finding, n",
        parameters={"since": since_us},
    ).result_rows
    return [Act(*row) for row in rows]


def load_lists(client: Client, kinds: Sequence[ListKind] = KINDS) -> list[ListVersion]:
    """Every version of these kinds that was ever added, in the order of adding."""
    names = "name, kind, area, from_day, to_day, source, body"
    rows = client.query(
        f"SELECT {names} FROM lists WHERE kind IN {{kinds:Array(String)}} ORDER BY added_us, name",
        parameters={"kinds": list(kinds)},
    ).result_rows
    return [
        ListVersion.model_construct(
            version=1, kind="list", list=kind, name=name, area=area, source=source, from_day=first, to_day=last, rows=_rows(body)
        )
        for name, kind, area, first, last, source, body in rows
    ]  # fmt: skip


def _rows(body: str) -> Any:
    """Stored rows, which serve wherever those of a version do (``KeptRow``)."""
    return KEPT_ROWS.decode(body)


def lists_mark(client: Client) -> int:
    """A number that changes when a version is added."""
    return int(client.query("SELECT count() FROM lists").result_rows[0][0])


def load_notifications(client: Client, after_us: int = 0) -> list[Stored]:
    """Notifications from an instant on, in the order in which they were decided."""
    names = ", ".join(f"`{name}`" for name in NOTIFICATION)
    rows = client.query(
        f"SELECT {names} FROM notifications WHERE at_us >= {{after:Int64}} ORDER BY seq, at_us, id",
        parameters={"after": after_us},
    ).result_rows
    return [_notification(row) for row in rows]


def _notification(row: Sequence[Any]) -> Stored:
    values = dict(zip(NOTIFICATION, row, strict=True))
    both = [Told(**told) for told in json.loads(values["told"])]
    told, ended = tuple(one for one in both if not one.ended_us), tuple(one for one in both if one.ended_us)
    return Stored(
        Notification(
            values["id"], Recipient(values["recipient"], values["role"]), values["occasion"], values["group"], values["at_us"],
            values["count"], told, values["seq"], values["note"], ended,
        ),
        tuple(values["receivers"]),
    )  # fmt: skip


def load_withheld(client: Client, after_us: int = 0) -> list[Withheld]:
    """What was held back since an instant."""
    rows = client.query(
        "SELECT finding, `group`, recipient, role, reason, at_us, detail FROM withheld WHERE at_us >= {after:Int64} ORDER BY at_us",
        parameters={"after": after_us},
    ).result_rows
    return [Withheld(row[0], row[1], Recipient(row[2], row[3]), row[4], row[5], row[6]) for row in rows]


def settled(client: Client) -> tuple[set[tuple[str, str]], dict[tuple[str, str], int]]:
    """Notification and receiver of what was delivered or given up, and how often the others failed."""
    rows = client.query(
        "SELECT notification, receiver, max(outcome != 'failed'), countIf(outcome = 'failed') FROM deliveries GROUP BY 1, 2"
    ).result_rows
    return {(row[0], row[1]) for row in rows if row[2]}, {(row[0], row[1]): int(row[3]) for row in rows if not row[2]}


def load_silences(client: Client) -> list[Silence]:
    """Every silence ever made, in order."""
    names = ", ".join(SILENCE)
    return [Silence(*row) for row in client.query(f"SELECT {names} FROM silences ORDER BY made_us, id").result_rows]


def open_rule_faults(client: Client) -> list[FaultRow]:
    """Rules that cannot be asked now, with their subjects, the longest first."""
    rows = client.query(
        "SELECT rule, edition, max(at_us) AS last, argMax(table, at_us), argMax(error, at_us) AS why, argMax(rows, at_us) FROM rule_faults "
        "GROUP BY rule, edition HAVING why != '' ORDER BY last, rule"
    ).result_rows
    return [FaultRow(str(r), str(e), int(at), str(t), str(why), tuple(subjects)) for r, e, at, t, why, subjects in rows]
