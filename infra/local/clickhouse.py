"""ClickHouse, embedded: one process that owns a data directory and answers clickhouse-connect on a loopback port.

Flows in: a data directory and passwords. Flows out: the address of a running store. May touch: the data directory,
one child process (``infra.local.clickhouse_door``).

Data directory: ``engine/`` (ClickHouse's own), ``tmp/`` (emptied at each start), ``clickhouse.log``, ``owner.lock``.
A batch that was acknowledged survives SIGKILL of the process; tables ask for fsync, so it survives a power cut too.

``python -m infra.local.clickhouse --data DIR`` runs it in the foreground, passwords in BURDENWATCH_STORE_WRITER and
BURDENWATCH_STORE_READER.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import ssl
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.local.process import AlreadyRunning, Child, DirectoryLock, until

WRITER: Final = "burdenwatch"
READER: Final = "reader"
START_S: Final = 60.0
LOG_LIMIT: Final = 20_000_000
"""The log of the last runs is put aside as clickhouse.log.1 at a start once it is longer than this, in bytes."""


class ClickHouseError(RuntimeError):
    """The store cannot be started; the message says what to do."""


class ClickHouseNode:
    """One embedded store with its data directory. Not thread-safe: one owner starts and stops it."""

    def __init__(
        self,
        data: Path,
        *,
        port: int = 0,
        password: str,
        readonly_password: str | None = None,
        memory_bytes: int | None = None,
        certificate: Path | None = None,
    ) -> None:
        """``port`` 0 chooses a free one at the first start and stays with it. ``password`` is that of the user
        ``burdenwatch``, ``readonly_password`` that of ``reader`` (None: there is no such user).
        ``certificate``: PEM file with key and certificates; with it the door speaks TLS alone."""
        if not password or readonly_password == "":
            raise ClickHouseError("password: is empty; the store takes no users without a password; give one")
        self.name = "clickhouse"
        self.data = data.resolve()
        self._asked_port = port
        self._port = port
        self._password = password
        self._readonly_password = readonly_password
        self._memory = memory_bytes
        self._certificate = certificate
        self._child: Child | None = None
        self._owner: DirectoryLock | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port for clients; known once the node was started."""
        if not self._port:
            raise ClickHouseError(f"{self.data}: the store has no address before its first start; call start() first")
        return "127.0.0.1", self._port

    @property
    def log_file(self) -> Path:
        """What the process wrote: errors."""
        return self.data / "clickhouse.log"

    @property
    def pid(self) -> int | None:
        """The process (group) that runs the store, None while it is not running."""
        return self._child.pid if self._child is not None and self._child.is_running() else None

    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self.pid is not None

    def start(self) -> None:
        """Starts the store and returns once it answers. Raises ClickHouseError or AlreadyRunning."""
        if self.is_running():
            return
        self._let_go()
        self._owner = DirectoryLock(self.data)
        try:
            self._spawn(self._owner)
        except BaseException:
            self.kill()
            raise

    def stop(self, grace_s: float = 15.0) -> None:
        """A clean end: SIGTERM, and SIGKILL after ``grace_s`` seconds."""
        if self._child is not None:
            self._child.stop(grace_s)
        self._let_go()

    def kill(self) -> None:
        """SIGKILL, as a crash would end it."""
        if self._child is not None:
            self._child.kill()
        self._let_go()

    def _let_go(self) -> None:
        self._child = None
        if self._owner is not None:
            self._owner.release()
            self._owner = None

    def _spawn(self, owner: DirectoryLock) -> None:
        engine, scratch = self.data / "engine", self.data / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)  # kill -9 leaves the engine's temporary files behind
        for folder in (engine, scratch):
            folder.mkdir(parents=True, exist_ok=True)
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_LIMIT:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        before = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self._bind() as listener:
            command = [sys.executable, "-m", "infra.local.clickhouse_door"]
            command += ["--data", str(engine), "--socket", str(listener.fileno())]
            if self._memory is not None:
                command += ["--memory", str(self._memory)]
            if self._certificate is not None:
                command += ["--certificate", str(self._certificate.resolve())]
            self._child = child = Child(
                command, log=self.log_file, env=self._environment(scratch), keep=[owner.fileno(), listener.fileno()]
            )
            self._port = int(listener.getsockname()[1])
        until(lambda: not child.is_running() or self._answers(), timeout_s=START_S)
        if not child.is_running() or not self._answers():
            said = self.log_file.read_bytes()[before:].decode(errors="replace")
            raise ClickHouseError(f"{self.log_file}: the store did not start: {_reason(said)}")

    def _bind(self) -> socket.socket:
        """A bound socket for the child: nobody can take the port in between."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self._port))
        except OSError as error:
            if self._asked_port:
                listener.close()
                raise ClickHouseError(
                    f"port: {self._asked_port} cannot be used ({error.strerror}); free it or choose another with port="
                ) from None
            listener.bind(("127.0.0.1", 0))
        return listener

    def _environment(self, scratch: Path) -> dict[str, str]:
        secrets = {"BURDENWATCH_STORE_WRITER": self._password}
        if self._readonly_password is not None:
            secrets["BURDENWATCH_STORE_READER"] = self._readonly_password
        package = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
        kept = {n: v for n, v in os.environ.items() if n != "BURDENWATCH_STORE_READER"}
        return {**kept, **secrets, "TMPDIR": str(scratch), "TZ": "UTC", "PYTHONPATH": path}

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, urllib.error.URLError):
            scheme = "http"
            handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
            if self._certificate is not None:  # our own child on a port of our own: nothing secret is said
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                scheme, handlers = "https", [*handlers, urllib.request.HTTPSHandler(context=context)]
            opener = urllib.request.build_opener(*handlers)
            with opener.open(f"{scheme}://127.0.0.1:{self._port}/ping", timeout=2.0) as reply:
                return bool(reply.status == 200)
        return False


def _reason(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "Exception" in line or "Error" in line or "cannot" in line]
    return (telling or lines or ["it wrote nothing"])[-1].strip()[:500]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a store in the foreground until Ctrl-C or SIGTERM; exit code 3 when it cannot start or ends by itself."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.clickhouse", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data directory")
    parser.add_argument("--port", type=int, default=0, help="port; 0 chooses a free one")
    chosen = parser.parse_args(arguments)
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: told.set())
    try:
        node = ClickHouseNode(
            chosen.data,
            port=chosen.port,
            password=os.environ.get("BURDENWATCH_STORE_WRITER", ""),
            readonly_password=os.environ.get("BURDENWATCH_STORE_READER"),
        )
        node.start()
    except (ClickHouseError, AlreadyRunning) as error:
        print(error, file=sys.stderr)
        return 3
    print("clickhouse {}:{}".format(*node.address), flush=True)
    while node.is_running() and not told.wait(0.5):
        pass
    if not told.is_set():
        print(f"{node.log_file}: the store ended by itself: {_reason(node.log_file.read_text())}", file=sys.stderr)
        return 3
    node.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
