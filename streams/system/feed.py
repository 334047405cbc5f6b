"""The live stream of the demonstration: fills an empty installation with the last weeks, then goes on in real time.

``python -m streams.system.feed``, told by BURDENWATCH_*. Flows in: the simulator's events. Flows out: records of ``burden.events``. Simulated
data never mixes with real ones unnoticed: every source lies in the domain example.cn.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterable
from types import FrameType
from typing import Final

from kafka import KafkaProducer
from pydantic import Field

from streams.agents.settings import Settings
from streams.agents.starting import begin
from streams.config import clock
from streams.events import decode
from streams.intake.binding import HEADERS, TOPIC, record_of
from streams.registry import load
from streams.simulate import backfill, live
from streams.store import connect
from streams.store.health import has_events

SEED: Final = 20260301
RATE: Final = 4.0
"""Events a second at speed 1."""


class FeedSettings(Settings):
    """The worker's settings and the pace."""

    speed: float = Field(
        1.0, gt=0, le=3600, description="how many times faster than real time the simulated stream runs"
    )


def main() -> None:
    """Send until told to stop."""
    settings = begin("stream", FeedSettings)
    ended = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, stop)
    registry = load(settings.registry)
    producer = KafkaProducer(**settings.brokers().client(), acks="all", linger_ms=5)
    now_us = clock.now_us()
    if _is_empty(settings):
        _send(producer, backfill(registry, seed=SEED, area=settings.area, until_us=now_us))
        producer.flush()
    begun = time.monotonic()
    for due_us, raw in live(
        registry, seed=SEED ^ now_us, area=settings.area, start_us=now_us, rate=RATE * settings.speed
    ):
        wait_s = (due_us - now_us) / 1_000_000 - (time.monotonic() - begun)
        if wait_s > 0:
            producer.flush()
        if ended.wait(max(0.0, wait_s)):
            break
        _send(producer, (raw,))
    producer.close()


def _is_empty(settings: Settings) -> bool:
    client = connect(settings.store(), readonly=True)
    try:
        return not has_events(client)
    finally:
        client.close()


def _send(producer: KafkaProducer, raws: Iterable[bytes]) -> None:
    for raw in raws:
        record = record_of(decode(raw), raw)
        producer.send(TOPIC, value=record.value, key=record.key, headers=list(HEADERS))


if __name__ == "__main__":
    main()
