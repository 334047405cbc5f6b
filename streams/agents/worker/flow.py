"""How runs flow through a worker: collected, flushed, told, acknowledged; state rebuilt at every assignment.

A lane is one topic: its runs wait in a list while the last flush is under way, then all go into the next. Each lane works in one thread of its
own, with a client of its own, so that flushes and ticks of a lane never overlap. Flows in: Faust events. Flows out: calls of admit and tally.
Touches the broker (producer) and the clock.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from streams import effort
from streams.agents.settings import Settings
from streams.agents.topics import ADMITTED, DEMANDS, EVENTS, REFUSED, log_identity, partitions
from streams.agents.worker.admit import Admit, Words
from streams.agents.worker.epoch import epoch_of
from streams.agents.worker.exit_codes import CRASHED, FENCED, end
from streams.agents.worker.messages import Doubtful, encode
from streams.agents.worker.recent import RecentEvents
from streams.agents.worker.refusals import record
from streams.agents.worker.runs import Run
from streams.agents.worker.tally import Tally
from streams.config.clock import now_us
from streams.ledger.lifecycle import horizon_us
from streams.registry import load
from streams.store import WorkerReport, connect, get_meta, insert_reports, insert_ticks, set_meta
from streams.store.reconciling import standing
from streams.store.reposting import is_to_repost, issued_keys, reposted

_LOG: Final = logging.getLogger(__name__)
TICK_S: Final = 1.0
DIGEST_EVERY: Final = 10
"""Ticks between two digests of the ledger."""
BEAT_S: Final = 0.5
STANDSTILL_S: Final = 8.0
"""Less than the group's session (10 s): after that another worker may have the partitions."""
PACE_S: Final = 0.07
"""Between the beginnings of two flushes of a lane: an insert costs the store some 40 ms of CPU whatever its size."""
DOUBTED: Final = 20_000
"""Demands that are handed out at once to be reconciled."""
WAITING_BOUND: Final = 100_000
"""Records that wait in a lane; above, Faust is made to wait."""


class Lane:
    """One topic of one worker."""

    def __init__(self, topic: str, settings: Settings) -> None:
        self.topic = topic
        self.pending: list[Any] = []
        self.waiting = 0
        self.wake = asyncio.Event()
        self.room = asyncio.Event()
        self.busy = asyncio.Lock()
        self.open = True
        self.pool = ThreadPoolExecutor(1, thread_name_prefix=topic)
        self.client = connect(settings.store())
        self.generation: int | None = None
        self.state: Admit | Tally | None = None
        self.assigned: tuple[int, ...] = ()
        self.digested = False
        self.flushed = 0.0
        self.next: dict[int, int] = {}
        self.done = 0
        self.watermark_us = 0
        self.read: dict[int, int] = {}
        """Offset that the consumer reads next, by partition, at the last report."""

    def behind(self, partition: int, end: int, read: int | None) -> int:
        """Records that wait, given the log's end and the consumer's position.

        Where nothing is under way and the position rests, what lies before it is no record: markers of transactions, gaps.
        """
        at = self.next.get(partition)
        rests = read is not None and self.read.get(partition) == read
        if read is not None:
            self.read[partition] = read
            if rests and not self.pending and not self.busy.locked():
                at = max(at or 0, read)
        return max(0, end - at) if at is not None else 0

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function in the lane's thread."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *args)


