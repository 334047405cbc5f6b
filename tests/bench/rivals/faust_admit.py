"""The worker's job as a newcomer to Faust writes it: one record after the other, rows to the store by the thousand.

Decodes, resolves, estimates and reconciles with the product's own functions, so that only the way of streaming differs. What it knows of demands
it keeps in memory and asks the store nothing. Told by BURDENWATCH_*, and by BENCH_ADMIT_ONLY that it keeps no load.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any, Final

import faust

from streams.agents.settings import Settings
from streams.agents.topics import EVENTS
from streams.agents.worker.admission import Admission, Raw, Taken, columns_of
from streams.agents.worker.identities import Identities
from streams.agents.worker.reconcile import desired
from streams.effort import estimate
from streams.events import Event, ident_of
from streams.events.log_position import position
from streams.ledger.ledger import Ledger
from streams.ledger.lifecycle import horizon_us
from streams.ledger.metrics import LIVE
from streams.ledger.postings import Postings, concat
from streams.registry import Registry, load
from streams.store import connect, insert_events, insert_postings, load_idents

ROWS: Final = 1_000


class Loads:
    """The load that events make, demand by demand."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._until_us = registry, horizon_us(time.time_ns() // 1000)
        self._ledger = Ledger({tier: registry.size(tier) for tier in registry.tiers}, LIVE, time.time_ns() // 1000)
        self._events: dict[int, dict[int, Event]] = {}
        self._keys: dict[int, int] = {}
        self._posted: dict[int, Postings] = {}
        self._waiting: list[Postings] = []

    def take(self, taken: Taken) -> None:
        """What one event changes."""
        event = taken.event
        about = [event.ident] if event.verb == "issued" else [ident_of(one.source, one.id) for one in event.targets]
        if event.verb == "issued":
            self._keys[event.ident] = taken.pos
        for ident in about:
            self._events.setdefault(ident, {})[taken.pos] = event
            key = self._keys.get(ident)
            if key is not None:
                self._repost(ident, key, self._events[ident])

    def _repost(self, ident: int, key: int, events: Mapping[int, Event]) -> None:
        rows = desired(
            key,
            events,
            registry=self._registry,
            estimate=estimate,
            until_us=self._until_us,
            clip=lambda ranges: ranges,
        )
        if rows is not None:
            wanted = Postings.from_rows(rows)
            has = self._posted.get(ident)
            self._waiting.append(wanted if has is None else wanted.minus(has))
            self._posted[ident] = wanted

    def flush(self, client: Any, run: int) -> None:
        """Put down what changed."""
        lines, self._waiting = concat(self._waiting), []
        insert_postings(client, lines, shard=0, run=run, issuers=lines.issuer.tolist())
        self._ledger.apply(lines)


def build() -> faust.App:
    """An app with one agent over ``burden.events``."""
    settings = Settings()
    registry = load()
    client = connect(settings.store())
    known = load_idents(client, range(8))
    admission = Admission(registry, estimate, Identities(known.ident, known.digest, known.pos))
    loads = None if os.environ.get("BENCH_ADMIT_ONLY") else Loads(registry)
    app = faust.App(
        "naive",
        broker=f"kafka://{settings.kafka}",
        store="memory://",
        datadir=settings.state,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        web_enabled=False,
        value_serializer="raw",
    )
    topic = app.topic(EVENTS, key_serializer="raw", value_serializer="raw")
    waiting: list[Taken] = []

    async def admit(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            pos = position(0, message.partition, message.offset)
            batch = admission.take([Raw(pos, event.value, (), int(message.timestamp * 1e6))])
            waiting.extend(batch.taken)
            if loads is not None:
                for taken in batch.taken:
                    loads.take(taken)
            if len(waiting) >= ROWS:
                insert_events(
                    client, columns_of(waiting, registry.reached), f"naive-{waiting[0].pos}-{waiting[-1].pos}"
                )
                waiting.clear()
                if loads is not None:
                    loads.flush(client, time.time_ns() // 1_000_000)

    app.agent(topic)(admit)
    return app


if __name__ == "__main__":
    from faust import Worker

    Worker(build(), loglevel="warning", quiet=True).execute_from_commandline()
