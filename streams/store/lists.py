"""Lists, plans and catalogues in the store: whole versions, never changed; the latest of a name counts.

Flows in: a client, a Scope, versions. Flows out: the same. They are what rules judge by: that there are some everybody may know, what an
issuer may demand by them its own readers.
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import blake2b
from typing import Any, Final, Literal, NamedTuple

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.registry import Registry, RegistryError
from streams.rules.lists import ListRow, ListVersion, gated
from streams.store.issuing import require_issuer
from streams.store.scope import OutOfScope, Scope, for_everyone
from streams.store.workers import load_lists
from streams.store.writers import insert_rows

_LIST: Final[dict[str, pa.DataType]] = {
    "name": pa.string(), "kind": pa.string(), "area": pa.string(), "from_day": pa.date32(), "to_day": pa.date32(), "source": pa.string(),
    "added_us": pa.int64(), "rows": pa.uint32(), "body": pa.string(), "added_by": pa.string(),
}  # fmt: skip


LATER: Final = frozenset(("sort", "first", "last", "open", "why", "title", "months", "source"))
"""Fields that rows did not have from the beginning."""


class ListHeader(NamedTuple):
    """One version of a list as it is shown: how many rows, since when, from which document."""

    kind: str
    name: str
    area: str
    from_day: date
    to_day: date
    source: str
    added_us: int
    rows: int
    added_by: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day: one that has ended, or begins later, is judged by no more than none."""
        return self.from_day <= day < self.to_day


def insert_list(
    client: Client, version: ListVersion, added_us: int, added_by: str = "", *, checked: bool = False
) -> None:
    """Store a version; the same version again is the same insert and is dropped. Raises Refused for texts that may not be stored.

    ``checked``: it came out of ``gated`` and need not pass it again.
    """
    version = version if checked else gated(version)
    body = json.dumps([_plain(row) for row in version.rows], ensure_ascii=False, sort_keys=True)
    columns = {
        "name": [version.name], "kind": [version.list], "area": [version.area], "from_day": [version.from_day], "to_day": [version.to_day],
        "source": [version.source], "added_us": [added_us], "rows": [len(version.rows)], "body": [body],
        "added_by": [added_by],
    }  # fmt: skip
    digest = blake2b(
        f"{version.name}|{version.list}|{version.area}|{version.from_day}|{version.to_day}|{body}".encode(),
        digest_size=12,
    )
    insert_rows(client, "lists", _LIST, columns, f"list-{digest.hexdigest()}")


def _plain(row: ListRow) -> dict[str, Any]:
    """A row as it is kept; what rows had not from the beginning is left out where empty, so that a list of long ago is known again."""
    return {
        name: value for name, value in row.model_dump(mode="json").items() if value is not None or name not in LATER
    }


def lists_for(client: Client, scope: Scope, registry: Registry, issuer: str) -> list[ListVersion]:
    """Every version that was ever added, for the quotas of one issuer, in the order of adding. Raises OutOfScope, RegistryError."""
    require_issuer(scope, registry, issuer)
    return load_lists(client, ("plan", "cap"))


def quotas_for(client: Client, scope: Scope, registry: Registry) -> list[ListVersion]:
    """Every version of plans and caps with the rows of bodies that the reader is or oversees, in the order of adding."""
    seen: dict[str, bool] = {}

    def is_seen(issuer: str) -> bool:
        if issuer not in seen:
            try:
                require_issuer(scope, registry, issuer)
                seen[issuer] = True
            except (OutOfScope, RegistryError):
                seen[issuer] = False
        return seen[issuer]

    found = []
    for version in load_lists(client, ("plan", "cap")):
        if rows := tuple(row for row in version.rows if is_seen(row.issuer)):
            found.append(version.model_copy(update={"rows": rows}))
    return found


@for_everyone
def list_headers(client: Client, until_us: int = 0) -> list[ListHeader]:
    """What there is (with ``until_us``: what there was by then), by kind and name, the latest version first."""
    rows = client.query(
        "SELECT kind, name, area, from_day, to_day, source, added_us, rows, added_by FROM lists "
        "WHERE {until:Int64} = 0 OR added_us <= {until:Int64} ORDER BY kind, name, from_day DESC, added_us DESC",
        parameters={"until": until_us},
    ).result_rows
    return [ListHeader(*row) for row in rows]


class Annotation(NamedTuple):
    """What happened in an area, from ``first`` to ``last``, and the document that says so."""

    sort: Literal["campaign", "flood", "holiday", "edition"]
    title: str
    area: str
    first: date
    last: date
    source: str


def annotated(
    client: Client, scope: Scope, area: str, first: date, last: date, *, until_us: int = 0
) -> list[Annotation]:
    """What happened in an area, in one that holds it or in a part of it, in days that overlap first..last, by first day.

    Of each list (by name and area) the version counts that was added last (with ``until_us``: by then). Raises OutOfScope.
    """
    scope.require_area(area)
    rows = client.query(
        "SELECT where, source, body FROM (SELECT name, area AS where, argMax(source, added_us) AS source, "
        "argMax(body, added_us) AS body FROM lists WHERE kind = 'annotation' AND ({until:Int64} = 0 OR added_us <= {until:Int64}) "
        "GROUP BY name, area) WHERE startsWith({area:String}, where) OR startsWith(where, {area:String})",
        parameters={"area": area, "until": until_us},
    ).result_rows
    found = []
    for where, source, body in rows:
        for row in (ListRow.model_validate(one) for one in json.loads(body)):
            if row.sort is not None and row.first is not None:
                begin, end = row.first, row.last or row.first
                if begin <= last and end >= first:
                    found.append(Annotation(row.sort, row.item, where, begin, end, source))
    return sorted(found, key=lambda one: (one.first, one.title))
