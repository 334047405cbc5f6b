"""A hundred thousand malformed inputs over HTTP and Kafka: no part dies, no answer is 500, what is good goes on, recount is clean."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from pathlib import Path

import httpx
import pytest
from kafka import KafkaProducer

from tests.acceptance.system import Embedded, until, up
from tests.acceptance.test_garbage import GARBAGE, UNIT, event, written

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(900)]

SEED = int(os.environ.get("BURDENWATCH_SEED", "7"))
ALL = int(os.environ.get("BURDENWATCH_MALFORMED", "100000"))
SINGLES = 3_000
BATCH = 500
SMALL = [value for value, _ in GARBAGE.values() if len(value) < 20_000]


def malformed(draw: random.Random, number: int) -> bytes:
    """Garbage by design, or a good event with bytes flipped, cut, doubled or moved."""
    if draw.random() < 0.3:
        return draw.choice(SMALL)
    value = bytearray(
        written(event(f"m-{number}", **{draw.choice(("title", "doc_no", "recurrence")): "错" * draw.randrange(9)}))
    )
    for _ in range(draw.randrange(1, 6)):
        place, way = draw.randrange(len(value)), draw.randrange(4)
        if way == 0:
            value[place] = draw.randrange(256)
        elif way == 1:
            del value[place : place + draw.randrange(1, 20)]
        elif way == 2:
            value[place:place] = value[place : place + draw.randrange(1, 20)]
        else:
            value[place:place] = draw.choice((b"\0", b"\xff\xfe", "‮".encode(), b"}", b'"', b"[[[[", b"1e999", b"NaN"))
    return bytes(value)


def posted(system: Embedded, draw: random.Random) -> Counter[int]:
    """Half of it over HTTP, some alone and the rest in batches; how often each status came."""
    told: Counter[int] = Counter()
    with httpx.Client(base_url=system.said["api"], headers=system.http.headers, timeout=60, trust_env=False) as http:

        def post(body: bytes, form: str) -> None:
            while (reply := http.post("/v1/events", content=body, headers={"Content-Type": form})).status_code == 429:
                until(lambda: True)  # a source that misbehaves is slowed: that is what the answer says
            told[reply.status_code] += 1

        for number in range(SINGLES):
            post(malformed(draw, number), "application/cloudevents+json")
        for first in range(SINGLES, ALL // 2, BATCH):
            members = b",".join(malformed(draw, number) for number in range(first, first + BATCH))
            post(b"[" + members + b"]", "application/cloudevents-batch+json")
    return told


def test_a_flood_of_garbage_stops_nothing(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    draw = random.Random(SEED)
    with up(tmp_path / "data", "--empty", "--headless", "--port", "18868") as system:
        kafka = str(json.loads((system.data / "run" / "system.json").read_text())["kafka"])
        producer = KafkaProducer(bootstrap_servers=kafka, acks="all", linger_ms=20)
        for number in range(ALL // 2):
            producer.send("burden.events", value=malformed(draw, number))
        producer.flush()
        told = posted(system, draw)
        print(dict(told))
        assert not [status for status in told if status >= 500], told
        before = system.load(UNIT)
        assert system.post(event("good", effort_minutes=7)).status_code == 202
        until(lambda: system.load(UNIT) >= before + 7, 120)
        assert "died" not in (examined := system.run("doctor").stdout), examined
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
