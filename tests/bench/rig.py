"""Engines for measurements: a broker and a store of their own in a scratch directory, and streams of plain events."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kafka import KafkaProducer

from infra.local.clickhouse import ClickHouseNode
from infra.local.kafka import KafkaNode
from streams.agents.topics import ensure_topics
from streams.config.kafka import Brokers
from streams.registry import Registry
from streams.store import Address, connect, migrate
from tests.bench.processes import Part


@dataclass
class Rig:
    """What a measurement runs on."""

    data: Path
    broker: KafkaNode
    node: ClickHouseNode
    store: Address

    def environment(self) -> dict[str, str]:
        """What a worker of this rig is told."""
        return {
            "BURDENWATCH_KAFKA": self.broker.address,
            "BURDENWATCH_STORE_HOST": self.store.host,
            "BURDENWATCH_STORE_PORT": str(self.store.port),
            "BURDENWATCH_STORE_PASSWORD_FILE": str(self.data / "password"),
        }

    def worker(self, name: str = "worker") -> Part:
        """A worker process, not started yet."""
        return Part(name, ("streams.agents.worker",), self.environment(), self.data / f"{name}.log")


@contextmanager
def rig() -> Iterator[Rig]:
    """Broker and store with topics and schema; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="burdenwatch-rig-") as folder:
        data = Path(folder)
        (data / "password").write_text("rig-writer")
        broker = KafkaNode(data / "kafka")
        node = ClickHouseNode(data / "store", password="rig-writer", readonly_password="rig-reader")
        broker.start()
        node.start()
        try:
            ensure_topics(Brokers(broker.address))
            store = Address(*node.address, "burdenwatch", "rig-writer")
            client = connect(store)
            migrate(client)
            client.close()
            yield Rig(data, broker, node, store)
        finally:
            node.stop()
            broker.stop()


LIFE: Final = 10
"""One event in so many is about an earlier one: amended or withdrawn."""
RECURS: Final = 20
"""One in so many comes again each week."""
KINDS: Final = ("request", "document", "meeting")


def plain_events(registry: Registry, count: int, start_us: int, first: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of ``count`` calibrated events, one every 100 ms of event time: demands of a county to its townships mostly, some wider."""
    counties = [str(code) for code in registry.codes(3)]
    for number in range(first, first + count):
        issuer, kind, data = _demand(number, counties)
        verb, target = "issued", number - len(counties)
        if is_life(number) and target >= 0 and _demand(target, counties)[:2] == (issuer, kind):
            verb, about = ("withdrawn", "withdraws") if number % (2 * LIFE) == LIFE - 1 else ("amended", "amends")
            data = {"issuer": issuer, about: f"bench-{target}", "title": f"关于补报第{number}号工作台账的通知"}
            data |= {} if verb == "amended" else {"reason": "合并报送"}
        moment = datetime.fromtimestamp((start_us + number * 100_000) / 1e6, UTC).isoformat()
        if verb == "issued":
            data["deadline_at"] = moment
        event = {
            "specversion": "1.0",
            "id": f"bench-{number}",
            "source": f"//oa.example.cn/{issuer}",
            "type": f"burden.{kind}.{verb}.v1",
            "time": moment,
            "data": data,
        }
        yield issuer.encode(), json.dumps(event, ensure_ascii=False).encode()


def is_life(number: int) -> bool:
    """Whether an event of the stream is about an earlier one, where there is one."""
    return number % LIFE == LIFE - 1


def _demand(number: int, counties: Sequence[str]) -> tuple[str, str, dict[str, Any]]:
    """Issuer, kind and data of what the stream's event of a number issues."""
    county = counties[number * 7919 % len(counties)]
    area = county if number % 50 else county[:4]
    area = area if number % 1000 else county[:2]
    issuer = f"{area:0<6}-office"
    data: dict[str, Any] = {
        "issuer": issuer,
        "title": f"关于报送第{number}号工作台账的通知",
        "doc_no": f"政办函〔2026〕{number % 900 + 1}号",
        "reach": {"areas": [area], "tiers": ["township"] if number % 3 else ["township", "village"]},
        "demands": ["form", "photo"],
        "items": [{"element": "households-total", "period": "2026-02"}],
    }
    if number % RECURS == 5:
        data["recurrence"] = "FREQ=WEEKLY;COUNT=8"
    return issuer, KINDS[number % len(counties) % len(KINDS)], data


def fill(address: str, registry: Registry, count: int, start_us: int, first: int = 0) -> None:
    """Write ``count`` plain events to the topic."""
    producer = KafkaProducer(bootstrap_servers=address, acks="all", linger_ms=50, batch_size=262_144)
    for key, value in plain_events(registry, count, start_us, first):
        producer.send("burden.events", key=key, value=value)
    producer.close()
