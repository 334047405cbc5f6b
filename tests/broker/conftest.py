"""One embedded broker for all tests of this folder that do not need one of their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from infra.local.kafka import KafkaNode
from infra.local.process import until
from streams.events import decode
from streams.store import Known


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaNode]:
    """A running broker, shared: use topics of your own."""
    node = KafkaNode(tmp_path_factory.mktemp("kafka"))
    node.start()
    yield node
    node.stop()


def make_topic(address: str, partitions: int = 1, configs: dict[str, str] | None = None) -> str:
    name = f"test.{uuid.uuid4().hex[:12]}"
    with closing(KafkaAdminClient(bootstrap_servers=address)) as admin:
        admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs or {})])
    return name


@pytest.fixture
def new_topic() -> Callable[..., str]:
    """Makes a topic with a name that nobody else uses: new_topic(address, partitions=1, configs=None) -> name."""
    return make_topic


@pytest.fixture(scope="session")
def topic_named() -> Callable[[str, str], None]:
    """Makes a topic of this name unless it is there: topic_named(address, name)."""

    def made(address: str, name: str) -> None:
        with closing(KafkaAdminClient(bootstrap_servers=address)) as admin:
            if name not in admin.list_topics():
                admin.create_topics([NewTopic(name, 8, 1)])

    return made


@pytest.fixture
def own_node(tmp_path: Path) -> Iterator[KafkaNode]:
    """A broker of the test's own, not yet started, to kill and to break."""
    node = KafkaNode(tmp_path / "kafka")
    yield node
    node.kill()


def make_event(ident: str, issuer: str = "510000-education", **data: object) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": ident,
        "source": "//oa.example.cn/510000/education",
        "type": "burden.request.issued.v1",
        "time": "2026-03-03T15:00:00+08:00",
        "datacontenttype": "application/json",
        "data": {
            "issuer": issuer,
            "title": "关于报送学生人数的通知",
            "reach": {"areas": ["51"], "tiers": ["township"], "lines": [], "except": [], "units": []},
            "starts_at": "2026-03-03T15:00:00+08:00",
            "deadline_at": "2026-03-04T16:00:00+08:00",
            "effort_minutes": 95,
        }
        | data,
    }


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """A good event: event(id, issuer="510000-education", **data)."""
    return make_event


def read_topic(address: str, topic: str, count: int) -> list[Any]:
    found: list[Any] = []
    consumer = KafkaConsumer(topic, bootstrap_servers=address, auto_offset_reset="earliest")

    def all_there() -> bool:
        found.extend(record for records in consumer.poll(500).values() for record in records)
        return len(found) >= count

    with closing(consumer):
        until(all_there, timeout_s=20)
    return found


@pytest.fixture
def records() -> Callable[..., list[Any]]:
    """What a topic holds: records(address, topic, count), once there are at least so many."""
    return read_topic


def idents_in(address: str, topic: str) -> Callable[[Sequence[int]], list[Known]]:
    """A lookup that knows what the topic holds when it is asked: the store of an installation that is never late."""

    def lookup(idents: Sequence[int]) -> list[Known]:
        consumer = KafkaConsumer(bootstrap_servers=address)
        with closing(consumer):
            parts = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            consumer.assign(parts)
            consumer.seek_to_beginning(*parts)
            wanted = sum(consumer.end_offsets(parts).values())
            found: dict[tuple[str, str], Known] = {}
            count = 0
            while count < wanted:
                for records in consumer.poll(500).values():
                    count += len(records)
                    for record in records:
                        event = decode(record.value)
                        known = Known(event.ident, event.digest, record.offset, event.source, event.id)
                        found.setdefault((event.source, event.id), known)
        return [known for known in found.values() if known.ident in set(idents)]

    return lookup


@pytest.fixture
def lookup_of() -> Callable[[str, str], Callable[[Sequence[int]], list[Known]]]:
    """What the events of a topic are known by: lookup_of(address, topic) -> lookup(idents)."""
    return idents_in
