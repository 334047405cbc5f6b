"""Lists brought in by supervising bodies, over the API and from the pages: who may, what a file means, how a version is stored.

Flows in: a client that may write lists, a Scope, bytes. Flows out: what was understood; the header of the version that was stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clickhouse_connect.driver.client import Client

from streams.registry import Registry
from streams.rules.list_files import Reading, of_tree, understood
from streams.rules.lists import ListVersion, gated
from streams.store.lists import ListHeader, insert_list
from streams.store.scope import OutOfScope, Scope

LISTERS: Final = frozenset({"supervisor", "operator"})
"""Who may bring lists in: nobody plans or caps itself."""


def may_list(scope: Scope) -> bool:
    """Whether somebody may bring in lists at all."""
    return scope.role in LISTERS and bool(scope.areas)


def read_for(scope: Scope, registry: Registry, content: bytes, file: str, given: Mapping[str, str]) -> Reading:
    """What a file means. Raises OutOfScope where the reader may bring in no lists, or none of its area."""
    _require(scope)
    return _within(scope, understood(content, file, registry, given))


def tree_for(scope: Scope, registry: Registry, tree: Any) -> Reading:
    """The same of a list as JSON says it."""
    _require(scope)
    return _within(scope, of_tree(tree, "body", registry))


def listed(client: Client, scope: Scope, registry: Registry, version: ListVersion, now_us: int) -> ListHeader:
    """One version stored under the name of who adds it. Raises OutOfScope, Refused for texts that may not be stored."""
    _require(scope)
    scope.require_area(version.area)
    for row in version.rows:
        if row.issuer and not registry.issuer_area(row.issuer).startswith(version.area):
            raise OutOfScope(
                f"issuer: {row.issuer!r}: is no body of the area of the list; a list says what holds in its area alone"
            )
    kept = gated(version)
    insert_list(client, kept, now_us, scope.who, checked=True)
    return ListHeader(
        kept.list, kept.name, kept.area, kept.from_day, kept.to_day, kept.source, now_us, len(kept.rows), scope.who
    )


def _require(scope: Scope) -> None:
    if not may_list(scope):
        raise OutOfScope(
            f"role: {scope.role!r} of {scope.who}: lists are brought in by supervising bodies; see docs/access.md"
        )


def _within(scope: Scope, reading: Reading) -> Reading:
    if reading.area is not None:
        scope.require_area(reading.area)
    return reading
