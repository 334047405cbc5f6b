"""Kill -9 of worker, broker and store under load: nothing that was answered 202 is lost, and a recount finds no difference.

How many times each is killed is told by BURDENWATCH_KILLS (default 2; a soak takes more), their order and pauses by BURDENWATCH_SEED.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import KafkaConsumer, TopicPartition

from tests.acceptance.system import Embedded, command, until, up

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("BURDENWATCH_KILLS", "2"))
SEED = int(os.environ.get("BURDENWATCH_SEED", "7"))
VICTIMS = {"worker": "streams.agents.worker", "broker": "kafka.Kafka", "store": "infra.local.clickhouse_door"}
TOWNS = ("510104017", "510104018", "510105002", "110101001")
BATCH = 50
AGAIN_S = 90.0
"""A part that dies again and again is started again after up to a minute."""
PACE_S = 0.1
"""The stream goes on at some 500 events a second, so that what a kill leaves behind is caught up with."""
METRIC = "all.minutes.30d"
NOW = datetime.now(UTC).replace(microsecond=0)
LATER = (NOW + timedelta(hours=1)).isoformat()


class Feed(threading.Thread):
    """Posts batches until told to stop; a batch without an answer is posted again with the same identities."""

    def __init__(self, system: Embedded, seed: int) -> None:
        super().__init__(daemon=True)
        self._system, self._draw = system, random.Random(seed)
        self.ended = threading.Event()
        self.sent: list[dict[str, Any]] = []
        self.fault: BaseException | None = None
        self._number = 0

    def run(self) -> None:
        try:
            while not self.ended.wait(PACE_S):
                self._post([self._event() for _ in range(BATCH)])
        except BaseException as error:
            self.fault = error

    def _post(self, batch: list[dict[str, Any]]) -> None:
        body = json.dumps(batch).encode()
        while True:
            try:
                reply = self._system.http.post(
                    "/v1/events", content=body, headers={"Content-Type": "application/cloudevents-batch+json"}
                )
            except httpx.TransportError:
                continue
            if reply.status_code == 202:
                assert reply.json()["refused"] == [], reply.text
                self.sent += batch
                return
            assert reply.status_code == 503, reply.text

    def _event(self) -> dict[str, Any]:
        self._number += 1
        moment = NOW - timedelta(seconds=self._draw.randrange(86_000))
        envelope = {"specversion": "1.0", "id": f"e-{self._number}", "source": "//oa.example.cn/000000/office"}
        envelope["time"] = moment.isoformat()
        earlier = f"e-{self._draw.randrange(1, self._number + 20)}"
        unit = self._draw.choice(TOWNS)
        verb, data = self._draw.choice(
            [("issued", self._issued())] * 6
            + [
                ("withdrawn", {"withdraws": earlier}),
                ("answered", {"answers": earlier, "unit": unit, "actual_minutes": self._draw.randrange(500)}),
                ("returned", {"returns": earlier, "unit": unit, "effort_minutes": self._draw.randrange(1, 90)}),
                ("amended", {"amends": earlier, "effort_minutes": self._draw.randrange(1, 90)}),
            ]
        )
        if self._draw.random() < 0.03:
            return envelope | {
                "type": "burden.correction.applied.v1",
                "data": {"restates": [earlier], "effect": "void"},
            }
        return envelope | {"type": f"burden.request.{verb}.v1", "data": data}

    def _issued(self) -> dict[str, Any]:
        areas = self._draw.choice((["510104"], ["51"], ["11", "5101"], [""], ["510105"]))
        recurrence = {"recurrence": "FREQ=DAILY;COUNT=5"} if self._draw.random() < 0.1 else {}
        return {
            "issuer": "000000-office",
            "title": "报送台账",
            "reach": {"areas": areas, "tiers": self._draw.choice((["township"], ["township", "village"]))},
            "effort_minutes": self._draw.randrange(1, 200),
        } | recurrence


def children(parent: int) -> Iterator[tuple[int, str]]:
    """Processes below ``parent`` with their command lines."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            line = stat.with_name("cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if found == parent:
            number = int(stat.parent.name)
            yield number, line
            yield from children(number)


def kill(system: Embedded, victim: str) -> int:
    """Kill -9, as soon as it runs; the process that was killed."""

    def running() -> list[int]:
        return [pid for pid, line in children(system.process.pid) if VICTIMS[victim] in line]

    until(lambda: bool(running()), AGAIN_S)
    pid = running()[-1]
    os.kill(pid, signal.SIGKILL)
    return pid


def moved(system: Embedded, before: int) -> bool:
    """Whether the load of a unit is another than ``before``: every part works again."""
    try:
        reply = system.http.get(f"/v1/units/{TOWNS[0]}/load", params={"metric": METRIC, "at": LATER})
    except httpx.TransportError:
        return False
    return reply.status_code == 200 and reply.json()["load"][METRIC] != before


def run_on(system: Embedded, feed: Feed, load: int, events: int) -> int:
    """Wait until the load is another than ``load`` and so many more events are sent; the load then."""
    until(lambda: moved(system, load) or feed.fault is not None, 90)
    goal = len(feed.sent) + events
    until(lambda: len(feed.sent) >= goal or feed.fault is not None, 90)
    assert feed.fault is None, repr(feed.fault)
    return system.load(TOWNS[0], METRIC, LATER)


def identities(kafka: str) -> set[str]:
    """Identities of all events in the log."""
    found: set[str] = set()
    consumer = KafkaConsumer(bootstrap_servers=kafka)
    places = [TopicPartition("burden.events", number) for number in consumer.partitions_for_topic("burden.events")]
    ends = consumer.end_offsets(places)
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    while any(consumer.position(place) < ends[place] for place in places):
        for records in consumer.poll(1_000).values():
            found.update(json.loads(one.value)["id"] for one in records)
    consumer.close()
    return found


def test_kills_under_load_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    data = tmp_path / "data"
    draw = random.Random(SEED)
    print(f"seed {SEED}")
    with up(data, "--empty", "--headless", "--port", "18700") as system:
        feed = Feed(system, seed=11)
        feed.start()
        load = 0
        victims = [*VICTIMS] * KILLS
        draw.shuffle(victims)
        for number, victim in enumerate(victims):
            load = run_on(system, feed, load, draw.randrange(1_000))
            kill(system, victim)
            print(f"kill {number}: {victim} after {len(feed.sent)} events")
        run_on(system, feed, load, 0)
        feed.ended.set()
        feed.join(90)
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
        kafka = json.loads((data / "run" / "system.json").read_text())["kafka"]
        assert {one["id"] for one in feed.sent} <= identities(kafka), "an event that was answered 202 is lost"
        file = tmp_path / "sent.ndjson"
        file.write_text("".join(json.dumps(one) + "\n" for one in feed.sent))
        replayed = command("replay", str(file), "--at", LATER, "--metric", METRIC, "--tier", "township")
        assert replayed.returncode == 0, replayed.stderr
        values = dict(line.split(",") for line in replayed.stdout.split())
        for town in TOWNS:
            assert system.load(town, METRIC, LATER) == int(values[town]), town
