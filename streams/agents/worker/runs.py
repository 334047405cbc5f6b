"""Faust with runs instead of records: one Faust event is a run of consecutive records of one partition.

Faust's bookkeeping for each event costs some 80 microseconds; for a run of 2,000 records it costs nothing. The run's message has the offset of
its last record, and acknowledging the run commits the offset behind it. Runs of a partition are handled in their order, so the last one handled
says all: Faust's own lists of acknowledged offsets and gaps are not used. They take an acknowledgement that comes while the group rebalances
for one of the next generation, see a hole in front of it, and then commit nothing more. Flows in: what aiokafka fetched. Flows out: messages
whose value is a ``Run``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Final, NamedTuple, cast

from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage

LENGTH: Final = 2_000
"""Records in a run at most."""


class Run(NamedTuple):
    """Consecutive records of one partition, as aiokafka gives them (value, headers, offset, timestamp)."""

    topic: str
    partition: int
    records: list[Any]
    first: int
    last: int


class CommittedThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer, reading only what is committed: what a client rolled back, or has not decided yet, was never said."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = (
            "read_committed"  # Faust ties it to transactions of its own; handed on when the consumer starts
        )
        return consumer

    def position_now(self, tp: Any) -> int | None:
        """Offset that is read next, without waiting; None before there is one."""
        subscription = self._ensure_consumer()._subscription.subscription
        assignment = subscription.assignment if subscription is not None else None
        if assignment is None or tp not in assignment.tps:
            return None
        state = assignment.state_value(tp)
        return state.position if state.has_valid_position else None


class RunConsumer(driver.Consumer):
    """Yields runs, and commits behind the last one handled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._handled: dict[Any, int] = {}
        """Offset behind the last run handled since the last assignment."""

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    def position_now(self, tp: Any) -> int | None:
        """Offset that is read next. Beyond the last run where control records or compacted gaps follow it."""
        return cast(CommittedThread, self._thread).position_now(tp)

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        """As the parent's, after what is under way has come to its end. Faust's own signal does not come when the app is about to stop."""
        await cast(RunTransport, self.transport).settle()
        self._handled.clear()
        await super().on_partitions_revoked(revoked)

    def ack(self, message: Any) -> bool:
        """Note a run as handled; false when it was noted before."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        self._handled[message.tp] = message.offset + 1
        return True

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[Any]:
        handled = list(self._handled)
        return (tp for tp in handled if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: Any) -> int | None:
        return self._handled.get(tp)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[Any, Any]]:
        """As the parent's, run by run."""
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop or not self.flow_active:
            return  # the parent seeks here, in the middle of a rebalance, and ends for want of an assignment; the new one seeks anyway
        for tp, fetched in records.items():
            if active is not None and tp not in active and tp not in self._buffered_partitions:
                continue
            self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
            for first in range(0, len(fetched), LENGTH):
                if not self.flow_active or self.app.consumer_generation_id != generation:
                    return
                self._read_offset[tp] = (
                    None  # a position from before a rebalance would drop what comes again, or invent a gap
                )
                yield tp, self._run(tp, fetched[first : first + LENGTH])

    def _run(self, tp: Any, records: list[Any]) -> Any:
        last = records[-1]
        run = Run(last.topic, last.partition, records, records[0].offset, last.offset)
        stamp = (last.timestamp or 0) / 1000.0
        place: Any = (
            last.topic,
            last.partition,
            last.offset,
            stamp,
            last.timestamp_type,
            (),
            None,
            run,
            None,
            0,
            0,
            tp,
        )
        message: Any = ConsumerMessage(*place)
        message.generation_id = self.app.consumer_generation_id
        return message


class RunTransport(driver.Transport):
    """Kafka by aiokafka, with runs."""

    Consumer = RunConsumer

    settle: Callable[[], Awaitable[None]]
    """Ends what is under way; called before the group may give the partitions to somebody else."""
