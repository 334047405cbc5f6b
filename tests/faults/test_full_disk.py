"""A disk that fills up under load: the door says so before anything breaks, and all goes on when there is room again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.system import until, up
from tests.acceptance.test_faults import Feed, run_on
from tests.faults.test_freezes import READY_S, ready
from tests.small_disk import filled, small_disk

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(900)]

SIZE = "1200m"


def test_a_full_disk_is_said_and_outlived(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", SIZE) as disk,
        up(disk / "data", "--empty", "--headless", "--port", "18840") as system,
    ):
        feed = Feed(system, seed=5)
        feed.start()
        load = run_on(system, feed, 0, 300)
        with filled(disk):
            until(lambda: not ready(system), 30)
            said = system.http.get("/readyz").text
            assert "disk" in said, said
            told = system.run("doctor")
            assert any(line.startswith("bad  disk") for line in told.stdout.splitlines()), told.stdout
        until(lambda: ready(system), READY_S)
        run_on(system, feed, load, 300)
        feed.ended.set()
        feed.join(120)
        assert feed.fault is None, repr(feed.fault)
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
