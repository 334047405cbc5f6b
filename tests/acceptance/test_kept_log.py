"""The log that is kept for ever suffices: a store that was lost is made anew from it, and what clients wrote may go."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from streams.agents.topics import EVENTS
from tests.acceptance.system import Embedded, command, until, up

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(300)]

UNITS = ("510104017", "510105002")
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
SOURCE = "//oa.example.cn/51/office"


def event(identity: str, verb: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identity,
        "source": SOURCE,
        "type": f"burden.request.{verb}.v1",
        "time": datetime.now(UTC).isoformat(),
        "data": {"issuer": "510000-office"} | data,
    }


def asked(identity: str, unit: str, minutes: int, **more: Any) -> dict[str, Any]:
    reach = {"areas": [], "tiers": [], "units": [unit]}
    return event(identity, "issued", {"title": "报送台账", "reach": reach, "effort_minutes": minutes} | more)


def address(data: Path) -> str:
    """Where the broker of this installation listens."""
    text = (data / "kafka" / "server.properties").read_text()
    return next(line.partition("//")[2] for line in text.splitlines() if line.startswith("advertised.listeners="))


def forget(kafka: str) -> None:
    """Have the broker drop all that clients wrote, as it does by itself after seven days."""
    with closing(KafkaConsumer(bootstrap_servers=kafka)) as consumer:
        places = [TopicPartition(EVENTS, number) for number in consumer.partitions_for_topic(EVENTS) or ()]
        ends = consumer.end_offsets(places)
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        admin.delete_records(ends)


def count(system: Embedded) -> int:
    return system.load(UNITS[0], "all.count.7d")


def loads(system: Embedded) -> tuple[int, ...]:
    return tuple(system.load(unit, "all.minutes.7d") for unit in UNITS)


def test_a_lost_store_is_made_anew_and_what_clients_wrote_may_go(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with up(data, "--empty", "--headless", "--port", "18830") as system:
        first, second = UNITS
        for one in (
            asked("a", first, 7),
            asked("b", second, 60),
            asked("c", first, 30),
            event("c2", "amended", {"amends": "c", "effort_minutes": 40}),
            asked("d", second, 500),
            event("d2", "withdrawn", {"withdraws": "d"}),
            asked("a", first, 7),
        ):
            assert system.post(one).status_code == 202, one
        until(lambda: loads(system) == (47, 560))
        forget(address(data))
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
        assert "6 admitted" in counted.stdout, counted.stdout
    shutil.rmtree(data / "store")
    with up(data, "--empty", "--headless", "--port", "18830") as system:
        assert system.said["the"].startswith("store lacked 6 events"), system.said
        until(lambda: loads(system) == (47, 560))
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
        assert system.post(asked("a", first, 7)).status_code == 202, "known also to the new store"
        assert system.post(asked("e", first, 1)).status_code == 202
        until(lambda: loads(system) == (48, 560))
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr


def test_a_backup_of_a_running_system_is_whole(tmp_path: Path) -> None:
    data, file, copy = tmp_path / "data", tmp_path / "b.tar.zst", tmp_path / "copy"
    with up(data, "--empty", "--headless", "--port", "18834") as system:
        going = threading.Event()

        def send() -> None:
            number = 0
            with httpx.Client(headers=system.http.headers, trust_env=False) as http:
                while not going.is_set():
                    batch = [asked(f"{number}-{n}", UNITS[n % 2], 1) for n in range(20)]
                    http.post(f"{system.said['api']}/v1/events", content=json.dumps(batch).encode(), headers=BATCH)
                    number += 1

        thread = threading.Thread(target=send)
        thread.start()
        try:
            until(lambda: count(system) > 200)
            taken = system.run("backup", str(file))
            assert taken.returncode == 0, taken.stderr
            after = count(system)
            until(lambda: count(system) > after)
        finally:
            going.set()
            thread.join()
        assert not (data / "store" / "engine" / "shadow" / "backup").exists()
    restored = command("restore", str(file), "--data", str(copy))
    assert restored.returncode == 0, restored.stderr
    with up(copy, "--empty", "--headless", "--port", "18834") as system:
        assert not (copy / "restored-live").exists()
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
        assert 200 < count(system) <= after
        assert system.post(asked("new", UNITS[0], 1)).status_code == 202
        before = count(system)
        until(lambda: count(system) == before + 1)
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
