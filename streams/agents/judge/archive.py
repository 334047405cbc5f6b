"""Puts demands aside as event rules read them, for backtests: behind the judging, in whole batches, each event in exactly one.

Flows in: stored events. Flows out: batches in the store. A crash changes nothing: how far it came stands in the last batch itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.agents.worker.reconcile import events_from
from streams.calendars import Calendar
from streams.events.log_position import PARTITION_BIT
from streams.registry import Registry
from streams.rules import Lists, issuance
from streams.rules.columns import events_table
from streams.rules.recorded import Recorded
from streams.store.backtest_batches import insert_batch, last_batch
from streams.store.loads import events_since

BATCH: Final = 4_000
"""Events of a batch: half a second of work."""


class BacktestArchive:
    """One for each installation; owned by one caller."""

    def __init__(
        self,
        client: Client,
        registry: Registry,
        calendar: Calendar,
        lists: Callable[[], Lists],
        batch: int = BATCH,
        recorded: Callable[[], Recorded] = dict,
    ) -> None:
        """``lists`` and ``recorded``: the lists in force and what each source is known to record, as they are when a batch is made."""
        self._recorded = recorded
        self._client, self._registry, self._calendar, self._lists, self._batch = (
            client,
            registry,
            calendar,
            lists,
            batch,
        )
        self._seq, self._cursors = last_batch(client)

    def step(self) -> int:
        """Frame one batch where there is a whole one; the events in it, 0 where there is none yet."""
        rows = events_since(self._client, self._cursors, self._batch)
        if len(rows) < self._batch:
            return 0
        cursors = dict(self._cursors)
        for row in rows:
            cursors[row.pos >> PARTITION_BIT] = row.pos + 1
        events = events_from(rows).values()
        issued = [
            one for event in events if event.verb == "issued" and (one := issuance(event, self._registry)) is not None
        ]
        insert_batch(
            self._client, self._seq + 1, events_table(issued, self._calendar, self._lists(), self._recorded()), cursors
        )
        self._seq, self._cursors = last_batch(self._client)  # what stands there counts, whoever wrote it
        return len(rows)
