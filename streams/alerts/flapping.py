"""Findings that come and go: a matter of the rule, so its owner is told, once a day. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

from streams.alerts.policy import Flap
from streams.rules import Transition
from streams.rules.pack import DAY_US


class Flapping:
    """When each finding fired lately."""

    def __init__(self, policy: Flap) -> None:
        self._policy = policy
        self._fired: defaultdict[tuple[str, str], deque[int]] = defaultdict(deque)
        self._ripe: set[tuple[str, str]] = set()
        self._told: dict[str, int] = {}

    def take(self, one: Transition) -> None:
        """Note a transition."""
        if one.phase != "firing" or one.was == "firing":
            return
        key = (one.rule, one.finding)
        fired = self._fired[key]
        fired.append(one.at_us)
        while fired and fired[0] <= one.at_us - self._policy.within:
            fired.popleft()
        if len(fired) >= self._policy.fired:
            self._ripe.add(key)

    def told(self, rule: str, at_us: int) -> None:
        """The owner of a rule was told."""
        self._told[rule] = at_us
        self._ripe = {key for key in self._ripe if key[0] != rule}

    def due(self, now_us: int) -> Iterator[tuple[str, str, int]]:
        """Rule, worst finding and how often it fired, of each rule whose owner is to be told."""
        by_rule: dict[str, tuple[int, str]] = {}
        for rule, finding in self._ripe:
            if now_us - self._told.get(rule, -DAY_US) >= DAY_US:
                by_rule[rule] = max(by_rule.get(rule, (0, "")), (len(self._fired[rule, finding]), finding))
        for rule, (count, finding) in sorted(by_rule.items()):
            yield rule, finding, count
