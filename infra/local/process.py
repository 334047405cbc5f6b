"""Child processes that cannot outlive us, and data directories that have one owner.

Flows in: a command, a log file, a data directory. Flows out: a running process that is gone when its owner is gone,
however the owner ended. May touch: processes, the log file, a lock file in the data directory.

Between owner and child stands a *keeper*: this file run as a script, standard library only, about 9 MB. The owner
holds the write end of a pipe whose read end is the keeper's standard input. When the owner dies, even by SIGKILL,
the pipe closes and the keeper kills the child. On Linux the child also dies with the keeper. A parent-death signal
alone would not do: the kernel ties it to the *thread* that started the child, not to the process.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

GRACE_S: Final = 15.0
"""How long a child may take to stop after SIGTERM before it is killed."""

_PR_SET_PDEATHSIG: Final = 1


class AlreadyRunning(RuntimeError):
    """The data directory belongs to a running process."""


class DirectoryLock:
    """The right to use a data directory: an ``flock`` that lives as long as any process that holds its descriptor.

    Pass ``fileno()`` on to the child (``Child(keep=...)``) and the lock outlives the owner until the child is gone too,
    so that a new owner never meets a dying child.
    """

    def __init__(self, directory: Path, *, name: str = "owner.lock", wait_s: float = 2.0) -> None:
        """Takes the lock or raises AlreadyRunning after ``wait_s`` seconds, naming the process that has it."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / name
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not until(self._take, timeout_s=wait_s):
            owner = os.pread(self._fd, 20, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._fd)
            raise AlreadyRunning(
                f"{directory}: is used by process {owner}; a data directory has one owner; "
                "stop that process or choose another directory"
            )
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def _take(self) -> bool:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def fileno(self) -> int:
        """The descriptor that carries the lock."""
        return self._fd

    def release(self) -> None:
        """Lets go of our copy; the lock is free once no child holds one."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Child:
    """A process that stops when it is told, and dies when its owner dies."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        keep: Sequence[int] = (),
    ) -> None:
        """Starts ``command`` with both outputs appended to ``log``; ``keep`` are descriptors that it inherits."""
        log.parent.mkdir(parents=True, exist_ok=True)
        handed = ",".join(str(fd) for fd in keep)
        with log.open("ab") as output:
            # -I -S: no site packages, no environment; a session of its own keeps Ctrl-C for the owner to handle.
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(__file__).resolve()), handed, *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                pass_fds=tuple(keep),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id of the keeper, which is also the process group of the child."""
        return self._keeper.pid

    def is_running(self) -> bool:
        """Whether the child (and with it its keeper) is alive."""
        return self._keeper.poll() is None

    @property
    def returncode(self) -> int | None:
        """The child's exit code, 128 + signal if one ended it, None while it runs."""
        code = self._keeper.poll()
        return 128 - code if code is not None and code < 0 else code

    def stop(self, grace_s: float = GRACE_S) -> None:
        """SIGTERM, then SIGKILL after ``grace_s`` seconds. Returns when the child is gone; may be called twice."""
        if self.is_running():
            self._keeper.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._keeper.wait(grace_s)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for keeper and child together; returns when both are gone."""
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._keeper.pid, signal.SIGKILL)
        self._keeper.wait()
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()


def until(holds: Callable[[], bool], *, timeout_s: float, every_s: float = 0.02) -> bool:
    """Asks ``holds`` again and again until it is true or the time is up; returns its last answer."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every_s)
    return True


def free_port(preferred: int = 0) -> int:
    """A loopback port that nobody listens on now: ``preferred`` if it is free, else any.

    Somebody may take it before it is used: be ready to try again.
    """
    if preferred and port_is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Whether one could listen on this loopback port now (ports that are only closing down count as free)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def die_with_parent() -> None:
    """For ``preexec_fn``, on Linux: the child gets SIGKILL when the *thread* that started it ends, so start it from one that lasts.

    Elsewhere it does nothing; where that matters, or where the starting thread is a passing one, use ``Child``.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _keep(handed: Sequence[int], command: Sequence[str]) -> int:
    """The keeper: runs the child, passes SIGTERM on, kills it when standard input closes; returns its exit code."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    terminated = False

    def terminate(_signal: int, _frame: object) -> None:
        nonlocal terminated
        terminated = True

    signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
    signal.signal(signal.SIGTERM, terminate)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=tuple(handed), preexec_fn=die_with_parent)
    for fd in handed:
        os.close(fd)  # the child has its own copy: whoever wants to know whether it lives asks the lock
    while child.poll() is None:
        ready, _, _ = select.select([0, wake_read], [], [])
        if 0 in ready and not os.read(0, 1):
            child.kill()
            break
        if wake_read in ready:
            os.read(wake_read, 64)
        if terminated:
            child.terminate()
            terminated = False
    code = child.wait()
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(_keep([int(fd) for fd in sys.argv[1].split(",") if fd], sys.argv[2:]))
