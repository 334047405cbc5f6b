"""Fan-out in Bytewax: each issuance of a file becomes one item for each receiver, and a keyed state adds them up.

Arguments: file with an issuance a line, directory for recovery. Prints seconds and receivers as JSON. It reads a file, which is less work
for it than a broker.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bytewax.operators as op  # type: ignore[import-not-found,unused-ignore]
from bytewax.connectors.files import FileSource  # type: ignore[import-not-found,unused-ignore]
from bytewax.dataflow import Dataflow  # type: ignore[import-not-found,unused-ignore]
from bytewax.outputs import DynamicSink, StatelessSinkPartition  # type: ignore[import-not-found,unused-ignore]
from bytewax.recovery import RecoveryConfig, init_db_dir  # type: ignore[import-not-found,unused-ignore]
from bytewax.testing import cluster_main  # type: ignore[import-not-found,unused-ignore]


class Counted(StatelessSinkPartition):  # type: ignore[misc,unused-ignore]
    """Counts what arrives."""

    def __init__(self, total: list[int]) -> None:
        self._total = total

    def write_batch(self, items: list[Any]) -> None:
        self._total[0] += len(items)


class Counting(DynamicSink):  # type: ignore[misc,unused-ignore]
    """A sink that only counts."""

    def __init__(self, total: list[int]) -> None:
        self._total = total

    def build(self, _step: str, _index: int, _count: int) -> Counted:
        return Counted(self._total)


def exploded(line: str) -> Iterator[tuple[str, int]]:
    """One item for each receiver."""
    event = json.loads(line)
    prefix, minutes = f"{event['tier']}:", event["minutes"]
    return ((f"{prefix}{unit}", minutes) for unit in range(event["lo"], event["hi"]))


def added(load: int | None, minutes: int) -> tuple[int, int]:
    """New state and what is told."""
    total = (load or 0) + minutes
    return total, total


def main(file: str, folder: str) -> None:
    """Runs to the end of the file."""
    total = [0]
    recovery = Path(folder)
    recovery.mkdir(parents=True, exist_ok=True)
    init_db_dir(recovery, 1)
    flow = Dataflow("fanout")
    lines = op.input("in", flow, FileSource(file))
    units = op.flat_map("explode", lines, exploded)
    loads = op.stateful_map("add", units, added)
    op.output("out", loads, Counting(total))
    began = time.perf_counter()
    cluster_main(flow, [], 0, epoch_interval=timedelta(seconds=1), recovery_config=RecoveryConfig(str(recovery)))
    print(json.dumps({"seconds": time.perf_counter() - began, "updates": total[0]}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
