"""The SDK against a real broker: what it acknowledges is there, what is wrong never leaves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from infra.local.kafka import KafkaNode
from streams.events import Refused
from streams.intake import Client, Unreachable
from streams.intake.client import uuid7

pytestmark = pytest.mark.broker

Event = Callable[..., dict[str, Any]]
Records = Callable[[str, str, int], list[Any]]


def test_an_event_arrives_as_the_kafka_binding_says(
    kafka: KafkaNode, new_topic: Callable[..., str], event: Event, records: Records
) -> None:
    topic = new_topic(kafka.address, 8)
    with Client(kafka.address, topic=topic) as client:
        receipt = client.send(event("1")).result(timeout=20)
    (record,) = records(kafka.address, topic, 1)
    assert (record.partition, record.offset) == receipt
    assert record.key == b"510000-education"
    assert dict(record.headers) == {"content-type": b"application/cloudevents+json; charset=UTF-8"}
    assert msgspec.json.decode(record.value) == event("1")


def test_what_is_missing_is_filled_in(
    kafka: KafkaNode, new_topic: Callable[..., str], event: Event, records: Records
) -> None:
    topic = new_topic(kafka.address)
    bare = {name: value for name, value in event("").items() if name in {"type", "data"}}
    bare["data"]["starts_at"] = datetime(2026, 3, 3, 7, tzinfo=UTC)
    clock_us = int(datetime(2026, 3, 3, 7, 30, tzinfo=UTC).timestamp()) * 1_000_000 + 5
    with Client(kafka.address, topic=topic, source="//oa.example.cn/51", clock=lambda: clock_us) as client:
        first, second = client.send_many([bare, bare])
        client.flush()
        assert first.done()
        assert second.done()
    found = [msgspec.json.decode(record.value) for record in records(kafka.address, topic, 2)]
    assert [sent["time"] for sent in found] == ["2026-03-03T07:30:00.000005+00:00"] * 2
    assert [sent["source"] for sent in found] == ["//oa.example.cn/51"] * 2
    assert found[0]["id"] != found[1]["id"]
    assert found[0]["data"]["starts_at"] == "2026-03-03T07:00:00Z"


def test_json_is_sent_as_it_stands(
    kafka: KafkaNode, new_topic: Callable[..., str], event: Event, records: Records
) -> None:
    topic = new_topic(kafka.address)
    raw = b"  " + msgspec.json.encode(event("1") | {"extra": 1}) + b" "
    with Client(kafka.address, topic=topic) as client:
        client.send(raw).result(timeout=20)
    assert records(kafka.address, topic, 1)[0].value == raw


def test_a_life_cycle_event_without_issuer_is_keyed_by_source(
    kafka: KafkaNode, new_topic: Callable[..., str], event: Event, records: Records
) -> None:
    topic = new_topic(kafka.address)
    withdrawn = event("2") | {"type": "burden.request.withdrawn.v1", "data": {"withdraws": "1"}}
    with Client(kafka.address, topic=topic) as client:
        client.send(withdrawn).result(timeout=20)
    assert records(kafka.address, topic, 1)[0].key == b"//oa.example.cn/510000/education"


@pytest.mark.parametrize(
    "change",
    [
        {"type": "burden.teaparty.issued.v1"},
        {"time": "2026-03-03T15:00:00"},
        {"data": {"issuer": "510000-education"}},
        {"data": None},
        {"specversion": "0.3"},
    ],
)
def test_a_fault_is_told_before_anything_is_sent(
    kafka: KafkaNode, new_topic: Callable[..., str], event: Event, records: Records, change: dict[str, Any]
) -> None:
    topic = new_topic(kafka.address)
    with Client(kafka.address, topic=topic) as client:
        with pytest.raises(Refused) as caught:
            client.send(event("bad") | change)
        assert all(fault.rule and fault.fix for fault in caught.value.faults)
        client.send(event("good")).result(timeout=20)
    assert [msgspec.json.decode(record.value)["id"] for record in records(kafka.address, topic, 1)] == ["good"]


def test_a_broker_out_of_reach_is_named() -> None:
    with pytest.raises(Unreachable, match=r"kafka: 127\.0\.0\.1:1: "):
        Client("127.0.0.1:1", timeout_s=1)


def test_receipts_hold_through_kill_9(
    own_node: KafkaNode, new_topic: Callable[..., str], event: Event, records: Records
) -> None:
    """What has a receipt is there once and in order; what was on its way when the broker died is sent again by itself."""
    own_node.start()
    topic = new_topic(own_node.address)
    with Client(own_node.address, topic=topic) as client:
        sent = client.send_many(event(f"a{n}") for n in range(200))
        own_node.kill()
        own_node.start()
        sent += client.send_many(event(f"b{n}") for n in range(200))
        receipts = [one.result(timeout=30) for one in sent]
    found = {record.offset: msgspec.json.decode(record.value)["id"] for record in records(own_node.address, topic, 400)}
    wanted = [f"a{n}" for n in range(200)] + [f"b{n}" for n in range(200)]
    assert [found[receipt.offset] for receipt in receipts] == wanted
    assert set(found.values()) == set(wanted)


def test_uuids_are_of_version_7_and_sort_by_time() -> None:
    made = [uuid7(time_us) for time_us in (0, 1_772_521_200_000_000, 1_772_521_200_001_000, 2**52)]
    assert made == sorted(made)
    assert len(set(made)) == 4
    for text in made:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", text)
    assert made[1].startswith(f"{1_772_521_200_000:012x}"[:8])
