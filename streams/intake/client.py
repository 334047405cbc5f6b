"""The SDK: sends events to a running system straight into Kafka, each acknowledged by the broker.

Flows in: events as mappings or JSON. Flows out: records of ``burden.events``. May touch: the broker that it is given.

    from streams.intake import Client

    with Client("127.0.0.1:9092", source="//oa.example.cn/510000/education") as client:
        sent = client.send({"type": "burden.meeting.issued.v1", "data": {...}})
        print(sent.result())            # Receipt(partition=3, offset=17), once the broker has it

An event is checked here, by the same rules as at the door of the system, so that a fault is known before anything is
sent. What only the system can know (unknown areas, an identity that exists with other content) is told on
``burden.refused``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import msgspec

from streams.config.clock import now_us
from streams.intake.binding import HEADERS, TOPIC, record_of, sound

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Unreachable(ConnectionError):
    """The other side does not answer; nothing is known to be lost, and sending again is safe."""


class Receipt(NamedTuple):
    """Where the broker put an event."""

    partition: int
    offset: int


def uuid7(time_us: int) -> str:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, 74 bits of chance; sorts by time."""
    chance = int.from_bytes(os.urandom(10))
    value = (
        (time_us // 1000 & (1 << 48) - 1) << 80
        | 7 << 76
        | (chance >> 62 & 0xFFF) << 64
        | 2 << 62
        | chance & (1 << 62) - 1
    )
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Client:
    """A producer of events, idempotent and with acks=all. Safe to share between threads; close it, or use ``with``."""

    def __init__(
        self,
        bootstrap: str | Sequence[str],
        *,
        source: str | None = None,
        topic: str = TOPIC,
        clock: Callable[[], int] = now_us,
        timeout_s: float = 30.0,
        **kafka: Any,
    ) -> None:
        """``source`` is put into events that have none, ``clock`` tells microseconds UTC for events without ``time``.

        ``kafka`` goes to kafka-python's producer as it is (security_protocol, sasl_..., ssl_...).
        Raises Unreachable when no broker answers within ``timeout_s``.
        """
        from kafka import KafkaProducer
        from kafka.errors import KafkaError

        self._source, self._topic, self._clock, self._timeout_s = source, topic, clock, timeout_s
        own = {"linger_ms": 5, "batch_size": 256 * 1024, "max_block_ms": int(timeout_s * 1000)}
        try:
            self._producer = KafkaProducer(
                bootstrap_servers=bootstrap,
                acks="all",
                enable_idempotence=True,
                allow_auto_create_topics=False,
                bootstrap_timeout_ms=int(timeout_s * 1000),
                **(own | kafka),
            )
        except KafkaError as error:
            raise Unreachable(f"kafka: {bootstrap}: {error}; check the address and that the broker runs") from error

    def send(self, event: Mapping[str, Any] | bytes) -> Future[Receipt]:
        """Checks one event and hands it to the sender; the future is done when the broker has it.

        A mapping is completed (specversion, id, source, time, datacontenttype); instants in it may be aware datetimes.
        JSON is sent as it stands, but for personal numbers, which are masked. Raises Refused, naming every fault, before
        anything is sent; Unreachable when the broker does not even tell where to send. The future fails with Unreachable.
        """
        from kafka.errors import KafkaError

        raw = event if isinstance(event, bytes) else self.complete(event)
        record = record_of(*sound(raw))
        answer: Future[Receipt] = Future()
        answer.set_running_or_notify_cancel()
        try:
            sent = self._producer.send(self._topic, record.value, key=record.key, headers=HEADERS)
        except KafkaError as error:
            raise Unreachable(f"kafka: {error}; nothing was sent, send again later") from error
        sent.add_callback(lambda found: answer.set_result(Receipt(found.partition, found.offset)))
        sent.add_errback(lambda error: answer.set_exception(Unreachable(f"kafka: {error}; send again")))
        return answer

    def send_many(self, events: Iterable[Mapping[str, Any] | bytes]) -> list[Future[Receipt]]:
        """``send`` for each, in order; stops at the first fault with its exception."""
        return [self.send(event) for event in events]

    def complete(self, event: Mapping[str, Any]) -> bytes:
        """The JSON that ``send`` sends for a mapping: what is missing is filled in. Keep it to send the same event again."""
        now = self._clock()
        filled: dict[str, Any] = {"specversion": "1.0", "id": uuid7(now)}
        if self._source is not None:
            filled["source"] = self._source
        filled["time"] = (_EPOCH + timedelta(microseconds=now)).isoformat()
        filled["datacontenttype"] = "application/json"
        return msgspec.json.encode(filled | dict(event))

    def flush(self, timeout_s: float | None = None) -> None:
        """Returns when everything that was sent is acknowledged or has failed; raises Unreachable when that takes too long."""
        from kafka.errors import KafkaError

        try:
            self._producer.flush(self._timeout_s if timeout_s is None else timeout_s)
        except KafkaError as error:
            raise Unreachable(f"kafka: {error}; send again what has no receipt") from error

    def close(self) -> None:
        """Sends what is left and lets go of the connections."""
        self._producer.close(self._timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
