"""From an event over HTTP to its stored finding, at 200 events a second with every family of rules at work.

The whole system as ``up`` starts it, without the demonstration's stream. One event in twenty is due within the hour; one in ten is about
an earlier one (amended, withdrawn), one in twenty recurs. Time runs from the event's own time, set as it is sent, to the stored transition.
"""

from __future__ import annotations

import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from streams.registry import Registry, load
from streams.store import Address, connect
from streams.store.rounds import last_rounds
from streams.system.layout import Layout
from tests.acceptance.system import Embedded, until, up
from tests.bench.figures import Row, at_most

PER_S: Final = 200
SECONDS: Final = 120
BATCH: Final = 20
SETTLE_S: Final = 70
"""For so long nothing is sent at the end: each family completes a round."""
FAMILIES: Final = frozenset(("event", "load", "relation", "quota", "absence"))
SHORT: Final = "R11-short-notice"


def event(number: int, counties: list[str]) -> dict[str, Any]:
    """One of the stream."""
    now = datetime.now(UTC)
    county = counties[number % len(counties)]
    head = {"specversion": "1.0", "id": f"b{number}", "source": f"//oa.bench.example/{county}", "time": now.isoformat()}
    if number % 10 == 9 and number > 200:
        target = number - 10 * len(counties)
        if target > 0 and target % 20:
            verb, about = (
                ("withdrawn", {"withdraws": f"b{target}"})
                if number % 20 == 9
                else ("amended", {"amends": f"b{target}", "title": "改"})
            )
            return head | {"type": f"burden.request.{verb}.v1", "data": {"issuer": f"{county}-education"} | about}
    data: dict[str, Any] = {
        "issuer": f"{county}-education", "title": f"报表{number}", "doc_no": f"教函〔2026〕{number % 99999 + 1}号",
        "reach": {"areas": [county], "tiers": ["township"]}, "effort_minutes": 10, "items": [{"element": f"e{number}"}],
        "deadline_at": (now + (timedelta(minutes=50) if number % 20 == 0 else timedelta(days=12))).isoformat(), "delivered_at": now.isoformat(),
    }  # fmt: skip
    if number % 20 == 5:
        data["recurrence"] = "FREQ=WEEKLY;COUNT=8"
    return head | {"type": "burden.request.issued.v1", "data": data}


def feed(system: Embedded, registry: Registry) -> None:
    """The stream, at its pace."""
    tier = registry.tier_id("county")
    counties = [registry.code_of(tier, rank) for rank in range(0, registry.size(tier), 15)]
    begun = time.monotonic()
    for batch in range(PER_S * SECONDS // BATCH):
        time.sleep(max(0.0, begun + batch * BATCH / PER_S - time.monotonic()))
        body = [event(batch * BATCH + n, counties) for n in range(BATCH)]
        reply = system.http.post(
            "/v1/events",
            content=json.dumps(body).encode(),
            headers={"Content-Type": "application/cloudevents-batch+json"},
        )
        assert reply.status_code == 202, reply.text


def main() -> list[Row]:
    """Start, feed, look."""
    with (
        tempfile.TemporaryDirectory() as folder,
        up(Path(folder) / "data", "--empty", "--headless", "--port", "18980") as system,
    ):
        layout = Layout(system.data)
        running = layout.running()
        client = connect(
            Address(running.store_host, running.store_port, "reader", layout.secret("store-reader")), readonly=True
        )
        until(
            lambda: {row.name for row in last_rounds(client, time.time_ns() // 1000)} >= FAMILIES, 90
        )  # the judge has begun
        feed(system, load())
        time.sleep(SETTLE_S)
        rows = client.query(
            "SELECT t.at_us - e.time_us FROM transitions AS t JOIN events AS e ON t.subject = concat('event:', e.source, '#', e.id) "
            "WHERE t.rule = {rule:String} AND t.phase = 'firing'",
            parameters={"rule": SHORT},
        ).result_rows
        took = np.array([row[0] for row in rows]) / 1e6
        rounds = {
            row.name: row.took_us / 1e6 for row in last_rounds(client, time.time_ns() // 1000) if row.part == "judge"
        }
        missing = FAMILIES - rounds.keys()
        assert not missing, f"no round of {missing}"
    what = f"finding stored after its event, at {PER_S} events/s"
    return [
        Row(f"{what}: findings", float(len(took)), "findings"),
        Row(f"{what}, median", float(np.median(took)), "s"),
        at_most(f"{what}, p99", float(np.quantile(took, 0.99)), "s", 2),
        Row("round of relations over what was sent", rounds["relation"], "s"),
    ]


if __name__ == "__main__":
    print(main())
