"""What nobody should send: each is refused with a clear reason, nothing secret is kept, and the stream goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.acceptance.system import Embedded, until, up

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(300)]

UNIT = "510104017"
SECRET = "绝密★三年 转移方案"


def event(identity: str, *, time: str | None = None, **data: Any) -> dict[str, Any]:
    issued = {
        "issuer": "510104-office",
        "title": "报送台账",
        "reach": {"areas": ["510104"], "tiers": ["township"]},
        "effort_minutes": 10,
    }
    return {
        "specversion": "1.0",
        "id": identity,
        "source": "//oa.example.cn/510104/office",
        "type": "burden.request.issued.v1",
        "time": time or datetime.now(UTC).isoformat(),
        "data": issued | data,
    }


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


GARBAGE: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{nothing", ""),
    "no UTF-8": (b'{"specversion": "\xff\xfe"}', ""),
    "empty": (b"", ""),
    "a list": (b"[1, 2]", ""),
    "a number for a title": (written(event("g-1", title=7)), "data.title"),
    "an unknown kind": (written(event("g-2") | {"type": "burden.picnic.issued.v1"}), "type"),
    "an unknown area": (written(event("g-3", reach={"areas": ["999999"], "tiers": ["township"]})), "data.reach.areas"),
    "an unknown unit": (
        written(event("g-4", reach={"areas": [], "tiers": [], "units": ["510104999"]})),
        "data.reach.units",
    ),
    "an unknown issuer": (written(event("g-5", issuer="510104-nobody")), "data.issuer"),
    "deep nesting": (b'{"data":' * 5_000 + b"1" + b"}" * 5_000, ""),
    "the year 9999": (written(event("g-6", time="9999-12-31T23:59:59Z")), "time"),
    "a start in the year 9999": (written(event("g-7", starts_at="9999-12-31T23:59:59Z")), "data.starts_at"),
    "no offset": (written(event("g-8", time="2026-03-03T15:00:00")), "time"),
    "negative minutes": (written(event("g-9", effort_minutes=-5)), "data.effort_minutes"),
    "absurd minutes": (written(event("g-10", effort_minutes=10**15)), "data.effort_minutes"),
    "an RRULE bomb": (written(event("g-11", recurrence="FREQ=SECONDLY;COUNT=100000000")), "data.recurrence"),
    "an endless RRULE": (written(event("g-12", recurrence="FREQ=MINUTELY;UNTIL=20991231T000000Z")), "data.recurrence"),
    "a long title": (written(event("g-13", title="长" * 600)), "data.title"),
    "a megabyte of text": (written(event("g-14", legal_basis="长" * 300_000)), ""),
}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with up(tmp_path_factory.mktemp("garbage") / "data", "--empty", "--headless", "--port", "18800") as running:
        yield running


@pytest.fixture(scope="module")
def kafka(system: Embedded) -> str:
    return str(json.loads((system.data / "run" / "system.json").read_text())["kafka"])


def test_garbage_on_the_topic_is_set_aside_with_its_reason(system: Embedded, kafka: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all", max_request_size=2_000_000)
    for value, _ in GARBAGE.values():
        producer.send("burden.events", value=value, partition=0)
    producer.send("burden.events", value=written(event("g-secret", title=SECRET)), partition=0)
    producer.send("burden.events", value=written(event("g-good")), partition=0)
    producer.close()
    until(lambda: system.load(UNIT) == 10)
    refused = list(records(kafka, "burden.refused"))
    assert len(refused) == len(GARBAGE) + 1
    for (name, (_, field)), told in zip(GARBAGE.items(), refused, strict=False):
        assert told["faults"], name
        assert told["partition"] == 0, name
        first = told["faults"][0]
        assert first["field"].startswith(field), (name, told)
        assert first["rule"], name
        assert first["fix"], name
    assert set(refused[-1]) == {"hour_us", "source", "code"}, "of a secret only hour, source and reason remain"


def test_nothing_of_a_secret_is_anywhere(system: Embedded, kafka: str) -> None:
    reply = system.post(event("g-secret-2", title=SECRET))
    assert reply.status_code == 400
    assert "转移方案" not in reply.text
    for topic in ("burden.refused", "burden.demands"):
        assert all("转移方案" not in json.dumps(one, ensure_ascii=False) for one in records(kafka, topic)), topic
    needle = "转移方案".encode()
    assert not [path for path in Path(system.data, "logs").iterdir() if needle in path.read_bytes()]


def test_the_door_refuses_the_same_and_names_the_field(system: Embedded) -> None:
    for name, (value, field) in GARBAGE.items():
        reply = system.http.post("/v1/events", content=value, headers={"Content-Type": "application/cloudevents+json"})
        unknown = "unknown" in name
        assert reply.status_code in ((400, 403, 202) if unknown else (400, 413)), (name, reply.text)
        if reply.status_code == 400 and field.startswith("data"):
            assert field in reply.text, (name, reply.text)
    huge = written(event("g-huge", legal_basis="x" * 10_000_000))
    assert system.http.post("/v1/events", content=huge).status_code in (413, 415)
    assert system.post(event("g-after")).status_code == 202
    until(lambda: system.load(UNIT) == 20)
    assert system.run("recount").returncode == 0


def records(kafka: str, topic: str) -> Iterator[Any]:
    """Every record of a topic, decoded where it is JSON, in order of partition and offset."""
    consumer = KafkaConsumer(bootstrap_servers=kafka)
    for number in sorted(consumer.partitions_for_topic(topic)):
        place = TopicPartition(topic, number)
        end = consumer.end_offsets([place])[place]
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        while consumer.position(place) < end:
            for rows in consumer.poll(1_000).values():
                for row in rows:
                    yield json.loads(row.value) if row.value[:1] == b"{" else row.value.decode("utf-8", "replace")
    consumer.close()
