"""Keeps the parts running: starts each, starts it again when it dies or no longer does its work, stops all in reverse order.

Flows in: ``Part`` descriptions (a node object, or a command with its environment). Flows out: log lines.
Touches child processes; holds no data.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from infra.local.forks import Forked, Forks
from streams.system.backoff import Backoff
from streams.system.logs import last_error
from streams.system.vigil import Vigil


class Part(Protocol):
    """Something that runs: a broker, a store, a worker."""

    name: str

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def is_running(self) -> bool: ...


@dataclass
class Command:
    """A part that is a Python module, forked from what all parts share; its output goes to ``log``."""

    name: str
    module: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    forks: Forks = field(repr=False)
    child: Forked | None = field(default=None, repr=False)

    def start(self) -> None:
        self.child = self.forks.start(self.module, log=self.log, env=self.environment)

    def is_running(self) -> bool:
        return self.child is not None and self.child.is_running()

    @property
    def exit_code(self) -> int | None:
        return None if self.child is None else self.child.returncode

    def stop(self) -> None:
        """Ask it to end, wait, then end it and what it started."""
        if self.child is not None:
            self.child.stop()

    def kill(self) -> None:
        if self.child is not None:
            self.child.kill()


class Supervisor:
    """Watches parts from one thread; a part that dies is started again after a pause that grows with its deaths (``backoff``)."""

    def __init__(self, say: Callable[[str], None], noted: Callable[[str, int, str], None] = lambda *_: None) -> None:
        """``noted`` hears of each death: the part, its deaths within ten minutes, and the last error of its log."""
        self._say, self._noted = say, noted
        self._parts: list[Part] = []
        self._backoffs: dict[str, Backoff] = {}
        self._due: dict[str, float] = {}
        """When a part that is down is started again."""
        self._vigils: dict[str, Vigil] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def add(self, part: Part, *, started: bool = False, vigil: Vigil | None = None) -> None:
        """Take a part into care; starts it unless it runs already. ``vigil``: it is replaced where that says so."""
        if not started:
            part.start()
        self._parts.append(part)
        if vigil is not None:
            self._vigils[part.name] = vigil

    def watch(self) -> None:
        """Tend the parts from now on."""
        for vigil in self._vigils.values():
            vigil.begin()
        self._thread.start()

    def stop(self) -> None:
        """Stop all parts, the last started first."""
        self._ended.set()
        for vigil in self._vigils.values():
            vigil.end()
        if self._thread.is_alive():
            self._thread.join()
        for part in reversed(self._parts):
            part.stop()

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            self.watch_once()

    def watch_once(self) -> None:
        """Look at each part once."""
        for part in self._parts:
            self._tend(part, time.monotonic())

    def _tend(self, part: Part, now: float) -> None:
        if part.is_running():
            why = self._vigils[part.name].failing() if part.name in self._vigils else ""
            if why:
                self._say(f"{part.name} {why}: replacing it")
                part.kill()
            return
        due = self._due.get(part.name)
        if due is None:
            self._mourn(part, now)
        elif now >= due:
            del self._due[part.name]
            self._begin(part)

    def _mourn(self, part: Part, now: float) -> None:
        code = part.exit_code if isinstance(part, Command) else None
        why = last_error(part.log) if isinstance(part, Command) else ""
        backoff = self._backoffs.setdefault(part.name, Backoff())
        pause = backoff.died(now)
        count = backoff.count(now)
        self._due[part.name] = now + pause
        often = f", the {count}th time within ten minutes" if count > 1 else ""
        self._say(
            f"{part.name} is down (exit {code}{often}); starting it again in {pause:g} s" + (f": {why}" if why else "")
        )
        self._noted(part.name, count, why)

    def _begin(self, part: Part) -> None:
        try:
            part.start()
            if part.name in self._vigils:
                self._vigils[part.name].forgive()
        except Exception as error:  # the outermost loop of this process: say it, try again later
            self._say(f"{part.name} did not start: {error}")
