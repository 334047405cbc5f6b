"""Keeps the parts running: starts each, watches it, starts it again when it dies, stops all in reverse order.

Flows in: ``Part`` descriptions (a node object, or a command with its environment). Flows out: log lines.
Touches child processes; holds no data.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from infra.local.process import Child

FINAL_CODES = frozenset({78})
"""Exit codes after which a part is not started again: it stopped on purpose (too much of its input was refused)."""
RESTART_BOUND_S = 30.0


class Part(Protocol):
    """Something that runs: a broker, a store, a worker."""

    name: str

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def is_running(self) -> bool: ...


@dataclass
class Command:
    """A part that is a Python module run as a child process; its output goes to ``log``."""

    name: str
    module: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    child: Child | None = field(default=None, repr=False)

    def start(self) -> None:
        command = [sys.executable, "-m", *self.module]
        self.child = Child(command, log=self.log, env={**os.environ, **self.environment})

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
    """Watches parts from one thread; a part that dies is started again after a pause that doubles up to 30 s."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._parts: list[Part] = []
        self._pause: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def add(self, part: Part, *, started: bool = False) -> None:
        """Take a part into care; starts it unless it runs already."""
        if not started:
            part.start()
        self._parts.append(part)

    def watch(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop all parts, the last started first."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        for part in reversed(self._parts):
            part.stop()

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            for part in list(self._parts):
                self._tend(part, time.monotonic())

    def _tend(self, part: Part, now: float) -> None:
        if part.is_running():
            if now - self._due.get(part.name, now) > RESTART_BOUND_S:
                self._pause.pop(part.name, None)
            return
        code = part.exit_code if isinstance(part, Command) else None
        if code in FINAL_CODES:
            self._parts.remove(part)
            self._say(f"{part.name} stopped on purpose (exit {code}); see its log and `burdenwatch doctor`")
            return
        if now < self._due.get(part.name, 0.0):
            return
        pause = self._pause.get(part.name, 0.0)
        self._pause[part.name] = min(RESTART_BOUND_S, max(0.5, pause * 2))
        self._due[part.name] = now + self._pause[part.name]
        self._say(f"{part.name} is down (exit {code}); starting it again")
        try:
            part.start()
        except Exception as error:  # the outermost loop of this process: say it, try again later
            self._say(f"{part.name} did not start: {error}")
