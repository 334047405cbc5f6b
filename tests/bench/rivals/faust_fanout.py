"""Fan-out in Faust: an agent adds each issuance, receiver by receiver, to a table with its changelog.

Arguments: broker, topic, scratch directory, number of issuances. Writes seconds and receivers as JSON to ``result.json`` there
and ends itself. Its own consistent shutdown is not counted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import faust


def build(broker: str, topic: str, folder: Path, count: int) -> faust.App:
    """An app with one agent and one table."""
    app = faust.App(
        "fanout",
        broker=f"kafka://{broker}",
        store="memory://",
        datadir=folder,
        topic_disable_leader=True,
        topic_partitions=1,
        consumer_auto_offset_reset="earliest",
        web_enabled=False,
        producer_linger=0.1,
        producer_max_batch_size=262_144,
    )
    loads = app.Table("loads", default=int, partitions=1)
    issued = app.topic(topic, value_serializer="json", key_serializer="raw")

    async def add(stream: Any) -> None:
        done = receivers = 0
        began = 0.0
        async for event in stream:
            began = began or time.perf_counter()
            prefix, minutes = f"{event['tier']}:", event["minutes"]
            for unit in range(event["lo"], event["hi"]):
                loads[f"{prefix}{unit}"] += minutes
            receivers += event["hi"] - event["lo"]
            done += 1
            if done == count:
                await app.producer.flush()
                told = {"seconds": time.perf_counter() - began, "updates": receivers}
                (folder / "result.json").write_text(json.dumps(told))
                os._exit(0)

    app.agent(issued)(add)
    return app


if __name__ == "__main__":
    scratch = Path(sys.argv[3])
    from faust import Worker

    wanted = build(sys.argv[1], sys.argv[2], scratch, int(sys.argv[4]))
    sys.argv = sys.argv[:1]
    Worker(wanted, loglevel="warning", quiet=True).execute_from_commandline()
