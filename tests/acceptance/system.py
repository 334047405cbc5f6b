"""The embedded system as a stranger meets it: started by its command, spoken to over HTTP and by the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

COMMAND = Path(sys.executable).with_name("burdenwatch")
START_BOUND_S = 150.0


class Embedded:
    """A running ``burdenwatch up``; what it printed, and ways to speak to it."""

    def __init__(self, process: subprocess.Popen[str], data: Path) -> None:
        self.process = process
        self.data = data
        self.said: dict[str, str] = {}
        assert process.stdout is not None
        for line in process.stdout:
            word, _, rest = line.strip().partition(" ")
            self.said[word] = rest
            if word == "token":
                break
        else:
            raise AssertionError(f"up ended with {process.wait()} before it was ready: {self.said}")
        self.http = httpx.Client(
            base_url=self.said["api"],
            headers={"Authorization": f"Bearer {self.said['token']}"},
            timeout=30,
            trust_env=False,
        )

    def post(self, event: dict[str, Any]) -> httpx.Response:
        return self.http.post(
            "/v1/events", content=json.dumps(event).encode(), headers={"Content-Type": "application/cloudevents+json"}
        )

    def load(self, unit: str, metric: str = "all.minutes.24h", at: str = "") -> int:
        reply = self.http.get(f"/v1/units/{unit}/load", params={"metric": metric} | ({"at": at} if at else {}))
        assert reply.status_code == 200, reply.text
        return int(reply.json()["load"][metric])

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command line against this system."""
        return command(*words, "--data", str(self.data))

    def stop(self) -> int:
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, timeout=240, check=False)


def until(holds: Callable[[], bool], bound_s: float = 30.0) -> float:
    """Asks again and again; the seconds until it held. Fails when it does not within the bound."""
    begin = time.monotonic()
    while not holds():
        if time.monotonic() - begin > bound_s:
            raise AssertionError(f"did not hold within {bound_s} s")
        time.sleep(0.02)
    return time.monotonic() - begin


@contextmanager
def up(data: Path, *words: str, environment: dict[str, str] | None = None) -> Iterator[Embedded]:
    """``burdenwatch up`` on ``data``; stopped at the end."""
    process = subprocess.Popen(
        [COMMAND, "up", "--data", str(data), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
    )
    try:
        yield Embedded(process, data)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
