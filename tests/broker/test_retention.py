"""What clients wrote is gone from the disk after its time, whatever time a client says; what was admitted stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from infra.local.kafka import KafkaNode
from infra.local.process import until
from streams.agents.topics import ADMITTED, EVENTS, declared, ensure_topics
from streams.config.kafka import plain

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

SECRET = "绝密★10年 不得外传".encode()
KEPT = b"what was admitted stays"
DAY_MS = 86_400_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaNode]:
    node = KafkaNode(tmp_path / "kafka", look_ms=500)
    node.start()
    yield node
    node.kill()


def holding(data: Path, text: bytes) -> list[str]:
    """Files of the broker in which these bytes stand."""
    return [path.name for path in data.rglob("*") if path.is_file() and text in path.read_bytes()]


def test_no_byte_of_a_secret_stays(broker: KafkaNode) -> None:
    ensure_topics(plain(broker.address).brokers())
    config = declared()[EVENTS]["config"]
    assert int(config["retention.ms"]) + int(config["segment.ms"]) == 8 * DAY_MS, "as docs/operations.md says"
    assert config["message.timestamp.type"] == "LogAppendTime"
    with closing(KafkaProducer(bootstrap_servers=broker.address, acks="all")) as producer:
        for partition, said_ms in ((0, None), (1, 0), (2, 4_000_000_000_000), (3, None)):
            producer.send(EVENTS, SECRET, partition=partition, timestamp_ms=said_ms).get(30)
        producer.send(ADMITTED, KEPT, partition=0).get(30)
        assert until(lambda: len(holding(broker.data, SECRET)) == 4, timeout_s=30), "first they are there"
        sooner = {"retention.ms": "1000", "segment.ms": "1000", "file.delete.delay.ms": "1"}
        with closing(KafkaAdminClient(bootstrap_servers=broker.address)) as admin:
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, EVENTS, configs=sooner)])
        producer.send(EVENTS, b"goes on", partition=3).get(30)
        assert until(lambda: not holding(broker.data, SECRET), timeout_s=60), holding(broker.data, SECRET)
    assert holding(broker.data, KEPT)
