"""Parts are forked from one process that imported what they share: they obey, end with their owner, and are made anew where it died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.forks import Forks
from infra.local.process import until
from streams.system.up import FRUGAL

BOUND_S = 30.0
PART = """
import os, signal, subprocess, sys, threading
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
import shared
own = subprocess.Popen(["sleep", "600"]) if "helper" in sys.argv else None
print(shared.MADE_BY != os.getpid(), sys.argv[1:], os.environ.get("WORD"), __name__, own.pid if own else 0, flush=True)
ended.wait(600)
sys.exit(7)
"""
OWNER = """
import sys
from pathlib import Path
from infra.local.forks import Forks
folder = Path(sys.argv[1])
forks = Forks("shared", log=folder / "forks.log", env={**__import__("os").environ})
print(forks.start(("part",), log=folder / "part.log", env={}).pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def forks(tmp_path: Path) -> Iterator[Forks]:
    (tmp_path / "shared.py").write_text("import os\nMADE_BY = os.getpid()\n")
    (tmp_path / "part.py").write_text(PART)
    made = Forks("shared", log=tmp_path / "forks.log", env=environment(tmp_path))
    yield made
    made.close()


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))}


def said(log: Path) -> str:
    assert until(lambda: log.exists() and log.read_text().endswith("\n"), timeout_s=BOUND_S)
    return log.read_text()


def lives(pid: int) -> bool:
    """Whether a process runs: one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_part_runs_as_its_module_would(forks: Forks, tmp_path: Path) -> None:
    child = forks.start(("part", "--port", "1"), log=tmp_path / "part.log", env={"WORD": "said"})
    assert said(tmp_path / "part.log") == "True ['--port', '1'] said __main__ 0\n"
    assert child.is_running()
    line = Path(f"/proc/{child.pid}/cmdline").read_bytes().rstrip(b"\0 ").decode()
    assert line == f"{sys.executable} -m part --port 1"
    child.stop()
    assert (child.is_running(), child.returncode) == (False, 7)
    child.stop()


def test_what_a_part_started_is_killed_with_it(forks: Forks, tmp_path: Path) -> None:
    child = forks.start(("part", "helper"), log=tmp_path / "part.log", env={})
    helper = int(said(tmp_path / "part.log").split()[-1])
    assert lives(helper)
    child.kill()
    assert child.returncode == 128 + signal.SIGKILL
    assert until(lambda: not lives(helper), timeout_s=BOUND_S)


def test_a_module_that_does_not_run_tells_its_log(forks: Forks, tmp_path: Path) -> None:
    child = forks.start(("nowhere",), log=tmp_path / "part.log", env={})
    assert child.wait(BOUND_S)
    assert child.returncode == 1
    assert "No module named nowhere" in said(tmp_path / "part.log")


def test_parts_end_with_a_server_that_dies_and_another_takes_its_place(forks: Forks, tmp_path: Path) -> None:
    child = forks.start(("part",), log=tmp_path / "part.log", env={})
    said(tmp_path / "part.log")
    server = int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(server, signal.SIGKILL)
    assert child.wait(BOUND_S)
    assert until(lambda: not lives(child.pid), timeout_s=BOUND_S)
    again = forks.start(("part",), log=tmp_path / "again.log", env={})
    said(tmp_path / "again.log")
    assert again.is_running()


def test_a_server_that_stands_still_does_not_hold_up_a_kill(
    forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.forks.KILLED_S", 0.2)
    child = forks.start(("part",), log=tmp_path / "part.log", env={})
    said(tmp_path / "part.log")
    os.kill(int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[1]), signal.SIGSTOP)
    child.kill()
    assert until(lambda: not lives(child.pid), timeout_s=BOUND_S)


def test_what_is_preloaded_starts_no_pool_that_a_fork_would_wait_for() -> None:
    script = """
import os
from pathlib import Path
import streams.system.preload
names = {Path(f"/proc/self/task/{one}/comm").read_text().strip() for one in os.listdir("/proc/self/task")}
print(sorted(names - {"jemalloc_bg_thd", "polars-ooc-clea"}))
"""
    told = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **FRUGAL}, capture_output=True, text=True, check=True
    )
    assert told.stdout == "['python']\n", "Arrow's threads alone, which it makes anew in a child"


def test_parts_end_with_their_owner_however_it_ends(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text("import os\nMADE_BY = os.getpid()\n")
    (tmp_path / "part.py").write_text(PART)
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(tmp_path),
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        said(tmp_path / "part.log")
        owner.kill()
    assert until(lambda: not lives(pid), timeout_s=BOUND_S)
