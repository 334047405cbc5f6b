"""What the tests of alerts share: a small policy, transitions, a dispatcher whose rules tell whom one asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from streams.alerts.dispatch import Dispatcher
from streams.alerts.groups import Manner
from streams.alerts.policy import Policy
from streams.calendars import Calendar
from streams.registry import Registry, load
from streams.rules import Transition

CALENDAR = Calendar.load()
S, M, H, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
NOON = int(datetime(2026, 3, 3, 4, 0, tzinfo=UTC).timestamp()) * S
"""A Tuesday, twelve o'clock in Shanghai."""
FIRING = Transition(
    finding="a" * 32, rule="R11-short-notice", subject="event://oa.example.cn/x#1", period="", was="inactive", phase="firing", holds=True,
    at_us=NOON, since_us=NOON, episode=1, value=60.0, limit=480.0, edition="national@2024-08-06", layer="breach", for_us=0,
    keep_firing_us=0, issuer="510104-education", place="510104",
)  # fmt: skip
ALL = {"name": "all", "webhook": "http://127.0.0.1:9/hook"}


def registry() -> Registry:
    return load()


def firing(number: int, **changes: Any) -> Transition:
    return replace(FIRING, finding=f"{number:032x}", **changes)


def resolved(one: Transition, at_us: int) -> Transition:
    return replace(one, was="firing", phase="resolved", holds=False, at_us=at_us)


def policy(**changes: Any) -> Policy:
    plain = {
        "version": 1,
        "kind": "alert-policy",
        "group_wait": "0s",
        "group_interval": "5m",
        "repeat": ["1h", "4h"],
        "receivers": [ALL],
    }
    return Policy.model_validate(plain | {"watchdog": "1000w"} | changes)


def dispatcher(
    rules: Policy | None = None, roles: tuple[str, ...] = ("supervising",), severity: str = "medium", now_us: int = NOON
) -> Dispatcher:
    def manner(_one: Transition) -> Manner:
        return Manner(roles, severity)  # type: ignore[arg-type]

    made = Dispatcher(rules or policy(), registry(), CALENDAR, manner, now_us)
    made.step(now_us)  # the sign of life of the start
    return made
