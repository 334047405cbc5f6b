"""A part that stands still for 40 seconds under load: nothing answered 202 is lost, all is ready again within a minute, recount is clean."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.acceptance.system import Embedded, until, up
from tests.acceptance.test_faults import Feed, children, run_on

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(1500)]

STILL_S = float(os.environ.get("BURDENWATCH_FREEZE", "40"))
READY_S = 60.0
AWAY_S = float(os.environ.get("BURDENWATCH_AWAY", "120"))
PARTS = {
    "broker": "/java",
    "store": "infra.local.clickhouse_door",
    "worker": "streams.agents.worker",
    "judge": "streams.agents.judge",
    "api": "streams.intake.serve",
}


def processes(system: Embedded, part: str) -> list[int]:
    """The part's own processes, without the keepers that stand before them."""
    return [
        pid
        for pid, line in children(system.process.pid)
        if PARTS[part] in line and "infra/local/process.py" not in line
    ]


def ready(system: Embedded) -> bool:
    try:
        return system.http.get("/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def freeze(pids: list[int], seconds: float) -> None:
    """Stop processes for some seconds; one that was replaced meanwhile is gone."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    threading.Event().wait(seconds)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            continue


def test_a_part_that_stands_still_loses_nothing(tmp_path: Path) -> None:
    with up(tmp_path / "data", "--empty", "--headless", "--port", "18860") as system:
        feed = Feed(system, seed=3)
        feed.start()
        load = run_on(system, feed, 0, 300)
        for part in PARTS:
            pids = processes(system, part)
            assert pids, part
            freeze(pids, STILL_S)
            begin = time.monotonic()
            until(lambda: ready(system), READY_S)
            load = run_on(system, feed, load, 200)
            print(f"{part}: ready again after {time.monotonic() - begin:.1f} s")
        feed.ended.set()
        feed.join(120)
        assert feed.fault is None, repr(feed.fault)
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr


def test_a_broker_that_is_away_for_two_minutes_loses_nothing(tmp_path: Path) -> None:
    with up(tmp_path / "data", "--empty", "--headless", "--port", "18864") as system:
        feed = Feed(system, seed=4)
        feed.start()
        load = run_on(system, feed, 0, 300)
        end = time.monotonic() + AWAY_S
        while time.monotonic() < end:  # whatever is started in its place goes the same way
            for pid in processes(system, "broker"):
                os.kill(pid, signal.SIGKILL)
            threading.Event().wait(0.5)
        begin = time.monotonic()
        until(lambda: ready(system), READY_S)
        print(f"ready again after {time.monotonic() - begin:.1f} s")
        run_on(system, feed, load, 200)
        feed.ended.set()
        feed.join(120)
        assert feed.fault is None, repr(feed.fault)
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr


def test_a_frozen_broker_is_named_and_replaced(tmp_path: Path) -> None:
    with up(tmp_path / "data", "--empty", "--headless", "--port", "18870") as system:
        (pid,) = processes(system, "broker")
        os.kill(pid, signal.SIGSTOP)
        until(lambda: not ready(system), 30)
        told = system.run("doctor")
        assert told.returncode != 0
        assert any(line.startswith("bad  kafka") for line in told.stdout.splitlines()), told.stdout
        until(lambda: ready(system), 45 + READY_S)
        assert pid not in processes(system, "broker"), "another broker stands in its place"


def test_a_second_start_leaves_the_running_system_alone(tmp_path: Path) -> None:
    with up(tmp_path / "data", "--empty", "--headless", "--port", "18880") as system:
        second = system.run("up", "--port", "18890")
        assert second.returncode == 3
        assert "another burdenwatch runs" in second.stderr
        assert system.run("doctor").returncode == 0
