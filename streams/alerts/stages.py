"""Why a finding is not told, or not yet: named stages, asked in one order; the first that has a reason decides.

Pure. Flows in: a finding's last transition, what is known around it, ``now_us``. Flows out: a reason and what held it back, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from streams.alerts.holding import Causes, Silences
from streams.alerts.model import CaseView, Reason
from streams.alerts.policy import Policy
from streams.rules import Transition

GRACE_US: Final = 3_600_000_000
"""What was issued within the hour before alerting began is news all the same."""
WAITING: Final = ("acknowledged", "asked", "explained", "appealed")
"""States of a case in which somebody has it in hand."""


@dataclass
class Around:
    """What the stages look at. Mutable; owned by the dispatcher."""

    policy: Policy
    causes: Causes
    since_us: int
    """When alerting began: what was issued before is history."""
    silences: Silences = field(default_factory=Silences)
    muted: Mapping[str, str] = field(default_factory=dict)
    cases: Mapping[str, CaseView] = field(default_factory=dict)
    issued: dict[str, int] = field(default_factory=dict)
    """When the demand of a finding was issued, where it is about one."""


Held = tuple[Reason, str]
Stage = Callable[[Transition, Around, int], Held | None]


def muted(finding: Transition, around: Around, _now_us: int) -> Held | None:
    """A rule of which too little was upheld tells nobody."""
    return ("muted-rule", finding.rule) if finding.rule in around.muted else None


def history(finding: Transition, around: Around, _now_us: int) -> Held | None:
    """What lies far back, or before alerting began, is no news: the digest has it."""
    issued_us = around.issued.get(finding.finding, 0)
    old = issued_us and (issued_us < around.since_us - GRACE_US or finding.since_us - issued_us > around.policy.history)
    return ("history", "") if old else None


def decided(finding: Transition, around: Around, _now_us: int) -> Held | None:
    """What is decided is not repeated."""
    case = around.cases.get(finding.finding)
    return ("decided", case.verdict) if case is not None and case.state in ("decided", "closed") else None


def acknowledged(finding: Transition, around: Around, now_us: int) -> Held | None:
    """What somebody has in hand is not repeated, until that goes stale."""
    case = around.cases.get(finding.finding)
    if case is None or case.state not in WAITING or now_us - case.at_us >= around.policy.acknowledged:
        return None
    return "acknowledged", case.state


def silenced(finding: Transition, around: Around, now_us: int) -> Held | None:
    """A silence speaks of it."""
    silence = around.silences.holding(finding, now_us)
    return ("silenced", silence) if silence else None


def inhibited(finding: Transition, around: Around, _now_us: int) -> Held | None:
    """A finding about the area around it explains it."""
    cause = around.causes.holding(finding)
    return ("inhibited", cause) if cause else None


STAGES: Final[tuple[Stage, ...]] = (muted, history, decided, acknowledged, silenced, inhibited)
"""Quiet times and the cap hold back whole messages, not findings: ``Dispatcher`` asks the policy for them."""


def held(finding: Transition, around: Around, now_us: int) -> Held | None:
    """Why a finding is not told now; None when it may be."""
    return next((found for stage in STAGES if (found := stage(finding, around, now_us)) is not None), None)
