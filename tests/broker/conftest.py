"""One embedded broker for all tests of this folder that do not need one of their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient, NewTopic

from infra.local.kafka import KafkaNode


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


@pytest.fixture
def own_node(tmp_path: Path) -> Iterator[KafkaNode]:
    """A broker of the test's own, not yet started, to kill and to break."""
    node = KafkaNode(tmp_path / "kafka")
    yield node
    node.kill()
