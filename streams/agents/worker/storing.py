"""Admitted events into the store: references first, so that whoever sees an event finds what refers to it.

Flows in: admitted events. Flows out: rows of refs and events. Touches the store.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.agents.worker.admission import Taken, columns_of, targets_of
from streams.registry import Registry
from streams.store import insert_events, insert_refs


def store_taken(client: Client, registry: Registry, taken: Sequence[Taken], token: str) -> set[int]:
    """Store these events under a token, so that the same sent again land once; the idents that they refer to."""
    refs = [(target, one.pos) for one in taken for target in targets_of(one.event)]
    if refs:
        pairs = np.array(refs, np.uint64)
        insert_refs(client, pairs[:, 0], pairs[:, 1], f"refs-{token}")
    if taken:
        insert_events(client, columns_of(list(taken), registry.reached), f"events-{token}")
    return {target for target, _ in refs}