class Flow:
    """Both lanes of a worker, and what they share."""

    def __init__(self, settings: Settings, app: Any) -> None:
        self._settings, self._app = settings, app
        self._registry = load(settings.registry)
        self._shards = self._registry.shards(partitions(DEMANDS))
        self._lanes: dict[str, Lane] = {}
        self._producer: AIOKafkaProducer | None = None
        self._recent = RecentEvents()
        self._ready = asyncio.Event()
        self._epoch, self._log = 0, ""
        self._pulse = time.monotonic()

    async def _start(self) -> None:
        """Connect; runs wait until this is done."""
        settings = self._settings
        self._lanes = {name: Lane(name, settings) for name in (EVENTS, DEMANDS)}
        self._log = await asyncio.to_thread(log_identity, settings.brokers())
        lane = self._lanes[EVENTS]
        self._epoch = await lane.run(epoch_of, lane.client, self._log, now_us())
        self._producer = AIOKafkaProducer(
            **settings.brokers().client(),
            acks="all",
            enable_idempotence=True,
            max_request_size=1_500_000,
            max_batch_size=262_144,
        )
        await self._producer.start()
        self._ready.set()

    async def take(self, topic: str, event: Any) -> None:
        """Take one run from an agent; waits when too much waits already."""
        await self._ready.wait()
        lane = self._lanes[topic]
        run: Run = event.value
        lane.pending.append(event)
        lane.waiting += len(run.records)
        lane.wake.set()
        while lane.waiting > WAITING_BOUND:
            lane.room.clear()
            await lane.room.wait()

    async def live(self) -> None:
        """Flush and tick until the process ends. Any error ends it: what is not acknowledged comes again."""
        try:
            await self._start()
            lanes = (self._flush_forever(lane) for lane in self._lanes.values())
            await asyncio.gather(*lanes, self._tick_forever(), self._beat_forever())
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            _LOG.exception("a lane failed")
            end(CRASHED, f"stopped: {type(error).__name__}: {error}; what was not acknowledged comes again")

    async def _beat_forever(self) -> None:
        self._pulse = time.monotonic()
        while True:
            await asyncio.sleep(BEAT_S)
            self._beat()
            self._pulse = time.monotonic()

    def _beat(self) -> None:
        """End a process that stood still for so long that the group may have given its place to another."""
        stood = time.monotonic() - self._pulse
        if stood > STANDSTILL_S:
            end(FENCED, f"stood still for {stood:.1f} s: another worker may have this one's place; starting again")

    async def settle(self) -> None:
        """Let flushes that are under way come to their end, before the group gives the partitions to somebody else."""
        for lane in self._lanes.values():
            lane.open = False
            lane.pending.clear()
            lane.waiting = 0
            lane.room.set()
            async with lane.busy:
                lane.state = None

    def reopen(self) -> None:
        """The group has given out the partitions anew."""
        for lane in self._lanes.values():
            lane.open = True

    async def _flush_forever(self, lane: Lane) -> None:
        while True:
            await lane.wake.wait()
            lane.wake.clear()
            while lane.pending:
                await asyncio.sleep(lane.flushed + PACE_S - time.monotonic())
                lane.flushed = time.monotonic()
                async with lane.busy:
                    await self._flush(lane)

    async def _flush(self, lane: Lane) -> None:
        events = self._next(lane)
        lane.room.set()
        if not events:
            return
        await self._ensure_state(lane)
        runs = [event.value for event in events if event.value.partition in lane.assigned]
        if runs:
            if isinstance(lane.state, Admit):
                words: Words = await lane.run(lane.state.flush, runs)
                await self._tell(words)
            elif isinstance(lane.state, Tally):
                await lane.run(lane.state.flush, runs, now_us())
        if lane.generation != self._app.consumer_generation_id:
            return
        for event in events:
            event.ack()
        for run in runs:
            lane.next[run.partition] = run.last + 1
            lane.done += len(run.records)
            lane.watermark_us = max(lane.watermark_us, run.records[-1].timestamp * 1000)

    def _next(self, lane: Lane) -> list[Any]:
        """The runs of the next flush: of this generation, up to the bound of records."""
        generation = self._app.consumer_generation_id
        chosen: list[Any] = []
        records = 0
        while lane.pending and records < self._settings.flush_events:
            event = lane.pending.pop(0)
            lane.waiting -= len(event.value.records)
            if lane.open and event.message.generation_id == generation:
                chosen.append(event)
                records += len(event.value.records)
        return chosen

    async def _ensure_state(self, lane: Lane) -> None:
        """Rebuild the lane's state when the assignment is a new one."""
        generation = self._app.consumer_generation_id
        if lane.state is not None and lane.generation == generation:
            return
        begin = time.monotonic()
        lane.generation = generation
        lane.assigned = tuple(sorted(tp.partition for tp in self._app.consumer.assignment() if tp.topic == lane.topic))
        lane.next, lane.read, lane.digested = {}, {}, False
        lane.state = await lane.run(self._build, lane)
        _LOG.warning(
            "%s: generation %s, partitions %s, state rebuilt in %.2f s",
            lane.topic, generation, lane.assigned, time.monotonic() - begin,
        )  # fmt: skip

    def _build(self, lane: Lane) -> Admit | Tally:
        generation = lane.generation

        def fence() -> None:
            self._beat()
            if self._app.consumer_generation_id != generation:
                end(FENCED, f"{lane.topic}: the assignment moved on while a flush was under way; starting again")

        if lane.topic == EVENTS:
            alone = len(lane.assigned) == partitions(EVENTS)
            return Admit(
                lane.client, self._registry, effort.estimate, self._shards,
                epoch=self._epoch, log=self._log, partitions=lane.assigned, alone=alone, fence=fence, recent=self._recent,
            )  # fmt: skip
        return Tally(
            lane.client, self._registry, effort.estimate, self._shards,
            assigned=lane.assigned, now_us=now_us(), fence=fence, recent=self._recent,
        )  # fmt: skip

    async def _tell(self, words: Words) -> None:
        """Say what was admitted, to tally what changed, and to the world what was refused; returns when the broker has it all."""
        assert self._producer is not None
        sent = []
        for shard in sorted({*words.plain, *words.doubtful}):
            for value in encode(words.plain.get(shard, ()), words.doubtful.get(shard, ())):
                sent.append(await self._producer.send(DEMANDS, value, partition=shard))
        for partition, value in words.admitted:
            sent.append(await self._producer.send(ADMITTED, value, partition=partition))
        for refusal in words.refusals:
            sent.append(await self._producer.send(REFUSED, record(refusal)))
        await asyncio.gather(*sent)

    async def _tick_forever(self) -> None:
        number = 0
        while True:
            begin = time.monotonic()
            done = {name: lane.done for name, lane in self._lanes.items()}
            await asyncio.sleep(TICK_S)
            await self._tick(number, done, time.monotonic() - begin)
            number += 1

    async def _tick(self, number: int, done: dict[str, int], passed_s: float) -> None:
        at_us = now_us()
        lanes = self._lanes.items()
        await asyncio.gather(
            *(self._tick_lane(name, lane, number, (lane.done - done[name]) / passed_s, at_us) for name, lane in lanes)
        )
        if number % DIGEST_EVERY == 0:
            await self._roll(self._lanes[EVENTS], at_us)

    async def _tick_lane(self, name: str, lane: Lane, number: int, rate: float, now_us: int) -> None:
        if lane.state is None or lane.generation != self._app.consumer_generation_id:
            if self._app.consumer.assignment():
                await self._warm(lane)
            return
        if isinstance(lane.state, Tally):
            ledger = lane.state.ledger
            if ledger.is_far_ahead(now_us):
                _LOG.warning(
                    "%s: the clock was put back by %s s; state is rebuilt", name, (ledger.now_us - now_us) // 1_000_000
                )
                async with lane.busy:
                    lane.state = None
                return
            await lane.run(ledger.advance, max(now_us, ledger.now_us))
            if number % DIGEST_EVERY == 0 or not lane.digested:
                rows = await lane.run(lane.state.ticks, now_us)
                lane.digested = True
                if rows:
                    await lane.run(insert_ticks, lane.client, rows, f"ticks-{lane.assigned}-{now_us}")
        reports = self._reports(name, lane, now_us, rate)
        if reports:
            await lane.run(insert_reports, lane.client, reports, f"reports-{name}-{lane.assigned}-{now_us}")

    async def _warm(self, lane: Lane) -> None:
        """Rebuild before the first run comes, so that it is not the one that waits. A flush that got there first has done it."""
        if lane.open and not lane.pending and not lane.busy.locked():
            async with lane.busy:
                await self._ensure_state(lane)

    def _reports(self, name: str, lane: Lane, now_us: int, rate: float) -> list[WorkerReport]:
        component = "admit" if name == EVENTS else "tally"
        rows = []
        share = rate / max(1, len(lane.assigned))
        for tp in self._app.consumer.assignment():
            if tp.topic == name:
                end_offset = self._app.consumer.highwater(tp) or 0
                lag = lane.behind(tp.partition, end_offset, self._app.consumer.position_now(tp))
                rows.append(WorkerReport(component, tp.partition, now_us, lag, share, lane.watermark_us))
        return rows

    async def _roll(self, lane: Lane, now_us: int) -> None:
        """At a new month, have the standing demands posted further, and after a change of the registry all: said through the log as all else."""
        if 0 not in lane.assigned:
            return
        if await lane.run(is_to_repost, lane.client):
            await self._doubt(await lane.run(issued_keys, lane.client))
            await lane.run(reposted, lane.client, now_us)
        horizon = str(horizon_us(now_us))
        if await lane.run(get_meta, lane.client, "horizon") != horizon:
            await self._doubt(await lane.run(standing, lane.client))
            await lane.run(set_meta, lane.client, "horizon", horizon, now_us)

    async def _doubt(self, demands: list[tuple[int, int]]) -> None:
        """Have demands (key, ident) reconciled in every shard."""
        for first in range(0, len(demands), DOUBTED):
            doubtful = [Doubtful(key, ident, key) for key, ident in demands[first : first + DOUBTED]]
            await self._tell(Words({}, dict.fromkeys(range(self._shards.n), doubtful), [], 0, []))

    async def close(self) -> None:
        """Settle, before the worker leaves its group, and let go of the broker."""
        await self.settle()
        if self._producer is not None:
            await self._producer.stop()
