"""Acts on cases in the store, and the verdicts that rules are measured by.

Flows in: a client, acts. Flows out: acts in their order, cases. Who may act on a finding is asked by whoever calls (``finding_history``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final, cast

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.alerts.cases import Act, Verdict
from streams.store.scope import Scope
from streams.store.writers import insert_rows

_NAMES: Final = tuple(one.name for one in fields(Act))
_ACT: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(_NAMES, pa.string()), "n": pa.uint32(), "at_us": pa.int64(), "rule": pa.string(),
}  # fmt: skip


def insert_act(client: Client, act: Act, rule: str) -> None:
    """Store an act. A second act with the same number is the same insert and is dropped: whoever reads back sees whose it was."""
    columns: dict[str, list[Any]] = {name: [getattr(act, name)] for name in _NAMES}
    insert_rows(client, "case_acts", _ACT, columns | {"rule": [rule]}, f"act-{act.finding}-{act.n}")


def acts_of(client: Client, finding: str) -> list[Act]:
    """Acts on one finding, in order."""
    rows = client.query(
        f"SELECT {', '.join(_NAMES)} FROM case_acts WHERE finding = {{finding:String}} ORDER BY n",
        parameters={"finding": finding},
    ).result_rows
    return [Act(*row) for row in rows]


def acts_of_all(client: Client, findings: Sequence[str]) -> dict[str, list[Act]]:
    """Acts on some findings, by finding, each in order."""
    rows = client.query(
        f"SELECT {', '.join(_NAMES)} FROM case_acts WHERE finding IN {{findings:Array(String)}} ORDER BY finding, n",
        parameters={"findings": list(findings)},
    ).result_rows
    found: dict[str, list[Act]] = {}
    for row in rows:
        found.setdefault(str(row[0]), []).append(Act(*row))
    return found


def acts_since(client: Client, since_us: int) -> list[Act]:
    """All acts of an instant or later, in order. For the judge; knows no Scope."""
    rows = client.query(
        f"SELECT {', '.join(_NAMES)} FROM case_acts WHERE at_us >= {{since:Int64}} ORDER BY at_us, finding, n",
        parameters={"since": since_us},
    ).result_rows
    return [Act(*row) for row in rows]


def verdicts(client: Client) -> list[tuple[str, Verdict]]:
    """Rule and last verdict of every decided case."""
    rows = client.query(
        "SELECT any(rule), argMax(verdict, n) FROM case_acts WHERE verdict != '' GROUP BY finding"
    ).result_rows
    return [(str(rule), cast(Verdict, verdict)) for rule, verdict in rows]


def precedents(client: Client, scope: Scope, rule: str, n: int = 10) -> list[dict[str, Any]]:
    """Decided findings of a rule that the scope may see, the latest decision first: finding, place, verdict, note, at_us."""
    rows = client.query(
        "SELECT a.finding, t.place, argMax(a.verdict, a.n), argMax(a.note, a.n), max(a.at_us) FROM case_acts AS a "
        "JOIN (SELECT finding, any(place) AS place FROM transitions WHERE rule = {rule:String} GROUP BY finding) AS t ON t.finding = a.finding "
        "WHERE a.rule = {rule:String} AND a.verdict != '' AND arrayExists(area -> startsWith(t.place, area), {areas:Array(String)}) "
        "GROUP BY a.finding, t.place ORDER BY max(a.at_us) DESC LIMIT {n:UInt32}",
        parameters={"rule": rule, "areas": list(scope.areas), "n": n},
    ).result_rows
    return [dict(zip(("finding", "place", "verdict", "note", "at_us"), row, strict=True)) for row in rows]
