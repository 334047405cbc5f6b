"""Whether a part does what it is there for: a record written and read, a query, an answer. A process that merely lives is not asked.

Flows in: how each part is asked, and for how long it may fail. Flows out: the reason for which a part is to be replaced. Touches broker, store
and HTTP of this installation; asks the broker on a topic of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

import httpx

from streams.config import clock
from streams.store import Address, connect
from streams.store.parts import part_states, ping

EVERY_S: Final = 5.0
PATIENCE_S: Final = 45.0
"""A part that did not answer for so long is replaced: longer than a busy machine takes, short enough to be ready again within a minute."""
ASKED_S: Final = 10.0


class Overdue(RuntimeError):
    """A part has not completed a round for too long."""


class Vigil:
    """Asks one part again and again, from a thread of its own: an answer that never comes holds up nobody else."""

    def __init__(
        self,
        name: str,
        ask: Callable[[], None],
        *,
        patience_s: float = PATIENCE_S,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``ask`` returns where the part does its work, and raises where it does not."""
        self._name, self._ask, self._patience_s, self._every_s, self._clock = name, ask, patience_s, every_s, clock
        self._answered = clock()
        self._why = ""
        self._ended = threading.Event()

    def begin(self) -> None:
        """Ask from now on."""
        self.forgive()
        threading.Thread(target=self._keep_asking, name=f"vigil {self._name}", daemon=True).start()

    def end(self) -> None:
        """Ask no more."""
        self._ended.set()

    def forgive(self) -> None:
        """Count anew: the part was just started."""
        self._answered = self._clock()

    def once(self) -> None:
        """Ask now."""
        try:
            self._ask()
        except Exception as error:  # whatever it is, the part does not do its work
            self._why = f"{type(error).__name__}: {error}"[:200]
        else:
            self._answered = self._clock()

    def failing(self) -> str:
        """Why the part is to be replaced, '' while it is not."""
        silent_s = self._clock() - self._answered
        return (
            f"has not answered for {silent_s:.0f} s ({self._why or 'no answer'})" if silent_s > self._patience_s else ""
        )

    def _keep_asking(self) -> None:
        while not self._ended.wait(self._every_s):
            self.once()


def store_answers(address: Callable[[], Address]) -> Callable[[], None]:
    """Asks the store for a number of its own."""

    def ask() -> None:
        with closing(connect(address(), readonly=True, patience_s=1.0)) as client:
            ping(client)

    return ask


def rounds_go_on(address: Callable[[], Address], part: str, names: tuple[str, ...]) -> Callable[[], None]:
    """Asks the store when a part last completed its rounds; raises where one is overdue. A store that is away says nothing about others."""

    def ask() -> None:
        try:
            with closing(connect(address(), readonly=True, patience_s=1.0)) as client:
                states = part_states(client, clock.now_us())
        except Exception:  # the store has a vigil of its own
            return
        overdue = [
            one for one in states if one.part == part and one.name in names and one.condition in ("late", "still")
        ]
        if overdue:
            raise Overdue(f"{overdue[0].name} completed its last round {overdue[0].age_s} s ago")

    return ask


def page_answers(url: str) -> Callable[[], None]:
    """Asks for a page that is there while the process serves."""

    def ask() -> None:
        httpx.get(url, timeout=ASKED_S, trust_env=False).raise_for_status()

    return ask
