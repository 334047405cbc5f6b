"""What stands behind a finding or an occurrence: events and postings, for those who may see it.

Flows in: a client, a Scope, a Registry, a finding or a unit. Flows out: stored events and postings. Reads only. Which events belong to a
finding is read from the finding itself, never taken from whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from streams.events import ident_of
from streams.ledger.metrics import Metric, interval
from streams.ledger.postings import Postings
from streams.registry import Registry
from streams.store.deltas import reaching
from streams.store.findings import StoredTransition, finding_history
from streams.store.ground import of_unit
from streams.store.loads import StoredEvent, events_about, events_by_pos, postings_on
from streams.store.scope import Scope


def judged_by(history: Sequence[StoredTransition]) -> StoredTransition:
    """The last transition that says what it was judged by; the last of all where none does."""
    return next((one for one in reversed(history) if one.inputs or one.events), history[-1])


def metric_of(one: StoredTransition) -> str:
    """The metric of a finding about a unit's load; '' for any other finding."""
    return str(one.inputs.get("metric") or "") if one.transition.subject.startswith("unit:") else ""


def load_behind(client: Client, scope: Scope, registry: Registry, finding: str) -> Postings | None:
    """The postings that a finding about a unit's load is the sum of; None for any other finding. Raises Unseen."""
    one = judged_by(finding_history(client, scope, registry, finding))
    place = registry.find(one.transition.subject.removeprefix("unit:")) if metric_of(one) else None
    if place is None:
        return None
    after, until = interval(Metric.parse(metric_of(one)).window, one.transition.at_us)
    return postings_on(client, *place, after + 1, until)


def demands_behind(
    client: Client, scope: Scope, registry: Registry, finding: str, keys: Sequence[int]
) -> list[StoredEvent]:
    """Of the demands at these positions those that are part of the load that a finding is about. Raises Unseen."""
    found = load_behind(client, scope, registry, finding)
    known = set() if found is None else set(found.key.tolist())
    return events_by_pos(client, sorted(known & set(keys)))


def events_behind(client: Client, scope: Scope, registry: Registry, finding: str) -> list[StoredEvent]:
    """The events that a finding names, and all events about them, in order of position. Raises Unseen."""
    one = judged_by(finding_history(client, scope, registry, finding))
    return events_about(client, sorted({ident_of(*name.split("#", 1)) for name in one.events if "#" in name}))


def demands_of_unit(
    client: Client, scope: Scope, registry: Registry, unit: str, keys: Sequence[int]
) -> list[StoredEvent]:
    """Of the demands at these positions those that reach a unit, and all events about them, in order of position.

    Raises OutOfScope, UnknownUnit.
    """
    scope.require_area(unit)
    reached = reaching(client, of_unit(registry, unit), keys)
    return events_about(client, sorted(row.ident for row in events_by_pos(client, sorted(reached))))
