"""A part that dies is started again, one that does nothing is replaced; all stop in reverse order."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from streams.system.supervisor import Supervisor
from streams.system.vigil import Vigil

BOUND_S = 30


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


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


def test_a_part_that_lives_and_does_nothing_is_replaced() -> None:
    story: list[str] = []
    part = Recorded("broker", story)
    clock = Clock()

    def frozen() -> None:
        raise TimeoutError("nothing was read")

    vigil = Vigil("broker", frozen, patience_s=45, every_s=3600, clock=clock)
    supervisor = Supervisor(story.append)
    supervisor.add(part, vigil=vigil)
    vigil.once()
    assert vigil.failing() == ""
    story.append("die")
    clock.now += 46
    supervisor.watch_once()
    assert story[-2:] == [
        "broker has not answered for 46 s (TimeoutError: nothing was read): replacing it",
        "stop broker",
    ]
    supervisor.watch_once()
    assert story[-1] == "broker is down (exit None); starting it again in 0.5 s"


def test_an_answer_and_a_start_count_anew() -> None:
    clock = Clock()
    vigil = Vigil("store", lambda: None, patience_s=45, clock=clock)
    clock.now += 44
    vigil.once()
    clock.now += 44
    assert vigil.failing() == ""
    clock.now += 2
    assert vigil.failing() == "has not answered for 46 s (no answer)"
    vigil.forgive()
    assert vigil.failing() == ""
