"""Acts on cases in the store, and the verdicts that rules are measured by.

Flows in: a client, a Scope, acts. Flows out: acts in their order. What of a case is shown is what the finding's readers may see; who may act
on it is asked by whoever calls (``streams.desk``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any, Final, NamedTuple, cast

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.alerts.cases import Act, Verdict
from streams.registry import Registry
from streams.store.findings import require_finding
from streams.store.scope import Scope, for_everyone
from streams.store.writers import insert_rows

NAMES: Final = tuple(one.name for one in fields(Act))
_ACT: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(NAMES, pa.string()), "n": pa.uint32(), "at_us": pa.int64(), "rule": pa.string(),
}  # fmt: skip


def insert_act(client: Client, act: Act, rule: str) -> None:
    """Store an act. A second act with the same number is the same insert and is dropped: whoever reads back sees whose it was."""
    columns: dict[str, list[Any]] = {name: [getattr(act, name)] for name in NAMES}
    insert_rows(client, "case_acts", _ACT, columns | {"rule": [rule]}, f"act-{act.finding}-{act.n}")


def acts_of(client: Client, scope: Scope, registry: Registry, finding: str) -> list[Act]:
    """Acts on one finding, in order. Raises Unseen."""
    require_finding(client, scope, registry, finding)
    rows = client.query(
        f"SELECT {', '.join(NAMES)} FROM case_acts WHERE finding = {{finding:String}} ORDER BY n",
        parameters={"finding": finding},
    ).result_rows
    return [Act(*row) for row in rows]


def acts_of_all(client: Client, scope: Scope, findings: Sequence[str], *, until_us: int = 0) -> dict[str, list[Act]]:
    """Acts (with ``until_us`` up to then) on those of some findings that are about places or issuers of the scope, by finding, in order."""
    if not findings or not (scope.areas or scope.issuers):
        return {}
    rows = client.query(
        f"SELECT {', '.join(NAMES)} FROM case_acts WHERE finding IN {{findings:Array(String)}} "
        "AND ({until:Int64} = 0 OR at_us <= {until:Int64}) AND finding IN (SELECT finding FROM "
        "transitions WHERE finding IN {findings:Array(String)} AND (arrayExists(area -> startsWith(place, area), {areas:Array(String)}) "
        "OR issuer IN {issuers:Array(String)})) ORDER BY finding, n",
        parameters={
            "findings": list(findings),
            "until": until_us,
            "areas": list(scope.areas),
            "issuers": list(scope.issuers),
        },
    ).result_rows
    found: dict[str, list[Act]] = {}
    for row in rows:
        found.setdefault(str(row[0]), []).append(Act(*row))
    return found


CASES: Final = 20_000
"""Findings with acts that are looked through, those acted on last first."""


def cases_in(client: Client, scope: Scope, area: str) -> dict[str, list[Act]]:
    """Acts on findings about places inside an area, by finding, each in order; of the CASES acted on last. Raises OutOfScope."""
    scope.require_area(area)
    rows = client.query(
        f"SELECT {', '.join(NAMES)} FROM case_acts WHERE finding IN (SELECT finding FROM case_acts WHERE finding IN (SELECT finding FROM "
        "transitions WHERE startsWith(place, {area:String})) GROUP BY finding ORDER BY max(at_us) DESC LIMIT {n:UInt32}) ORDER BY finding, n",
        parameters={"area": area, "n": CASES},
    ).result_rows
    found: dict[str, list[Act]] = {}
    for row in rows:
        found.setdefault(str(row[0]), []).append(Act(*row))
    return found


class Month(NamedTuple):
    """Findings that began to fire in one month (2026-03-01 stands for March) and how they went: ended, decided as upheld, exempt, corrected."""

    month: date
    found: int
    ended: int
    upheld: int
    exempt: int
    corrected: int


def finding_months(client: Client, scope: Scope, area: str, *, rule: str = "", issuer: str = "") -> list[Month]:
    """Findings about places inside an area by month (Asia/Shanghai), of one rule or issuer where named, the oldest first. Raises OutOfScope."""
    scope.require_area(area)
    rows = client.query(
        "SELECT toStartOfMonth(toDate(fromUnixTimestamp64Micro(since_us, 'Asia/Shanghai'))) AS month, count(), countIf(phase != 'firing'), "
        "countIf(said = 'upheld'), countIf(said = 'exempt'), countIf(said = 'corrected') FROM transitions AS t "
        "LEFT JOIN (SELECT finding, argMax(verdict, n) AS said FROM case_acts WHERE verdict != '' GROUP BY finding) AS c USING (finding) "
        "WHERE seq IN (SELECT max(seq) FROM transitions WHERE phase IN ('firing', 'resolved') GROUP BY finding) "
        "AND startsWith(place, {area:String}) "
        "AND ({rule:String} = '' OR startsWith(rule, {rule:String})) AND ({issuer:String} = '' OR issuer = {issuer:String}) "
        "GROUP BY month ORDER BY month",
        parameters={"area": area, "rule": rule, "issuer": issuer},
    ).result_rows
    return [Month(*row) for row in rows]


@for_everyone
def verdicts(client: Client, until_us: int = 0) -> list[tuple[str, Verdict]]:
    """Rule and last verdict of every decided case; with ``until_us`` of those decided by then."""
    rows = client.query(
        "SELECT any(rule), argMax(verdict, n) FROM case_acts WHERE verdict != '' AND ({until:Int64} = 0 OR at_us <= {until:Int64}) "
        "GROUP BY finding",
        parameters={"until": until_us},
    ).result_rows
    return [(str(rule), cast(Verdict, verdict)) for rule, verdict in rows]


def precedents(client: Client, scope: Scope, rule: str, n: int = 10) -> list[dict[str, Any]]:
    """Decided findings of a rule that the scope may see, the latest decision first: finding, place, verdict, note, at_us."""
    if not scope.areas:
        return []
    rows = client.query(
        "SELECT a.finding, t.place, argMax(a.verdict, a.n), argMax(a.note, a.n), max(a.at_us) FROM case_acts AS a "
        "JOIN (SELECT finding, any(place) AS place FROM transitions WHERE rule = {rule:String} GROUP BY finding) AS t ON t.finding = a.finding "
        "WHERE a.rule = {rule:String} AND a.verdict != '' AND arrayExists(area -> startsWith(t.place, area), {areas:Array(String)}) "
        "GROUP BY a.finding, t.place ORDER BY max(a.at_us) DESC LIMIT {n:UInt32}",
        parameters={"rule": rule, "areas": list(scope.areas), "n": n},
    ).result_rows
    return [dict(zip(("finding", "place", "verdict", "note", "at_us"), row, strict=True)) for row in rows]
