"""The judge: ``python -m streams.agents.judge``, told by BURDENWATCH_*. One for each installation, beside the workers, never in their way.

What came is judged at once, what the loads are each second, what hangs together every minute.
Demands are put aside for backtests. Flows in: the store. Flows out: transitions
into the store, then CloudEvents on ``burden.findings``. A crash repeats a message at worst: it tells again from the last number noted.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import Any, Final

import msgspec
from kafka import KafkaProducer

from streams.agents.judge.archive import BacktestArchive
from streams.agents.judge.judge import Judge
from streams.agents.settings import Settings
from streams.agents.topics import FINDINGS
from streams.calendars import Calendar
from streams.registry import load
from streams.rules import Lists, Rulebook, shipped
from streams.rules import load as load_packs
from streams.store import connect, get_meta, set_meta
from streams.store.findings import StoredTransition, load_transitions, told

_LOG: Final = logging.getLogger(__name__)
KEY_TOLD: Final = "findings-told"
LOOK_S: Final = 0.25
"""Between two looks at what came."""
LOADS_S: Final = 1.0
RELATE_S: Final = 60.0
_encoder: Final = msgspec.json.Encoder(order="sorted")


def main() -> None:
    """Judge until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    ended = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, stop)
    settings = Settings()
    client = connect(settings.store())
    producer = KafkaProducer(bootstrap_servers=settings.kafka, acks="all", linger_ms=5)
    registry, calendar, lists = load(settings.registry), Calendar.load(), Lists()
    judge = Judge(client, registry, Rulebook(load_packs(shipped())), calendar, lists, _now_us())
    archive = BacktestArchive(client, registry, calendar, lists)
    tell(client, producer, load_transitions(client, int(get_meta(client, KEY_TOLD) or "0")))
    related = loaded = 0.0
    while not ended.wait(LOOK_S):
        count, made = judge.events(_now_us())
        while count and not ended.is_set():
            tell(client, producer, made)
            count, made = judge.events(_now_us())
        if time.monotonic() - loaded > LOADS_S:
            loaded = time.monotonic()
            tell(client, producer, judge.loads(_now_us()))
        archive.step()
        if time.monotonic() - related > RELATE_S:
            tell(client, producer, judge.relations(_now_us()))
            related = time.monotonic()
    producer.close()


def tell(client: Any, producer: Any, made: Sequence[StoredTransition]) -> None:
    """Say what was stored, and note how far that went. Notes that only a restart needs are not told."""
    if not made:
        return
    for one in made:
        if one.transition.was != one.transition.phase:
            producer.send(FINDINGS, key=one.transition.finding.encode(), value=message(one))
    producer.flush()
    set_meta(client, KEY_TOLD, str(made[-1].seq), _now_us())


def message(one: StoredTransition) -> bytes:
    """A transition as a CloudEvent."""
    transition = one.transition
    return _encoder.encode(
        {
            "specversion": "1.0",
            "id": f"{transition.finding}-{one.seq}",
            "source": "//burdenwatch/findings",
            "type": f"burden.finding.{transition.phase}.v1",
            "subject": transition.finding,
            "time": datetime.fromtimestamp(transition.at_us / 1e6, UTC).isoformat(),
            "datacontenttype": "application/json",
            "data": told(one),
        }
    )


def _now_us() -> int:
    return time.time_ns() // 1000


if __name__ == "__main__":
    main()
