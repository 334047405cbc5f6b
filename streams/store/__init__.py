"""The store: ClickHouse through clickhouse-connect. Schema, writers, loads for the workers, scoped reads for people."""

from streams.config.store import Address
from streams.store.client import connect
from streams.store.loads import (
    IdentColumns,
    Known,
    StoredEvent,
    events_about,
    events_by_pos,
    find_idents,
    load_idents,
    load_postings,
    positions_about,
    postings_of,
)
from streams.store.schema import migrate, rollback
from streams.store.scope import OutOfScope, Scope
from streams.store.writers import (
    Refusal,
    Tick,
    WorkerReport,
    get_meta,
    insert_events,
    insert_postings,
    insert_refs,
    insert_refused,
    insert_reports,
    insert_ticks,
    mend_last_batches,
    set_meta,
)

__all__ = [
    "Address",
    "IdentColumns",
    "Known",
    "OutOfScope",
    "Refusal",
    "Scope",
    "StoredEvent",
    "Tick",
    "WorkerReport",
    "connect",
    "events_about",
    "events_by_pos",
    "find_idents",
    "get_meta",
    "insert_postings",
    "insert_events",
    "insert_refs",
    "insert_refused",
    "insert_reports",
    "insert_ticks",
    "load_idents",
    "load_postings",
    "mend_last_batches",
    "migrate",
    "positions_about",
    "postings_of",
    "rollback",
    "set_meta",
]
