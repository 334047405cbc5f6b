"""What every reading of the dashboard stands on: the store's client, the registry, the calendar, and threads to ask side by side.

Flows in: a client, a Registry, a Calendar. Flows out: ``Engine``. Its questions take a Scope and ask it first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar, cast

from clickhouse_connect.driver.client import Client

from dashboard.data.search import Index, index_of
from streams.calendars import Calendar
from streams.registry import Registry
from streams.store import Scope, reads
from streams.store.comparing import comparable_since

GRASSROOTS: Final = ("township", "village")
"""Whose load areas add up: townships and villages, not the bureaus above them."""
THREADS: Final = 8
SINCE_S: Final = 60.0
KEPT_S: Final = 60.0
P = ParamSpec("P")
T = TypeVar("T")


class Window(NamedTuple):
    """What an area received in a span of starts: person-minutes, and demands times units reached."""

    likely: int
    receipts: int


@dataclass(frozen=True)
class Engine:
    """Safe for several threads, as the client is."""

    client: Client
    registry: Registry
    calendar: Calendar
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="read"))

    _since: list[tuple[float, date | None]] = field(default_factory=list, compare=False)
    """When it was asked, and the answer."""

    _kept: dict[Hashable, tuple[float, Future[Any]]] = field(default_factory=dict, compare=False)
    _keeping: threading.Lock = field(default_factory=threading.Lock, compare=False)

    @cached_property
    def index(self) -> Index:
        """Names of divisions and offices."""
        return index_of(self.registry)

    def later(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Starts one question on a thread of its own. Questions must not wait for others that are started so."""
        return self._pool.submit(read, *args, **kwargs)

    def kept(self, read: Callable[..., T], scope: Scope, *about: Hashable, **more: Hashable) -> Future[T]:
        """``read(client, scope, registry, *about, **more)``, asked once a minute: for what hardly moves within a day.

        Readers who may see the same share an answer. A question that failed is asked again.
        """
        now, shared = time.monotonic(), replace(scope, who="")
        key = read, shared, about, tuple(sorted(more.items()))
        with self._keeping:
            found = self._kept.get(key)
            if found and now - found[0] <= KEPT_S and not (found[1].done() and found[1].exception()):
                return cast("Future[T]", found[1])
            for old in [one for one, (asked_s, _) in self._kept.items() if now - asked_s > KEPT_S]:
                del self._kept[old]
            asked = self._pool.submit(read, self.client, scope, self.registry, *about, **more)
            self._kept[key] = now, asked
        return asked

    def since(self) -> date | None:
        """From which day on periods can be compared; asked of the store once a minute."""
        now = time.monotonic()
        asked_s, kept = self._since[0] if self._since else (now - 2 * SINCE_S, None)
        if now - asked_s > SINCE_S:
            kept = comparable_since(self.client)
            self._since[:] = [(now, kept)]
        return kept

    def window(self, scope: Scope, area: str, after_us: int, until_us: int) -> Window:
        """Townships and villages of an area, starts after_us < s <= until_us, exact to the microsecond. Raises OutOfScope."""
        found = reads.area_between(self.client, scope, self.registry, area, after_us, until_us, tiers=GRASSROOTS)
        return Window(found.likely, found.receipts)
