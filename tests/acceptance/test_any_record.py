"""What any Kafka client may write, in any codec, transaction and shape: refused singly or stepped over, and the stream goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaProducer

from tests.acceptance.system import Embedded, until, up
from tests.acceptance.test_garbage import event, records, written

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(300)]

UNIT = "510104017"
BOMB = 90 << 20


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with up(tmp_path_factory.mktemp("any") / "data", "--empty", "--headless", "--port", "18820") as running:
        yield running


@pytest.fixture(scope="module")
def kafka(system: Embedded) -> str:
    return str(json.loads((system.data / "run" / "system.json").read_text())["kafka"])


class Bytes(str):
    """A header's name that is no text."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"\xff\xfe"


async def in_every_codec(kafka: str) -> None:
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        async with AIOKafkaProducer(bootstrap_servers=kafka, compression_type=codec) as producer:
            await producer.send_and_wait("burden.events", written(event(f"codec-{codec}")), partition=1)


async def in_transactions(kafka: str) -> None:
    """One rolled back, one committed, in one partition."""
    async with AIOKafkaProducer(bootstrap_servers=kafka, transactional_id="office") as producer:
        await producer.begin_transaction()
        await producer.send_and_wait("burden.events", written(event("rolled-back")), partition=2)
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait("burden.events", written(event("committed")), partition=2)


async def with_null_header(kafka: str) -> None:
    null: Any = None
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait("burden.events", b"{}", headers=[("ce_id", null)], partition=4)


async def left_open(kafka: str) -> AIOKafkaProducer:
    """A transaction that nobody has decided yet."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id="slow office")
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait("burden.events", written(event("undecided")), partition=3)
    return producer


def test_every_codec_is_taken(system: Embedded, kafka: str) -> None:
    asyncio.run(in_every_codec(kafka))
    until(lambda: system.load(UNIT) == 40)


def test_headers_that_no_client_should_send_cost_one_record(system: Embedded, kafka: str) -> None:
    before = system.load(UNIT)
    asyncio.run(with_null_header(kafka))
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all")
    producer.send("burden.events", value=written(event("in-between")), partition=4)
    producer.send("burden.events", value=written(event("bad-name")), headers=[(Bytes("x"), b"1")], partition=4)
    producer.send("burden.events", value=written(event("behind")), partition=4)
    producer.send("burden.events", value=None, key=b"no value", partition=4)
    producer.close()
    until(lambda: system.load(UNIT) == before + 20)
    until(lambda: sum(one["code"] == "unreadable" for one in records(kafka, "burden.refused")) == 1)
    told = [one for one in records(kafka, "burden.refused") if one["code"] == "unreadable"]
    assert (told[0]["partition"], "body" in told[0]) == (4, False)


def test_a_bomb_is_stepped_over(system: Embedded, kafka: str) -> None:
    before = system.load(UNIT)

    async def thrown() -> None:
        async with AIOKafkaProducer(
            bootstrap_servers=kafka, compression_type="zstd", max_request_size=2 * BOMB, max_batch_size=2 * BOMB
        ) as producer:
            await producer.send_and_wait("burden.events", bytes(BOMB), partition=5)
            await producer.send_and_wait("burden.events", written(event("after the bomb")), partition=5)

    asyncio.run(thrown())
    until(lambda: system.load(UNIT) == before + 10, 60)


def test_what_was_rolled_back_or_is_undecided_counts_nowhere(system: Embedded, kafka: str) -> None:
    before = system.load(UNIT)
    asyncio.run(in_transactions(kafka))

    async def undecided() -> None:
        producer = await left_open(kafka)
        try:
            await asyncio.to_thread(until, lambda: system.load(UNIT) == before + 10)
            assert system.post(event("beside it")).status_code == 202
            await asyncio.to_thread(until, lambda: system.load(UNIT) == before + 20)
        finally:
            await producer.abort_transaction()
            await producer.stop()

    asyncio.run(undecided())
    until(lambda: "0 records behind" in system.run("doctor").stdout, 60)
    assert system.load(UNIT) == before + 20
    assert system.run("recount").returncode == 0


def test_what_is_none_of_ours_on_the_inner_topic_is_stepped_over(system: Embedded, kafka: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all")
    for shard in range(8):
        producer.send("burden.demands", value=b"\xc1 nothing", partition=shard)
        producer.send("burden.demands", value=None, key=b"nothing", partition=shard)
    producer.close()
    before = system.load(UNIT)
    assert system.post(event("after garbage inside")).status_code == 202
    until(lambda: system.load(UNIT) == before + 10)


def test_forty_thousand_refusals_stop_nothing(system: Embedded, kafka: str) -> None:
    """Far above the window of 20,000 at which a worker once ended for good."""
    before = system.load(UNIT)
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all", linger_ms=20)
    for number in range(40_000):
        producer.send("burden.events", value=written(event(f"bad-{number}", title=7) | {"source": f"//x/{number % 9}"}))
    producer.close()
    assert system.post(event("after the flood")).status_code == 202
    until(lambda: system.load(UNIT) == before + 10, 120)
    assert system.run("recount").returncode == 0
