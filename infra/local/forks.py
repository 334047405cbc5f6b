"""The owner's end of a fork server: parts are started, asked, stopped as ``infra.local.process.Child`` is, and share their pages.

Flows in: a module, an environment, a log file. Flows out: a running process that is gone when its owner is gone. Touches processes.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.local.process import GRACE_S

FORKED_S: Final = 60.0
"""How long a fork may take, the imports of a new server before it included; a server that takes longer is ended."""
KILLED_S: Final = 5.0


@dataclass
class _Fork:
    """What the server told of one order; ``code`` is negative where a signal ended it."""

    pid: int | None = None
    code: int | None = None


class _Server:
    """One process ``infra.local.fork_server`` and what it forked; when it is gone, all of that is gone."""

    def __init__(self, preload: str, log: Path, env: Mapping[str, str]) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.fork_server", preload],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env=dict(env),
                start_new_session=True,
            )
        self._known = threading.Condition()
        self._forks: list[_Fork] = []
        self.ended = False
        threading.Thread(target=self._listen, name="forks", daemon=True).start()

    def fork(self, order: dict[str, Any]) -> int:
        """The number of a new child. Raises RuntimeError where there is none in time."""
        with self._known:
            number = len(self._forks)
            fork = _Fork()
            self._forks.append(fork)
            self._send({"number": number, **order})
            if not self._known.wait_for(lambda: fork.pid is not None or self.ended, FORKED_S):
                self._process.kill()
            if fork.pid is None:
                raise RuntimeError(f"{order['module'][0]} was not forked; the log of the fork server says why")
        return number

    def pid(self, number: int) -> int:
        """The child's process id, which is its process group too."""
        pid = self._forks[number].pid
        assert pid is not None, "fork() waited for it"
        return pid

    def code(self, number: int) -> int | None:
        """The child's exit code, None while it runs."""
        return self._forks[number].code

    def wait(self, number: int, timeout_s: float) -> bool:
        """Whether the child ended within ``timeout_s`` seconds."""
        with self._known:
            return self._known.wait_for(lambda: self._forks[number].code is not None, timeout_s)

    def signal(self, number: int, sent: int, *, group: bool) -> None:
        """Signal a child, or with ``group`` all that it started too; nothing where it has ended."""
        with self._known:
            if self._forks[number].code is None:
                self._send({"number": number, "signal": sent, "group": group})

    def end(self) -> None:
        """Kill it; its children die with it."""
        self._process.kill()
        self._process.wait()
        with self._known:
            self._known.wait_for(lambda: self.ended, KILLED_S)

    def _send(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it is gone, which the listener hears
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            with self._known:
                fork = self._forks[told["number"]]
                fork.pid, fork.code = told.get("pid", fork.pid), told.get("code", fork.code)
                self._known.notify_all()
        self._process.wait()
        with self._known:
            self.ended = True
            for fork in self._forks:
                fork.code = -signal.SIGKILL if fork.code is None else fork.code
            self._known.notify_all()


class Forked:
    """A forked process that stops when it is told, and dies when its owner dies."""

    def __init__(self, server: _Server, number: int) -> None:
        self._server, self._number = server, number

    @property
    def pid(self) -> int:
        """Process id and process group."""
        return self._server.pid(self._number)

    def is_running(self) -> bool:
        """Whether it is alive."""
        return self._server.code(self._number) is None

    @property
    def returncode(self) -> int | None:
        """The exit code, 128 + signal if one ended it, None while it runs."""
        code = self._server.code(self._number)
        return 128 - code if code is not None and code < 0 else code

    def wait(self, timeout_s: float) -> bool:
        """Whether it ended by itself within ``timeout_s`` seconds."""
        return self._server.wait(self._number, timeout_s)

    def stop(self, grace_s: float = GRACE_S) -> None:
        """SIGTERM, then SIGKILL after ``grace_s`` seconds. Returns when it is gone; may be called twice."""
        self._server.signal(self._number, signal.SIGTERM, group=False)
        self._server.wait(self._number, grace_s)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for it and what it started; returns when it is gone. A server that does not answer is ended, with all of its children."""
        self._server.signal(self._number, signal.SIGKILL, group=True)
        if not self._server.wait(self._number, KILLED_S):
            self._server.end()


class Forks:
    """A fork server that is made when it is needed, and anew where it died. May be used from many threads."""

    def __init__(self, preload: str, *, log: Path, env: Mapping[str, str]) -> None:
        """``preload``: the module that imports what is shared; ``log``: where the server's own errors go."""
        self._preload, self._log, self._env = preload, log, dict(env)
        self._lock = threading.Lock()
        self._server: _Server | None = None

    def prepare(self) -> _Server:
        """The server, which may be importing still."""
        with self._lock:
            if self._server is None or self._server.ended:
                self._server = _Server(self._preload, self._log, self._env)
            return self._server

    def start(self, module: Sequence[str], *, log: Path, env: Mapping[str, str]) -> Forked:
        """A process that does what ``python -m module...`` does. Raises RuntimeError where the server does not fork in time."""
        log.parent.mkdir(parents=True, exist_ok=True)
        server = self.prepare()
        order = {"module": [*module], "log": str(log.resolve()), "environment": {**self._env, **env}}
        return Forked(server, server.fork(order))

    def close(self) -> None:
        """End the server and whatever it forked."""
        with self._lock:
            if self._server is not None:
                self._server.end()
                self._server = None
