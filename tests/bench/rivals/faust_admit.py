"""Admission as a newcomer to Faust writes it: one record after the other, rows to the store by the thousand.

Decodes, resolves and estimates with the product's own functions, so that only the way of streaming differs. Told by BURDENWATCH_*.
"""

from __future__ import annotations

from typing import Any, Final

import faust

from streams.agents.settings import Settings
from streams.agents.topics import EVENTS
from streams.agents.worker.admission import Admission, Raw, Taken, columns_of
from streams.agents.worker.identities import Identities
from streams.effort import estimate
from streams.events.log_position import position
from streams.registry import load
from streams.store import connect, insert_events, load_idents

ROWS: Final = 1_000


def build() -> faust.App:
    """An app with one agent over ``burden.events``."""
    settings = Settings()
    registry = load()
    client = connect(settings.store())
    known = load_idents(client, range(8))
    admission = Admission(registry, estimate, Identities(known.ident, known.digest, known.pos))
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
            if len(waiting) >= ROWS:
                insert_events(
                    client, columns_of(waiting, registry.reached), f"naive-{waiting[0].pos}-{waiting[-1].pos}"
                )
                waiting.clear()

    app.agent(topic)(admit)
    return app


if __name__ == "__main__":
    from faust import Worker

    Worker(build(), loglevel="warning", quiet=True).execute_from_commandline()
