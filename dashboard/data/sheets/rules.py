"""The rules in force in an area, what stands open by each, and how often they were right.

Flows in: an Engine, a Scope, a Place. Flows out: ``RulesSheet``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from dashboard.data.engine import Engine
from dashboard.place import Place
from dashboard.words import moment
from streams.alerts.cases import Precision, precision
from streams.desk.findings import rulebook
from streams.rules.book import Standing
from streams.rules.lists import ListKind
from streams.rules.needs import rules_that_need
from streams.rules.testing import load_tests, shipped_tests
from streams.store import Scope
from streams.store.casework import verdicts
from streams.store.findings import open_counts
from streams.store.lists import ListHeader, list_headers


@dataclass(frozen=True)
class RulesSheet:
    """``open``: findings that fire now, by rule; empty for readers who may not see the area. ``precision`` of decided cases, by rule."""

    at_us: int = field(compare=False)
    standing: tuple[Standing, ...]
    packs: tuple[tuple[str, str, str, int], ...]
    """Edition, title in Chinese and English, rules that it adds or changes; those that apply here, from above to below."""
    open: Mapping[str, int]
    precision: Mapping[str, Precision]
    tests: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, frozenset[ListKind]] = field(default_factory=dict)
    """Rules that cannot judge without a list, and the kinds of which one is enough."""
    lists: tuple[ListHeader, ...] = ()

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope never: rules are public."""
        today, book = moment(at_us).date(), rulebook()
        area = place.area if scope.covers(place.area) else ""
        counts = (
            open_counts(engine.client, scope, place.area, until_us=place.until_us) if scope.covers(place.area) else []
        )
        applying = [one for one in book.packs if (area or place.area).startswith(one.area) and one.in_force(today)]
        packs = [
            (one.edition, one.title.zh, one.title.en, len(one.rules) + len(one.tighten))
            for one in sorted(applying, key=lambda one: (len(one.area), one.name))
        ]
        lists = tuple(list_headers(engine.client, place.until_us))
        return cls(
            at_us, book.in_force(place.area, today), tuple(packs), {one.rule: one.count for one in counts},
            precision(verdicts(engine.client, place.until_us)), stories(), rules_that_need(book), lists,
        )  # fmt: skip


@lru_cache(maxsize=1)
def stories() -> Mapping[str, tuple[str, ...]]:
    """Names of the shipped test cases, by the rule that they expect to fire."""
    found: dict[str, list[str]] = {}
    for _, timeline in load_tests(shipped_tests()):
        for story in timeline.cases:
            for rule in sorted({one.rule for look in story.expect for one in look.findings}):
                found.setdefault(rule, []).append(story.name)
    return {rule: tuple(names) for rule, names in found.items()}
