"""Server push: the refresher says that a topic moved, every open page hears it.

Flows in: ``bump`` from any thread. Flows out: an asynchronous stream of server-sent events, which carry topic and counter and no data.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

PING_S: Final = 15.0
GAP_S: Final = 0.15
"""Between two messages to one page, so that a storm of changes does not become a storm of reruns."""


class Hub:
    """Counters by topic, and the pages that wait for them. ``bump`` is safe from every thread."""

    def __init__(self) -> None:
        self._versions: dict[str, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Names the loop that the pages' streams run on."""
        self._loop = loop

    def bump(self, topic: str) -> None:
        """A topic has moved."""
        self._versions[topic] = self._versions.get(topic, 0) + 1
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    @property
    def listeners(self) -> int:
        """How many pages listen."""
        return len(self._waiting)

    async def changes(self) -> AsyncIterator[str]:
        """Server-sent events until the page goes: all counters whenever one moved, a comment when nothing does."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield f"data: {json.dumps(self._versions)}\n\n"
            while True:
                try:
                    await asyncio.wait_for(event.wait(), PING_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                event.clear()
                yield f"data: {json.dumps(self._versions)}\n\n"
                await asyncio.sleep(GAP_S)
        finally:
            self._waiting.discard(event)
