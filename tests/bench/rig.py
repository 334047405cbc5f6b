"""Engines for measurements: a broker and a store of their own in a scratch directory, and streams of plain events."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaProducer

from infra.local.clickhouse import ClickHouseNode
from infra.local.kafka import KafkaNode
from streams.agents.topics import ensure_topics
from streams.registry import Registry
from streams.store import Address, connect, migrate
from streams.system.supervisor import Command


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

    def worker(self, name: str = "worker") -> Command:
        """A worker process, not started yet."""
        return Command(name, ("streams.agents.worker",), self.environment(), self.data / f"{name}.log")


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
            ensure_topics(broker.address)
            store = Address(*node.address, "burdenwatch", "rig-writer")
            client = connect(store)
            migrate(client)
            client.close()
            yield Rig(data, broker, node, store)
        finally:
            node.stop()
            broker.stop()


def plain_events(registry: Registry, count: int, start_us: int, first: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of ``count`` calibrated issuances: county to its townships mostly, some wider; one every 100 ms of event time."""
    from datetime import UTC, datetime

    counties = [str(code) for code in registry.codes(3)]
    for number in range(first, first + count):
        county = counties[number * 7919 % len(counties)]
        area = county if number % 50 else county[:4]
        area = area if number % 1000 else county[:2]
        tiers = ["township"] if number % 3 else ["township", "village"]
        moment = datetime.fromtimestamp((start_us + number * 100_000) / 1e6, UTC).isoformat()
        issuer = f"{area:0<6}-office"
        event = {
            "specversion": "1.0",
            "id": f"bench-{number}",
            "source": f"//oa.example.cn/{issuer}",
            "type": ("burden.request.issued.v1", "burden.document.issued.v1", "burden.meeting.issued.v1")[number % 3],
            "time": moment,
            "data": {
                "issuer": issuer,
                "title": f"关于报送第{number}号工作台账的通知",
                "doc_no": f"政办函〔2026〕{number % 900 + 1}号",
                "reach": {"areas": [area], "tiers": tiers},
                "deadline_at": moment,
                "demands": ["form", "photo"],
                "items": [{"element": "households-total", "period": "2026-02"}],
            },
        }
        yield issuer.encode(), json.dumps(event, ensure_ascii=False).encode()


def fill(address: str, registry: Registry, count: int, start_us: int, first: int = 0) -> None:
    """Write ``count`` plain events to the topic."""
    producer = KafkaProducer(bootstrap_servers=address, acks="all", linger_ms=50, batch_size=262_144)
    for key, value in plain_events(registry, count, start_us, first):
        producer.send("burden.events", key=key, value=value)
    producer.close()
