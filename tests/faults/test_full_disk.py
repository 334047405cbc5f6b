"""A disk that fills up under load: the door says so before anything breaks, and all goes on when there is room again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.system import until, up
from tests.acceptance.test_faults import Feed, run_on
from tests.faults.test_freezes import READY_S, ready

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(900)]

SIZE = "1200m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own. Fails, and says so, where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "burdenwatch-test", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert mounted.returncode == 0, (
        f"no small disk can be had here ({mounted.stderr.strip()}): run as root, or in a user namespace"
    )
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_said_and_outlived(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with up(small_disk / "data", "--empty", "--headless", "--port", "18840") as system:
        feed = Feed(system, seed=5)
        feed.start()
        load = run_on(system, feed, 0, 300)
        with ballast.open("wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
            except OSError:
                pass
        until(lambda: not ready(system), 30)
        said = system.http.get("/readyz").text
        assert "disk" in said, said
        told = system.run("doctor")
        assert any(line.startswith("bad  disk") for line in told.stdout.splitlines()), told.stdout
        os.unlink(ballast)
        until(lambda: ready(system), READY_S)
        run_on(system, feed, load, 300)
        feed.ended.set()
        feed.join(120)
        assert feed.fault is None, repr(feed.fault)
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
