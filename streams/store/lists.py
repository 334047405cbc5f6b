"""Lists, plans and catalogues in the store: whole versions, never changed; the latest of a name counts.

Flows in: a client, a Scope, versions. Flows out: the same. They are what rules judge by: that there are some everybody may know, what an
issuer may demand by them its own readers.
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import blake2b
from typing import Final, NamedTuple

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.registry import Registry
from streams.rules.lists import ListVersion, gated
from streams.store.issuing import require_issuer
from streams.store.scope import Scope, for_everyone
from streams.store.workers import load_lists
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


def lists_for(client: Client, scope: Scope, registry: Registry, issuer: str) -> list[ListVersion]:
    """Every version that was ever added, for the quotas of one issuer, in the order of adding. Raises OutOfScope, RegistryError."""
    require_issuer(scope, registry, issuer)
    return load_lists(client)


@for_everyone
def list_headers(client: Client) -> list[ListHeader]:
    """What there is, by kind and name, the latest version first."""
    rows = client.query(
        "SELECT kind, name, area, from_day, to_day, source, added_us, rows FROM lists ORDER BY kind, name, from_day DESC, added_us DESC"
    ).result_rows
    return [ListHeader(*row) for row in rows]
