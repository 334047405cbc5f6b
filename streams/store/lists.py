"""Lists, plans and catalogues in the store: whole versions, never changed; the latest of a name counts.

Flows in: a client, versions. Flows out: the same. They are what rules judge by and may be seen by everybody, so reads take no Scope.
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import blake2b
from typing import Final, NamedTuple

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.rules.lists import ListVersion, gated
from streams.store.writers import insert_rows

_LIST: Final[dict[str, pa.DataType]] = {
    "name": pa.string(), "kind": pa.string(), "area": pa.string(), "from_day": pa.date32(), "to_day": pa.date32(), "source": pa.string(),
    "added_us": pa.int64(), "rows": pa.uint32(), "body": pa.string(),
}  # fmt: skip


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


def insert_list(client: Client, version: ListVersion, added_us: int) -> None:
    """Store a version; the same version again is the same insert and is dropped. Raises Refused for texts that may not be stored."""
    version = gated(version)
    body = json.dumps([row.model_dump() for row in version.rows], ensure_ascii=False, sort_keys=True)
    columns = {
        "name": [version.name], "kind": [version.list], "area": [version.area], "from_day": [version.from_day], "to_day": [version.to_day],
        "source": [version.source], "added_us": [added_us], "rows": [len(version.rows)], "body": [body],
    }  # fmt: skip
    digest = blake2b(
        f"{version.name}|{version.list}|{version.area}|{version.from_day}|{version.to_day}|{body}".encode(),
        digest_size=12,
    )
    insert_rows(client, "lists", _LIST, columns, f"list-{digest.hexdigest()}")


def load_lists(client: Client) -> list[ListVersion]:
    """Every version that was ever added, in the order of adding."""
    names = "name, kind, area, from_day, to_day, source, body"
    rows = client.query(f"SELECT {names} FROM lists ORDER BY added_us, name").result_rows
    return [
        ListVersion.model_validate(
            {
                "version": 1,
                "kind": "list",
                "list": kind,
                "name": name,
                "area": area,
                "source": source,
                "from": first,
                "to": last,
            }
            | {"rows": json.loads(body)}
        )
        for name, kind, area, first, last, source, body in rows
    ]


def lists_mark(client: Client) -> int:
    """A number that changes when a version is added."""
    return int(client.query("SELECT count() FROM lists").result_rows[0][0])


def list_headers(client: Client) -> list[ListHeader]:
    """What there is, by kind and name, the latest version first."""
    rows = client.query(
        "SELECT kind, name, area, from_day, to_day, source, added_us, rows FROM lists ORDER BY kind, name, from_day DESC, added_us DESC"
    ).result_rows
    return [ListHeader(*row) for row in rows]
