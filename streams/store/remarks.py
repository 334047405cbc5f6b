"""What units said about demands that reach them: that the same is asked twice, that two should be merged.

Flows in: a client, a Scope, remarks. Flows out: remarks with the demands that they are about. Nothing is ever asked of a unit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.events.gate import checked_text
from streams.registry import Registry
from streams.store.deltas import reaching
from streams.store.ground import of_area, of_unit
from streams.store.scope import Scope, Unseen
from streams.store.writers import insert_rows

Verb = Literal["duplicate", "merge"]


@dataclass(frozen=True)
class Remark:
    """``first`` and ``second`` are positions of demands."""

    at_us: int
    who: str
    unit: str
    verb: Verb
    first: int
    second: int


class Said(NamedTuple):
    """One thing that units said, and how many of them; the titles and issuers of both demands."""

    verb: str
    units: int
    last_us: int
    first_title: str
    first_issuer: str
    second_title: str
    second_issuer: str


_COLUMNS: Final[dict[str, pa.DataType]] = {
    "at_us": pa.int64(), "who": pa.string(), "unit": pa.string(), "verb": pa.string(), "first": pa.uint64(), "second": pa.uint64(),
}  # fmt: skip


def insert_remark(client: Client, scope: Scope, registry: Registry, one: Remark) -> None:
    """Store a remark; the same one again by the same unit is the same insert. Raises OutOfScope, Refused; OutOfScope too for demands that
    do not reach the unit, whether there are such or not."""
    scope.require_area(one.unit)
    one = replace(one, who=checked_text("who", one.who, lines=False), unit=checked_text("unit", one.unit, lines=False))
    if reaching(client, of_unit(registry, one.unit), (one.first, one.second)) != {one.first, one.second}:
        raise Unseen(f"demands: {one.first}, {one.second}: no such demands of {one.unit}; name two that reach it")
    token = f"remark-{one.unit}-{one.verb}-{one.first}-{one.second}"
    insert_rows(client, "remarks", _COLUMNS, {name: [getattr(one, name)] for name in _COLUMNS}, token)


def remarks_in(
    client: Client, scope: Scope, registry: Registry, area: str, n: int = 20, *, until_us: int = 0
) -> list[Said]:
    """What units inside an area said, what most of them say first; of demands that reach nobody there no titles. Raises OutOfScope."""
    scope.require_area(area)
    rows = client.query(
        "SELECT verb, uniqExact(unit) AS units, max(at_us), first, second FROM remarks WHERE startsWith(unit, {area:String}) "
        "AND ({until:Int64} = 0 OR at_us <= {until:Int64}) "
        "GROUP BY verb, first, second ORDER BY units DESC, max(at_us) DESC LIMIT {n:UInt32}",
        parameters={"area": area, "until": until_us, "n": n},
    ).result_rows
    named_keys = sorted({int(key) for row in rows for key in row[3:]})
    keys = sorted(reaching(client, of_area(registry, area), named_keys)) if named_keys else []
    named = (
        {
            int(pos): (str(title), str(issuer))
            for pos, title, issuer in client.query(
                "SELECT pos, title, issuer FROM events WHERE pos IN {keys:Array(UInt64)}", parameters={"keys": keys}
            ).result_rows
        }
        if keys
        else {}
    )
    nothing = ("", "")
    return [
        Said(str(row[0]), int(row[1]), int(row[2]), *named.get(int(row[3]), nothing), *named.get(int(row[4]), nothing))
        for row in rows
    ]
