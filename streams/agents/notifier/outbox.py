"""The outbox: stored notifications that have not arrived yet, each receiver's in order, one receiver never waiting for another.

Flows in: stored notifications. Flows out: calls of channels, and a stored row for each attempt. A crash between an arrival and its row repeats
that one message; its identity is the same, so that a receiver can tell.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final

from streams.alerts.bucket import Bucket
from streams.alerts.channels import Channel, ChannelFault
from streams.alerts.message import Words
from streams.alerts.model import Notification
from streams.store.alerting import Delivery, Stored

_LOG: Final = logging.getLogger(__name__)
PAUSES_S: Final = (1, 5, 30, 120, 600, 1_800)
"""Between attempts; the last again and again."""
GIVE_UP: Final = 30
"""Attempts, some twelve hours, after which a message is given up; the digest tells of what is still open."""


@dataclass
class _Line:
    """What waits for one receiver."""

    channel: Channel
    bucket: Bucket
    waiting: deque[tuple[Notification, int]] = field(default_factory=deque)
    busy: Future[Delivery] | None = None
    after_us: int = 0


class Outbox:
    """Delivers in threads, one message at a time to each receiver. Never waits. Owned by one caller."""

    def __init__(self, channels: Mapping[str, tuple[Channel, int]], words: Words, now_us: Callable[[], int]) -> None:
        """``channels``: channel and messages a minute by receiver."""
        self._words, self._now_us = words, now_us
        self._lines = {name: _Line(channel, Bucket(rate, now_us())) for name, (channel, rate) in channels.items()}
        self._pool = ThreadPoolExecutor(max(1, min(32, len(self._lines))), thread_name_prefix="outbox")

    def put(self, rows: Iterable[Stored], failed: Mapping[tuple[str, str], int] | None = None) -> None:
        """Take over what was stored; ``failed``: attempts already made, by notification and receiver."""
        for row in rows:
            for receiver in row.receivers:
                line = self._lines.get(receiver)
                if line is not None:
                    attempts = (failed or {}).get((row.notification.id, receiver), 0)
                    line.waiting.append((row.notification, attempts))

    def ended(self) -> list[Delivery]:
        """The attempts that ended since; to be stored before ``begin``, so that a death repeats one message of a receiver at most."""
        made = []
        for name, line in self._lines.items():
            if line.busy is not None and line.busy.done():
                made.append(self._ended(name, line, line.busy.result(), self._now_us()))
                line.busy = None
        return made

    def begin(self) -> None:
        """Begin what may begin."""
        now_us = self._now_us()
        for name, line in self._lines.items():
            if line.busy is None and line.waiting and now_us >= line.after_us and line.bucket.take(now_us):
                line.busy = self._pool.submit(self._attempt, name, line.channel, line.waiting[0][0])

    def wait(self, patience_s: float) -> bool:
        """Wait until an attempt ends, at most ``patience_s``; false at once when none is under way."""
        busy = [line.busy for line in self._lines.values() if line.busy is not None]
        if not busy:
            return False
        return bool(wait(busy, patience_s, FIRST_COMPLETED).done)

    def _attempt(self, name: str, channel: Channel, one: Notification) -> Delivery:
        begin = time.monotonic()
        outcome, text = "ok", ""
        try:
            channel.send(one, self._words)
        except ChannelFault as fault:
            outcome, text = "given-up" if fault.permanent else "failed", str(fault)
        took_ms = int((time.monotonic() - begin) * 1000)
        return Delivery(one.id, name, self._now_us(), outcome, text, took_ms)  # type: ignore[arg-type]

    def _ended(self, name: str, line: _Line, made: Delivery, now_us: int) -> Delivery:
        one, attempts = line.waiting.popleft()
        if made.outcome == "failed":
            attempts += 1
            if attempts >= GIVE_UP:
                made = Delivery(made.notification, name, made.at_us, "given-up", made.error, made.took_ms)
            else:
                line.waiting.appendleft((one, attempts))
                line.after_us = now_us + PAUSES_S[min(attempts, len(PAUSES_S)) - 1] * 1_000_000
        if made.outcome == "given-up":
            _LOG.warning("%s: a message was given up: %s", name, made.error)
        return made

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not any(line.waiting or line.busy for line in self._lines.values())

    def close(self) -> None:
        """Let what is under way come to its end."""
        self._pool.shutdown(wait=True)
