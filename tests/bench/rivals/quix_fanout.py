"""Fan-out in QuixStreams: each issuance is read from Kafka and added, receiver by receiver, to its state store (RocksDB and changelog).

Arguments: broker, topic, directory of the state, number of issuances. One partition, so that no second topic is needed to bring a
unit's events together: that is the quickest way that it has. Prints seconds and receivers as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from quixstreams import Application  # type: ignore[import-not-found,unused-ignore]


def main(broker: str, topic: str, folder: str, count: int) -> None:
    """Runs until ``count`` issuances were handled and committed."""
    app: Any = Application(
        broker_address=broker,
        consumer_group="fanout",
        auto_offset_reset="earliest",
        state_dir=folder,
        loglevel="WARNING",
        commit_interval=1.0,
    )
    receivers, began = 0, 0.0

    def add(event: dict[str, int], state: Any) -> None:
        nonlocal receivers, began
        began = began or time.perf_counter()
        prefix, minutes = f"{event['tier']}:", event["minutes"]
        for unit in range(event["lo"], event["hi"]):
            name = f"{prefix}{unit}"
            state.set(name, state.get(name, 0) + minutes)
        receivers += event["hi"] - event["lo"]

    stream = app.dataframe(app.topic(topic, value_deserializer="json"))
    stream.update(add, stateful=True)
    app.run(count=count)
    print(json.dumps({"seconds": time.perf_counter() - began, "updates": receivers}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
