"""The topics: created as infra/topics.yml says, checked at every start; and which log this is.

Flows in: how a broker is reached. Flows out: topics that are there with the right partitions, the identity of the log. Touches the broker.
"""

from __future__ import annotations

import contextlib
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError
from ruamel.yaml import YAML

from streams.config.kafka import Brokers

EVENTS: Final = "burden.events"
ADMITTED: Final = "burden.admitted"
DEMANDS: Final = "burden.demands"
REFUSED: Final = "burden.refused"
FINDINGS: Final = "burden.findings"
PROBES: Final = "burden.probes"
PROBE_MS: Final = 8_000
GROUP: Final = "burdenwatch"
DECLARED: Final = Path(__file__).parents[2] / "infra" / "topics.yml"


class TopicFault(RuntimeError):
    """A topic is not as declared; the text says which and what to do."""


def declared() -> dict[str, dict[str, Any]]:
    """The topics of infra/topics.yml by name."""
    rows = YAML(typ="safe").load(DECLARED)["topics"]
    return {row["name"]: row for row in rows}


def partitions(topic: str) -> int:
    """How many partitions a topic has, as declared."""
    return int(declared()[topic]["partitions"])


def ensure_topics(kafka: Brokers, *, replication: int = 1) -> None:
    """Create the topics that are missing. Raises TopicFault when one has another number of partitions."""
    admin = KafkaAdminClient(**kafka.client())
    try:
        wanted = declared()
        there = set(admin.list_topics())
        missing = [
            NewTopic(row["name"], row["partitions"], replication, topic_configs=row.get("config") or {})
            for name, row in wanted.items()
            if name not in there
        ]
        if missing:
            with contextlib.suppress(TopicAlreadyExistsError):  # another part was quicker
                admin.create_topics(missing)
        for found in admin.describe_topics(sorted(wanted)):
            name, count = found["name"], len(found["partitions"])
            if count and count != wanted[name]["partitions"]:
                raise TopicFault(
                    f"topic {name}: has {count} partitions, must have {wanted[name]['partitions']}: positions depend on it; "
                    "use another broker or restore the log"
                )
        with contextlib.suppress(
            KafkaError
        ):  # a new broker makes its coordinator at the first question: not the worker's, which backs off
            admin.list_group_offsets([GROUP])
    finally:
        admin.close()


def apply_configs(kafka: Brokers, topic: str) -> None:
    """Give a topic that was there before the settings that are declared now."""
    with closing(KafkaAdminClient(**kafka.client())) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=declared()[topic]["config"])])


def log_identity(kafka: Brokers) -> str:
    """The id that the broker gave to ``burden.events``: another id is another log."""
    admin = KafkaAdminClient(**kafka.client())
    try:
        found = admin.describe_topics([EVENTS])[0]
        return str(found.get("topic_id") or found.get("id") or "")
    finally:
        admin.close()


def probe(kafka: Brokers) -> None:
    """Write a record on ``burden.probes`` and read it again. Raises KafkaError (or TopicFault) where the broker does not do both in time."""
    bounds = {"bootstrap_timeout_ms": PROBE_MS, "request_timeout_ms": PROBE_MS}
    producer = KafkaProducer(
        acks="all",
        max_block_ms=PROBE_MS,
        delivery_timeout_ms=2 * PROBE_MS,
        metrics_enabled=False,
        **bounds,
        **kafka.client(),
    )
    try:
        sent = producer.send(PROBES, b"probe", partition=0).get(timeout=2 * PROBE_MS / 1000)
    finally:
        producer.close(1.0)
    place = TopicPartition(PROBES, 0)
    with closing(
        KafkaConsumer(enable_auto_commit=False, metrics_enabled=False, **bounds, **kafka.client())
    ) as consumer:
        consumer.assign([place])
        consumer.seek(place, sent.offset)
        if not consumer.poll(PROBE_MS, max_records=1):
            raise TopicFault(f"{PROBES}: what was written at offset {sent.offset} cannot be read")
