"""Brings the embedded system up, in order: broker and store together, schema and topics, worker, API and dashboard together, live stream.

Flows in: ``Wish`` (what the command line was asked for). Flows out: ``Running`` once every part answers.
The composition root: the one place that knows all parts.
"""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from infra.local.clickhouse import ClickHouseNode
from infra.local.forks import Forks
from infra.local.kafka import KafkaNode
from infra.local.process import free_port
from streams.agents.topics import probe
from streams.config import clock
from streams.config.faults import ShutOut, fault_lines
from streams.config.kafka import Brokers, KafkaSettings, plain
from streams.config.knocking import knock
from streams.store import Address, connect
from streams.store.parts import has_reported
from streams.store.rounds import RESTARTS, Round, insert_rounds
from streams.system.archive import MARK
from streams.system.layout import Layout, Running, SystemFault
from streams.system.supervisor import Command, Supervisor
from streams.system.vigil import Vigil, page_answers, rounds_go_on, store_answers

READY_BOUND_S = 120.0
FRUGAL = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Memory goes back to the machine: a part has many threads and little work for each."""


@dataclass(frozen=True)
class Wish:
    """What ``burdenwatch up`` was asked for."""

    data: Path
    port: int = 8600
    area: str = ""
    speed: float = 1.0
    empty: bool = False
    headless: bool = False
    kafka: str | None = None
    alerts: Path | None = None


class System:
    """One running installation; ``start`` returns when all parts answer, ``stop`` ends them in reverse order."""

    def __init__(self, wish: Wish, say: Callable[[str], None]) -> None:
        self._wish = wish
        self._say = say
        self._layout = Layout(wish.data)
        self._forks = Forks("streams.system.preload", log=self._layout.logs / "forks.log", env={**FRUGAL, **os.environ})
        self._supervisor = Supervisor(say, self._note_death)
        self._store: Address | None = None
        self.layout = self._layout

    def start(self) -> Running:
        """Raises SystemFault when the directory is in use or a part does not answer in time."""
        try:
            self._lock = self._layout.lock()
            self._layout.prepare()
        except OSError as error:
            message = (
                f"{self._layout.data}: {error.strerror or error}; choose a directory that can be written, with --data"
            )
            raise SystemFault(message) from None
        self._forks.prepare()
        told, store = self._start_engines()
        self._prepare_engines(told, store)
        running = self._start_parts(told, store)
        self._layout.publish(running)
        self._store = store
        self._supervisor.watch()
        return running

    def stop(self) -> None:
        """End all parts. The note of a system that runs on this directory is taken away only by that system itself."""
        if self._store is not None:
            self._layout.retract()
        self._supervisor.stop()
        self._forks.close()

    def _note_death(self, part: str, count: int, _why: str) -> None:
        """Put down that a part died, for the health page; a store that is away has other news."""
        if self._store is None:
            return
        with suppress(Exception):
            client = connect(self._store, patience_s=1.0)
            insert_rounds(client, [Round(RESTARTS, part, clock.now_us(), 0, count)])
            client.close()

    def _start_engines(self) -> tuple[KafkaSettings, Address]:
        store = ClickHouseNode(
            self._layout.store,
            password=self._layout.secret("store-writer"),
            readonly_password=self._layout.secret("store-reader"),
        )
        with ThreadPoolExecutor(2) as pool:
            store_start = pool.submit(store.start)
            if self._wish.kafka is None:
                broker = KafkaNode(self._layout.kafka)
                pool.submit(broker.start).result()
                self._supervisor.add(broker, started=True, vigil=Vigil("kafka", lambda: probe(Brokers(broker.address))))
                told = plain(broker.address)
            else:
                told = _own_brokers(self._wish.kafka)
            store_start.result()
        self._reader = lambda: Address(*store.address, "reader", self._layout.secret("store-reader"))
        self._supervisor.add(store, started=True, vigil=Vigil("store", store_answers(self._reader)))
        host, port = store.address
        return told, Address(host, port, "burdenwatch", self._layout.secret("store-writer"))

    def _prepare_engines(self, told: KafkaSettings, store: Address) -> None:
        """Have topics, schema and kept log made by a process of its own, which takes the memory that it needs with it."""
        writer, _ = self._environments(told, store)
        log = self._layout.logs / "prepare.log"
        begun = log.stat().st_size if log.exists() else 0
        restored = ["--restored"] if (self._layout.data / MARK).exists() else []
        child = self._forks.start(("streams.system.prepare", *restored), log=log, env=writer)
        while not child.wait(READY_BOUND_S):
            self._say("topics, schema and kept log are still being prepared")
        lines = log.read_bytes()[begun:].decode(errors="replace").splitlines()
        if child.returncode:
            raise SystemFault(lines[-1] if lines else "the engines could not be prepared")
        for line in lines:
            self._say(line)
        (self._layout.data / MARK).unlink(missing_ok=True)

    def _start_parts(self, kafka: KafkaSettings, store: Address) -> Running:
        wish, layout = self._wish, self._layout
        ports = {"api": free_port(wish.port + 1), "dashboard": free_port(wish.port)}
        writer, reader = self._environments(kafka, store)
        api = f"http://127.0.0.1:{ports['api']}"
        dashboard = f"http://127.0.0.1:{ports['dashboard']}"
        # The embedded engine knows no rights on single tables: the desk writes as the writer does (docker-compose.yml has a user of its own).
        secret = str(layout.secret_path("store-writer"))
        desk = {"BURDENWATCH_DESK_USER": "burdenwatch", "BURDENWATCH_DESK_PASSWORD_FILE": secret}
        self._run(
            "worker", ("streams.agents.worker",), writer, rounds_go_on(self._reader, "worker", ("admit", "tally"))
        )
        told = {"BURDENWATCH_PORT": str(ports["api"]), "BURDENWATCH_TOKENS_FILE": str(layout.tokens)}
        told |= {"BURDENWATCH_DISK": str(layout.data)}
        self._run("api", ("streams.intake.serve",), reader | desk | told, page_answers(f"{api}/healthz"))
        if not wish.headless:
            # The demo has roles to try on, and answers to this computer alone.
            told = {"BURDENWATCH_API": api, "BURDENWATCH_ACCESS": "demo"}
            told["BURDENWATCH_API_TOKEN_FILE"] = str(layout.secret_path("token"))
            module = ("dashboard.serve", "--port", str(ports["dashboard"]))
            self._run("dashboard", module, reader | desk | told, page_answers(f"{dashboard}/healthz"))
        self._await("api", f"{api}/readyz")
        self._await_worker(store)
        if not wish.headless:
            self._await("dashboard", f"{dashboard}/healthz")
        self._run("judge", ("streams.agents.judge",), writer, rounds_go_on(self._reader, "judge", ("event",)))
        alerts = {"BURDENWATCH_ALERTS": str(wish.alerts)} if wish.alerts else {}
        self._run(
            "notify",
            ("streams.agents.notifier",),
            writer | alerts | {"BURDENWATCH_DASHBOARD": "" if wish.headless else dashboard},
            rounds_go_on(self._reader, "notifier", ("alerts",)),
        )
        if not wish.empty:
            self._run(
                "stream",
                ("streams.system.feed",),
                reader | {"BURDENWATCH_SPEED": str(wish.speed)},
            )
        return Running(
            kafka=kafka.kafka,
            kafka_told=kafka.told(),
            store_host=store.host,
            store_port=store.port,
            api=api,
            dashboard="" if wish.headless else dashboard,
            area=wish.area,
            pid=os.getpid(),
            since_us=clock.now_us(),
        )

    def _environments(self, kafka: KafkaSettings, store: Address) -> tuple[dict[str, str], dict[str, str]]:
        """What parts are told that may write into the store, and those that only read."""
        # Each way of speaking to the broker is named, so that none of our own environment reaches a part that speaks to the embedded one.
        common = {
            "BURDENWATCH_KAFKA": kafka.kafka,
            **{f"BURDENWATCH_{name.upper()}": value for name, value in kafka.told().items()},
            "BURDENWATCH_STORE_HOST": store.host,
            "BURDENWATCH_STORE_PORT": str(store.port),
            "BURDENWATCH_REGISTRY": str(self._layout.registry),
            "BURDENWATCH_AREA": self._wish.area,
        }

        def user(name: str, secret: str) -> dict[str, str]:
            path = str(self._layout.secret_path(secret))
            return common | {"BURDENWATCH_STORE_USER": name, "BURDENWATCH_STORE_PASSWORD_FILE": path}

        return user("burdenwatch", "store-writer"), user("reader", "store-reader")

    def _run(
        self, name: str, module: tuple[str, ...], environment: dict[str, str], ask: Callable[[], None] | None = None
    ) -> None:
        vigil = None if ask is None else Vigil(name, ask)
        log = self._layout.logs / f"{name}.log"
        self._supervisor.add(Command(name, module, environment, log, self._forks), vigil=vigil)

    def _await_worker(self, store: Address) -> None:
        """Wait until a worker has taken its place and said so in the store."""
        client = connect(store)
        bound = time.monotonic() + READY_BOUND_S
        since = clock.now_us() - 10_000_000
        try:
            while not has_reported(client, "tally", since):
                if time.monotonic() > bound:
                    log = self._layout.logs / "worker.log"
                    raise SystemFault(f"worker did not take its place within {READY_BOUND_S:.0f} s; its log is {log}")
                time.sleep(0.1)
        finally:
            client.close()

    def _await(self, name: str, url: str) -> None:
        """Wait until the part answers 200 at ``url``."""
        bound = time.monotonic() + READY_BOUND_S
        problem = "no answer"
        while time.monotonic() < bound:
            try:
                with urllib.request.urlopen(url, timeout=2) as reply:
                    if reply.status == 200:
                        return
            except (urllib.error.URLError, OSError) as error:
                problem = str(error)
            time.sleep(0.1)
        log = self._layout.logs / f"{name}.log"
        message = f"{name} does not answer at {url} within {READY_BOUND_S:.0f} s ({problem}); its log is {log}"
        raise SystemFault(message)


def _own_brokers(address: str) -> KafkaSettings:
    """Brokers that somebody else runs, spoken to as the environment says. Raises SystemFault where it is wrong or they do not let us in."""
    try:
        told = KafkaSettings(kafka=address)
        knock(told.brokers())
    except ValidationError as error:
        raise SystemFault("; ".join(fault_lines(error))) from None
    except ShutOut as error:
        raise SystemFault(str(error)) from None
    return told
