"""Demands as the store knows them: the states of whatever some events are about, and all that a judge must hold at its start.

Flows in: a client, events or positions. Flows out: states of demands, events in the order of the log. Reads the store.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.agents.worker.reconcile import events_from
from streams.demands import DemandState, state_of, states_of
from streams.events import Event, ident_of
from streams.events.log_position import PARTITION_BIT
from streams.rules.live import STANDING_KINDS, held_since_us
from streams.store.loads import events_about, events_held
from streams.store.reconciling import referred

_LOG: Final = logging.getLogger(__name__)
CHUNK: Final = 20_000


def states_about(client: Client, events: Sequence[Event]) -> list[DemandState]:
    """The states of the demands that some stored events issue or refer to, as the store knows them now."""
    issued = {event.ident: event for event in events if event.verb == "issued"}
    targets = {ident_of(target.source, target.id) for event in events for target in event.targets}
    about = targets | referred(client, list(issued))
    plain = [DemandState(event, event.data) for ident, event in issued.items() if ident not in about]
    return [*plain, *states_by_ident(client, sorted(about))]


def states_by_ident(client: Client, idents: Sequence[int]) -> list[DemandState]:
    """The states of these demands; what is not stored, or is no demand, is left out."""
    wanted = set(idents)
    found: list[DemandState] = []
    for first in range(0, len(idents), CHUNK):
        events = list(events_from(events_about(client, idents[first : first + CHUNK])).values())
        try:
            found += states_of(events)
        except Exception:  # one demand that cannot be read must not hide the others
            _LOG.exception("demands are read one by one")
            found += _each(events)
    return [state for state in found if state.issued.ident in wanted]


def _each(events: Sequence[Event]) -> Iterator[DemandState]:
    for event in events:
        if event.verb == "issued":
            try:
                yield state_of(event, events)
            except Exception:  # said in the log, and passed over: it is one demand
                _LOG.exception("a demand cannot be read: %s#%s", event.source, event.id)


def held_events(client: Client, cursors: Mapping[int, int], now_us: int) -> Iterator[list[Event]]:
    """What a judge must hold, up to where it has judged, some thousand events at a time."""
    after = 0
    while True:
        rows = events_held(client, after, held_since_us(now_us), STANDING_KINDS, CHUNK)
        if not rows:
            return
        after = rows[-1].pos + 1
        judged = [row for row in rows if row.pos < cursors.get(row.pos >> PARTITION_BIT, 0)]
        yield list(events_from(judged).values())


def names_to_idents(names: Iterable[str]) -> list[int]:
    """Idents of SOURCE#ID."""
    return [ident_of(*name.split("#", 1)) for name in names if "#" in name]
