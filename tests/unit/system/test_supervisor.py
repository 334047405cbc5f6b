"""A part that dies is started again; one that stopped on purpose is not; all stop in reverse order."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from streams.system.supervisor import Command, Supervisor

BOUND_S = 30


@dataclass
class Recorded:
    """A part of which we decide when it dies."""

    name: str
    story: list[str]
    alive: bool = False
    restarted: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.story.append(f"start {self.name}")
        if "die" in self.story:
            self.restarted.set()
        self.alive = True

    def stop(self) -> None:
        self.story.append(f"stop {self.name}")
        self.alive = False

    kill = stop

    def is_running(self) -> bool:
        return self.alive


def test_a_dead_part_is_started_again_and_the_last_started_stops_first() -> None:
    story: list[str] = []
    first, second = Recorded("broker", story), Recorded("worker", story)
    supervisor = Supervisor(story.append)
    supervisor.add(first)
    supervisor.add(second)
    supervisor.watch()
    story.append("die")
    second.alive = False
    assert second.restarted.wait(BOUND_S)
    supervisor.stop()
    assert story[:3] == ["start broker", "start worker", "die"]
    assert "worker is down (exit None); starting it again in 0.5 s" in story
    assert story[-2:] == ["stop worker", "stop broker"]


def test_a_part_that_stopped_on_purpose_stays_down(tmp_path: Path) -> None:
    (tmp_path / "purposeful.py").write_text("raise SystemExit(78)\n")
    said = threading.Event()
    lines: list[str] = []

    def say(text: str) -> None:
        lines.append(text)
        said.set()

    supervisor = Supervisor(say)
    part = Command("worker", ("purposeful",), {"PYTHONPATH": str(tmp_path)}, tmp_path / "worker.log")
    supervisor.add(part)
    supervisor.watch()
    assert said.wait(BOUND_S)
    supervisor.stop()
    assert lines == ["worker stopped on purpose (exit 78); see its log and `burdenwatch doctor`"]
