"""Reconciliation: the postings that demands should have, minus those that they have.

Pure. Flows in: stored events about some demands, stored postings of them. Flows out: the difference, and what caused it. Doing it twice gives
nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.events import Effort, Event, decode_stored
from streams.ledger.lifecycle import Clip, demand_of, postings_of
from streams.ledger.postings import Postings, Row, concat
from streams.registry import Registry
from streams.store import StoredEvent


def events_from(stored: Iterable[StoredEvent]) -> dict[int, Event]:
    """Stored events by position, each once; what an older version stored and this one refuses is passed over."""
    return {row.pos: event for row in stored if (event := decode_stored(row.body)) is not None}


def desired(
    key: int,
    events: Mapping[int, Event],
    *,
    registry: Registry,
    estimate: Callable[[str, Any], Effort],
    until_us: int,
    clip: Clip,
) -> list[Row] | None:
    """The postings that demand ``key`` should have in a shard; None when it is no issued event."""
    original = events.get(key)
    if original is None or original.verb != "issued":
        return None
    others = [event for pos, event in events.items() if pos != key]
    demand = demand_of(original, others, key=key, resolve=registry.resolve, estimate=estimate)
    return postings_of(demand, until_us=until_us, rank_of=registry.find, clip=clip)


def difference(
    wanted: Mapping[int, Sequence[Row] | None], present: Postings, causes: Mapping[int, int]
) -> tuple[Postings, NDArray[np.uint64]]:
    """The lines to post and the event that caused each. A demand without any line gets one of nothing, so that it is known."""
    known = {key for key, should in wanted.items() if should is not None}
    has = present.select(np.isin(present.key, keys_of(known)))
    lines = Postings.from_rows([row for should in wanted.values() if should is not None for row in should]).minus(has)
    silent = known.difference(lines.key.tolist(), has.key.tolist())
    lines = concat((lines, Postings.from_rows([marker(key) for key in sorted(silent)])))
    return lines, np.array([causes[key] for key in lines.key.tolist()], np.uint64)


def marker(key: int) -> Row:
    """A line that adds nothing to nobody: it makes a demand known to its shard."""
    return (key, 0, 0, "", 0, 0, 0, 0, 0, 0, 0, 0)


def keys_of(keys: Iterable[int]) -> NDArray[np.uint64]:
    """Keys as an array."""
    return np.fromiter(keys, np.uint64)
