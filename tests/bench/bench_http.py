"""Single events over HTTP beside a bare endpoint that only appends the body to Kafka: the same server, client and broker, in one run.

CPU seconds of the server count, and requests a second with 64 connections; the client is a process of its own on the same cores.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn
from aiokafka import AIOKafkaProducer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.kafka import KafkaNode
from infra.local.process import Child, free_port, until
from streams.agents.topics import EVENTS, ensure_topics
from streams.config.kafka import Brokers
from streams.intake import tokens
from streams.intake.broker import Broker
from streams.intake.http import Parts, build
from streams.registry import load
from tests.bench.bench_refusals import event
from tests.bench.figures import Row, at_least
from tests.bench.processes import cpu_seconds

CONNECTIONS: Final = 64
SECONDS: Final = 8.0
TOKEN: Final = "bench"
ROUNDS: Final = 2


def bare(kafka: str) -> Starlette:
    """An endpoint that does nothing but append."""
    producer: Any = None

    async def append(request: Request) -> Response:
        nonlocal producer
        if producer is None:
            producer = made = AIOKafkaProducer(
                bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=5
            )
            await made.start()
        await producer.send_and_wait(EVENTS, await request.body())
        return Response(b'{"accepted":1}', 202, media_type="application/json")

    return Starlette(routes=[Route("/v1/events", append, methods=["POST"])])


def ours(kafka: str) -> Starlette:
    """The API without reads: what stands behind a door that takes events in."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        row = {
            "name": "bench",
            "sha256": hashlib.sha256(TOKEN.encode()).hexdigest(),
            "issuers": ["*"],
            "sources": ["*"],
        }
        json.dump({"tokens": [row | {"areas": [""], "role": "operator"}]}, file)
        file.flush()
        known = tokens.load(Path(file.name))
    return build(Parts(broker=Broker(kafka), tokens=known, registry=load(), rate=1e6, burst=1_000_000))


async def _post(port: int, ended: float, counts: list[int], number: int) -> None:
    """One connection, request after request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    serial = 0
    while time.monotonic() < ended:
        serial += 1
        body = json.dumps(event(number * 1_000_000 + serial), ensure_ascii=False).encode()
        head = (
            f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: application/cloudevents+json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 202 " not in answer.split(b"\r\n", 1)[0]:
            raise RuntimeError(answer.decode())
        await reader.readexactly(int(answer.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]))
        counts[number] += 1
    writer.close()


async def _load(port: int, seconds: float) -> int:
    counts = [0] * CONNECTIONS
    ended = time.monotonic() + seconds
    await asyncio.gather(*(_post(port, ended, counts, number) for number in range(CONNECTIONS)))
    return sum(counts)


def measured(kind: str, kafka: str, folder: Path) -> tuple[float, float]:
    """Requests a second, and requests a CPU second of the server: the better of some rounds."""
    port = free_port()
    child = Child([sys.executable, "-m", "tests.bench.bench_http", kind, kafka, str(port)], log=folder / f"{kind}.log")
    try:

        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code > 0
            except httpx.TransportError:
                return False

        if not until(answers, timeout_s=60):
            raise RuntimeError((folder / f"{kind}.log").read_text())
        asyncio.run(_load(port, 2.0))
        rates = []
        for _ in range(ROUNDS):
            before, begun = cpu_seconds(child.pid), time.monotonic()
            done = asyncio.run(_load(port, SECONDS))
            rates.append((done / (time.monotonic() - begun), done / (cpu_seconds(child.pid) - before)))
        return max(rate for rate, _ in rates), max(rate for _, rate in rates)
    finally:
        child.kill()


def main() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        node = KafkaNode(folder / "kafka")
        node.start()
        try:
            ensure_topics(Brokers(node.address))
            plain, plain_cpu = measured("bare", node.address, folder)
            own, own_cpu = measured("ours", node.address, folder)
        finally:
            node.stop()
    return [
        Row("a bare endpoint that appends", plain, "requests/s"),
        Row("the API", own, "requests/s"),
        at_least("the API beside it", own / plain, "times", 0.5),
        at_least("the same by CPU second of the server", own_cpu / plain_cpu, "times", 0.5),
    ]


if __name__ == "__main__":
    made = {"bare": bare, "ours": ours}[sys.argv[1]](sys.argv[2])
    uvicorn.run(made, host="127.0.0.1", port=int(sys.argv[3]), log_level="error", access_log=False)
