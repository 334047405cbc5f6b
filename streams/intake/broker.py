"""The door's hand on Kafka: gives records to kafka-python's producer and tells an event loop when the broker has them.

Flows in: records from coroutines. Flows out: acknowledgements, or ``Unavailable``. May touch: the broker.

kafka-python blocks; so a thread of ours owns the producer, and a queue stands between. The queue is bounded by the
number of events that wait for an acknowledgement; what is beyond is refused at once, with a time to come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.intake.binding import HEADERS, TOPIC, Record

_LOG: Final = logging.getLogger(__name__)

LINGER_MS: Final = 2
PROBE_S: Final = 2.0
LATELY_S: Final = 5.0
"""An event that the broker took so lately says that it works."""
STUCK_S: Final = 60.0
"""Events wait and none has been acknowledged for this long: the process is not healthy and should be started again."""


class Unavailable(Exception):
    """The broker does not take events now. What was sent may or may not be there; sending it again is safe."""

    def __init__(self, reason: str, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(reason)


@dataclass
class _Parcel:
    """Records that are acknowledged together."""

    records: Sequence[Record]
    tell: Callable[[Exception | None], None]
    topic: str
    open: int = 0
    fault: Exception | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def one_done(self, error: Exception | None) -> None:
        with self.lock:
            self.open -= 1
            self.fault = self.fault or error
            last = self.open == 0
        if last:
            self.tell(self.fault)


class Broker:
    """A producer with acks=all and idempotence behind an ``await``. Start it once, close it once."""

    def __init__(
        self,
        address: str,
        options: Mapping[str, object] | None = None,
        *,
        topic: str = TOPIC,
        probes: str = "",
        acknowledge_s: float = 10.0,
        waiting: int = 20_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``address`` is HOST:PORT,...; ``acknowledge_s`` bounds one append; ``waiting`` bounds unacknowledged events.

        ``probes``: topic on which a record is written to see whether the broker works ('': a connection is enough).
        """
        self._address, self._options, self._topic, self._probes = address, dict(options or {}), topic, probes
        self._acknowledge_s, self._bound, self._clock = acknowledge_s, waiting, clock
        self._queue: queue.SimpleQueue[_Parcel | None] = queue.SimpleQueue()
        self._producer: Any = None
        self._broken = threading.Event()
        self._progress = threading.Lock()
        self._told: deque[tuple[asyncio.Future[Exception | None], Exception | None]] = deque()
        self._waiting = 0
        self._moved_at = clock()
        self._taken_at = -LATELY_S
        self._thread = threading.Thread(target=self._run, name="producer", daemon=True)

    @property
    def waiting(self) -> int:
        """Events that were sent and are not yet acknowledged."""
        return self._waiting

    def start(self) -> None:
        """Starts the thread; it connects by itself, again and again."""
        self._thread.start()

    def close(self) -> None:
        """Sends what is left and ends the thread."""
        self._queue.put(None)
        self._thread.join(self._acknowledge_s + 5)

    def is_stuck(self) -> bool:
        """Whether events wait and nothing has moved for STUCK_S."""
        return self._waiting > 0 and self._clock() - self._moved_at > STUCK_S

    async def is_ready(self) -> bool:
        """Whether the broker took an event lately, or takes a probe now. Not ready, it makes the thread connect."""
        if self._producer is None or self._broken.is_set():
            if self._queue.empty():
                self._queue.put(_Parcel((), lambda _fault: None, self._topic))
            return False
        if not self._probes:
            return any([await _listens(address) for address in self._address.split(",")])
        if self._clock() - self._taken_at < LATELY_S:
            return True
        if self._waiting:
            return False
        try:
            await self._appended([Record(b"probe", b"probe")], self._probes, PROBE_S)
        except Unavailable:
            return False
        return True

    async def append(self, records: Sequence[Record]) -> None:
        """Returns once the broker has acknowledged every record; raises Unavailable when it does not in time."""
        if not records:
            return
        if self._waiting and self._waiting + len(records) > self._bound:
            raise Unavailable(f"{self._waiting} events already wait for the broker", 2)
        await self._appended(records, self._topic, self._acknowledge_s)

    async def _appended(self, records: Sequence[Record], topic: str, bound_s: float) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Exception | None] = loop.create_future()

        def tell(fault: Exception | None) -> None:
            self._move(-len(records))
            if fault is None:
                self._taken_at = self._clock()
            self._told.append((done, fault))
            if len(self._told) == 1:  # whoever comes next finds the loop woken already
                with contextlib.suppress(RuntimeError):  # the loop may be closed while the last answers come in
                    loop.call_soon_threadsafe(self._answer)

        self._move(len(records))
        self._queue.put(_Parcel(records, tell, topic))
        try:
            fault = await asyncio.wait_for(done, bound_s)
        except TimeoutError:
            raise Unavailable(f"the broker did not answer within {bound_s:g} s", 5) from None
        if fault is not None:
            raise Unavailable(f"the broker did not take the events: {fault}", 5)

    def _answer(self) -> None:
        """Wake all whose records are done, in the loop's thread."""
        while self._told:
            done, fault = self._told[0]
            if not done.done():
                done.set_result(fault)
            self._told.popleft()  # last, so that the list is empty only when all are woken

    def _move(self, by: int) -> None:
        with self._progress:
            if by < 0 or self._waiting == 0:
                self._moved_at = self._clock()
            self._waiting += by

    def _run(self) -> None:
        self._connect()
        while (parcel := self._queue.get()) is not None:
            try:
                self._send(parcel)
            except Exception as error:  # the outermost loop of this thread: whatever it was, the sender is told
                _LOG.exception("a parcel could not be sent")
                parcel.tell(error)
        if self._producer is not None:
            self._producer.close(self._acknowledge_s)

    def _connect(self) -> str:
        """Makes the producer if there is none or the last one broke; returns the reason where that fails."""
        if self._broken.is_set() and self._producer is not None:
            dead, self._producer = self._producer, None
            threading.Thread(target=_bury, args=(dead,), name="old producer", daemon=True).start()
        if self._producer is not None:
            return ""
        bound_ms = int(self._acknowledge_s * 1000)
        own: dict[str, object] = {
            "bootstrap_servers": self._address.split(","),
            "acks": "all",
            "enable_idempotence": True,
            "allow_auto_create_topics": False,
            "linger_ms": LINGER_MS,
            "batch_size": 256 * 1024,
            "bootstrap_timeout_ms": min(bound_ms, 3000),
            "max_block_ms": min(bound_ms, 3000),
            "request_timeout_ms": bound_ms,
            "delivery_timeout_ms": 2 * bound_ms,
            "reconnect_backoff_max_ms": 1000,
            "metrics_enabled": False,
        }
        try:
            self._producer = KafkaProducer(**(own | self._options))
            self._producer.partitions_for(self._topic)
        except KafkaError as error:
            self._broken.set()
            return str(error)
        self._broken.clear()
        return ""

    def _send(self, parcel: _Parcel) -> None:
        reason = self._connect()
        if reason:
            parcel.tell(KafkaError(reason))
            return
        parcel.open = len(parcel.records) + 1  # ours is given back last, so that the parcel cannot be done too early
        for record in parcel.records:
            try:
                sent = self._producer.send(parcel.topic, record.value, key=record.key, headers=HEADERS)
            except KafkaError as error:
                self._failed(parcel, error)
                continue
            sent.add_callback(lambda _found: parcel.one_done(None))
            sent.add_errback(lambda error: self._failed(parcel, error))
        parcel.one_done(None)

    def _failed(self, parcel: _Parcel, error: Exception) -> None:
        # A new producer starts with a new identity: cheap, and it mends whatever state the old one was in.
        self._broken.set()
        parcel.one_done(error)


def _bury(producer: Any) -> None:
    """Let go of a producer that failed. It may wait for a broker that is away, or raise; nobody waits for it."""
    with contextlib.suppress(Exception):
        producer.close(1.0)


async def _listens(address: str) -> bool:
    host, _, port = address.strip().rpartition(":")
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port)), PROBE_S)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
