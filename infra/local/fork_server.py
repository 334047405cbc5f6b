"""One process that has imported what many parts share, and forks each part from itself: pages are shared, imports are paid once.

Flows in: orders as lines of JSON on standard input. Flows out: pids and exit codes as lines on standard output. Touches processes and
their log files. ``python -m infra.local.fork_server MODULE`` imports MODULE, then waits; ``infra.local.forks`` is the other end.

When the owner is gone, even by SIGKILL, standard input closes and everything that was forked is killed. On Linux the children also
die with this process: it forks from its one thread, to which the kernel ties the parent-death signal.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import select
import signal
import sys
from contextlib import suppress
from typing import Any, Final

from setproctitle import getproctitle, setproctitle

from infra.local.process import die_with_parent

_CHUNK: Final = 65_536


class ForkServer:
    """Takes orders, forks, tells what became of each child."""

    def __init__(self, replies: int) -> None:
        """``replies``: the descriptor that answers are written to."""
        self._replies = replies
        self._rest = b""
        self._numbers: dict[int, int] = {}
        """The order's number by the pid of its child, which is the child's process group too."""

    def serve(self) -> dict[str, Any] | None:
        """Until the owner is gone: None then. In a forked child: the order that it is to carry out."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        while True:
            ready, _, _ = select.select([0, woken], [], [])
            if woken in ready:
                os.read(woken, _CHUNK)
                self._reap()
            if 0 not in ready:
                continue
            read = os.read(0, _CHUNK)
            if not read:
                self._signal_all(signal.SIGKILL)
                return None
            *lines, self._rest = (self._rest + read).split(b"\n")
            for line in lines:
                order = json.loads(line)
                if "signal" in order:
                    self._signal(order)
                elif not self._fork(order):
                    os.close(woken)
                    os.close(wake)
                    return dict(order)

    def _fork(self, order: dict[str, Any]) -> bool:
        """Whether this is still the server: False in the child."""
        server = os.getpid()
        pid = os.fork()
        if pid:
            self._numbers[pid] = order["number"]
            self._tell({"number": order["number"], "pid": pid})
            return True
        die_with_parent()
        if os.getppid() != server:  # it ended before the signal was asked for
            os._exit(1)
        return False

    def _reap(self) -> None:
        while self._numbers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if (number := self._numbers.pop(pid, None)) is not None:
                self._tell({"number": number, "code": os.waitstatus_to_exitcode(status)})

    def _signal(self, order: dict[str, Any]) -> None:
        for pid in [pid for pid, number in self._numbers.items() if number == order["number"]]:
            with suppress(ProcessLookupError):
                (os.killpg if order["group"] else os.kill)(pid, order["signal"])

    def _signal_all(self, number: int) -> None:
        for pid in self._numbers:
            with suppress(ProcessLookupError):
                os.killpg(pid, number)

    def _tell(self, answer: dict[str, int]) -> None:
        with suppress(BrokenPipeError):  # the owner is gone: standard input says so next
            os.write(self._replies, json.dumps(answer).encode() + b"\n")


def become(order: dict[str, Any], replies: int) -> None:
    """Make this forked process what was ordered: a session, descriptors, environment and name of its own."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    output = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for descriptor, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, target)
    for descriptor in (nothing, output, replies):
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(order["environment"])
    module, *arguments = order["module"]
    sys.argv = [module, *arguments]
    setproctitle(" ".join((sys.executable, "-m", module, *arguments)))
    gc.enable()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main() -> None:
    """Serve; in each child: be the part."""
    getproctitle()  # finds the place of the title, for all children
    replies = os.dup(1)
    os.dup2(2, 1)  # what is printed while importing is no answer
    gc.disable()
    importlib.import_module(sys.argv[1])
    gc.collect()
    gc.freeze()  # a look for cycles would write to every page that is shared
    order = ForkServer(replies).serve()
    if order is not None:
        become(order, replies)


if __name__ == "__main__":
    main()
