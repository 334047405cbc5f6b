"""From an event over HTTP to a delivered webhook: intake, worker, judge, notifier and a receiver as processes of their own.

Each event breaks the rule on short notice in a county of its own, so that each is a group of its own: nothing waits for grouping. Time runs from
sending the request to the receiver's having read the body that names the event.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx
import numpy as np

from infra.local.process import until
from streams.registry import load
from tests.bench.bench_latency import TOKEN, door
from tests.bench.figures import Row, at_most
from tests.bench.processes import Part
from tests.bench.rig import Rig, rig

EVENTS: Final = 300
WARM: Final = 20
PER_S: Final = 10
PATIENCE_S: Final = 60.0


class Receiver:
    """When the body that names an event was read first, by the event's id."""

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}
        self.messages = 0
        held = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                now = time.perf_counter()
                held.messages += 1
                for alert in body["alerts"]:
                    held.seen.setdefault(alert["labels"].get("subject", "").rpartition("#")[2], now)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@contextmanager
def parts(engines: Rig, receiver: Receiver) -> Iterator[None]:
    """Worker, judge and notifier."""
    policy = engines.data / "alerts.yml"
    url = f"http://127.0.0.1:{receiver.server.server_port}/"
    policy.write_text(
        "version: 1\nkind: alert-policy\ngroup_wait: 0s\ngroup_interval: 0s\ncap_per_day: 100000\n"
        f"receivers:\n  - {{name: all, webhook: '{url}', per_minute: 10000}}\n"
    )
    environment = engines.environment() | {"BURDENWATCH_ALERTS": str(policy)}
    running = [engines.worker()]
    for name in ("judge", "notifier"):
        running.append(Part(name, (f"streams.agents.{name}",), environment, engines.data / f"{name}.log"))
    for one in running:
        one.start()
    try:
        until(lambda: "burden.demands" in running[0].log.read_text(), timeout_s=PATIENCE_S)
        until(lambda: receiver.messages > 0, timeout_s=PATIENCE_S)  # the watchdog: the notifier lives
        yield
    finally:
        for one in reversed(running):
            one.stop()


def short_notice(number: int, county: str) -> dict[str, Any]:
    """A form that is due within the hour."""
    now = datetime.now(UTC)
    return {
        "specversion": "1.0",
        "id": f"alert-{number}",
        "source": f"//oa.example.cn/{county}",
        "type": "burden.request.issued.v1",
        "time": now.isoformat(),
        "data": {
            "issuer": f"{county}-education",
            "title": "报送在校学生情况统计表",
            "reach": {"areas": [county], "tiers": ["township"]},
            "delivered_at": now.isoformat(),
            "deadline_at": (now + timedelta(minutes=30)).isoformat(),
        },
    }


def main() -> list[Row]:
    """One run."""
    registry = load()
    counties = [str(code) for code in registry.codes(3)][:: registry.size(3) // (EVENTS + WARM)]
    receiver = Receiver()
    sent: dict[str, float] = {}
    with rig() as engines, door(engines) as url, parts(engines, receiver):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/cloudevents+json"}
        with httpx.Client(headers=headers) as http:
            began = time.perf_counter()
            for number in range(EVENTS + WARM):
                wait = began + number / PER_S - time.perf_counter()
                if wait > 0:
                    time.sleep(wait)
                event = short_notice(number, counties[number])
                sent[event["id"]] = time.perf_counter()
                http.post(url, content=json.dumps(event).encode()).raise_for_status()
        until(lambda: all(identity in receiver.seen for identity in sent), timeout_s=PATIENCE_S)
    receiver.server.shutdown()
    known = [identity for identity in list(sent)[WARM:] if identity in receiver.seen]
    waits = 1000 * np.array([receiver.seen[identity] - sent[identity] for identity in known])
    what = f"event over HTTP to webhook, {PER_S} a second, each a group of its own"
    return [
        Row(f"{what}: p50 of {len(waits)}", float(np.percentile(waits, 50)), "ms"),
        at_most(f"{what}: p99", float(np.percentile(waits, 99)), "ms", 2000),
        Row(f"{what}: events never told", len(sent) - WARM - len(known), "events", "0", len(known) == len(sent) - WARM),
        Row(f"{what}: messages", receiver.messages, "messages"),
    ]
