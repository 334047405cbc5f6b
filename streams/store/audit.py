"""Who looked at what: rows that are written once and never changed.

Flows in: a client, deeds. Flows out: deeds in their order. Read by operators alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.store.scope import Scope
from streams.store.writers import insert_rows

Deed = Literal["view", "export", "act", "check", "denied", "sign-in", "sign-out"]


@dataclass(frozen=True)
class Audited:
    """One deed of one person: on which page, about which area, and what more there is to say (no content of demands)."""

    at_us: int
    who: str
    role: str
    deed: Deed
    page: str
    area: str
    detail: str = ""


_NAMES: Final = tuple(one.name for one in fields(Audited))
_COLUMNS: Final[dict[str, pa.DataType]] = {**dict.fromkeys(_NAMES, pa.string()), "at_us": pa.int64()}


def insert_audit(client: Client, rows: Sequence[Audited], token: str) -> int:
    """Store deeds; the same token twice is the same insert."""
    return insert_rows(
        client, "audit", _COLUMNS, {name: [getattr(one, name) for one in rows] for name in _NAMES}, token
    )


def audited(client: Client, scope: Scope, *, since_us: int = 0, who: str = "", n: int = 200) -> list[Audited]:
    """The latest deeds, the newest first; of one person where asked. Raises OutOfScope unless the scope is an operator's."""
    scope.require_operator()
    rows = client.query(
        f"SELECT {', '.join(_NAMES)} FROM audit WHERE at_us > {{since:Int64}} AND ({{who:String}} = '' OR who = {{who:String}}) "
        "ORDER BY at_us DESC LIMIT {n:UInt32}",
        parameters={"since": since_us, "who": who, "n": n},
    ).result_rows
    return [Audited(*row) for row in rows]
