"""``burdenwatch up`` with everything it starts (broker, store, worker, API, dashboard) until it prints ``ready``: a new
directory on a warm cache, and the same directory again.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from infra.local.process import free_port
from tests.bench.figures import Row, at_most

REPEATS: Final = 3
PATIENCE_S: Final = 120.0


def until_ready(data: Path) -> float:
    """Seconds from the command to ``ready``; the system is stopped afterwards. Raises RuntimeError when it is not ready."""
    command = [sys.executable, "-c", "from streams.cli import main; main()", "up"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--data", str(data), "--port", str(max(1024, min(free_port(), 65_000)))],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    said: list[str] = []
    try:
        for line in process.stdout or ():
            if line.strip() == "ready":
                return time.perf_counter() - began
            said.append(line)
        raise RuntimeError(f"up: ended before it was ready: {''.join(said)[-2000:]}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def main() -> list[Row]:
    """Medians of REPEATS starts."""
    first, again = [], []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory(prefix="burdenwatch-up-") as folder:
            data = Path(folder) / "data"
            first.append(until_ready(data))
            again.append(until_ready(data))
    return [
        at_most("up, new directory, warm cache, until ready (median of 3)", statistics.median(first), "s", 12),
        at_most("up, the same directory again, until ready (median of 3)", statistics.median(again), "s", 12),
        Row("up, slowest of the six", max(first + again), "s"),
    ]
