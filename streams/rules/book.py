"""The law of a place on a day: which packs apply, and what the rules are after every pack on the way down has tightened them.

Pure. Flows in: packs. Flows out: ``Standing`` rules; for tables, the edition of the law that applies to each row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streams.rules.pack import Pack, Rule, Tightening


@dataclass(frozen=True)
class Standing:
    """A rule as it is in force in one area: its values, and the packs that they come from.

    ``edition`` names the pack that had the last word; ``changed`` the packs above it that it changes.
    """

    rule: Rule
    edition: str
    area: str
    source: str
    changed: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash((self.rule.id, self.edition, self.changed))


def tightened(standing: Standing, change: Tightening, pack: Pack) -> Standing:
    """A rule after a lower pack's change."""
    rule = standing.rule
    named: dict[str, Any] = {
        name: value
        for name in ("basis", "title", "limit", "clear", "for_us", "keep_firing_us", "layer", "severity")
        if (value := getattr(change, name)) is not None
    }
    if "limit" in named and "clear" not in named:
        named["clear"] = None if rule.clear is None else rule.clear + named["limit"] - rule.limit
    if change.tell:
        named["tell"] = change.tell
    if change.without:
        named["exempt"] = tuple(one for one in rule.exempt if one not in change.without)
    source = pack.source.doc_no or pack.source.title
    return Standing(
        rule.model_copy(update=named), pack.edition, pack.area, source, (*standing.changed, standing.edition)
    )


def in_force(packs: Iterable[Pack], area: str, day: date) -> tuple[Standing, ...]:
    """The rules for what issuers (or, for loads, units) of ``area`` do on ``day``, by id: national first, then tightened on the way down."""
    applying = [one for one in packs if area.startswith(one.area) and one.in_force(day)]
    found: dict[str, Standing] = {}
    for pack in sorted(applying, key=lambda one: (len(one.area), one.name)):
        source = pack.source.doc_no or pack.source.title
        for rule in pack.rules:
            found[rule.id] = Standing(rule, pack.edition, pack.area, source)
        for change in pack.tighten:
            if change.rule in found:
                found[change.rule] = tightened(found[change.rule], change, pack)
    return tuple(found[one] for one in sorted(found))


class Rulebook:
    """All packs at once. An edition of the law is one set of packs that applies together; every row of a table falls under one."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = tuple(packs)
        edges = {one.from_day for one in self.packs} | {one.to_day for one in self.packs if one.to_day}
        self._edges = sorted(edge.toordinal() for edge in edges)
        areas = sorted({"", *(one.area for one in self.packs)})
        self._sets: dict[tuple[str, ...], int] = {}
        self._known: dict[tuple[str, int], int] = {}
        self._standing: dict[str, dict[Standing, list[int]]] = {}
        for area in areas:
            for interval in range(len(self._edges) + 1):
                self._edition(area, interval)

    @property
    def edition_count(self) -> int:
        """How many editions of the law there are."""
        return len(self._sets)

    def _edition(self, area: str, interval: int) -> int:
        """The number of the edition for an area between two edges of validity."""
        known = self._known.get((area, interval))
        if known is not None:
            return known
        day = date.fromordinal(self._edges[interval - 1]) if interval else date.min
        names = tuple(one.edition for one in self.packs if area.startswith(one.area) and one.in_force(day))
        number = self._sets.get(names)
        if number is None:
            number = self._sets[names] = len(self._sets)
            for standing in in_force(self.packs, area, day):
                self._standing.setdefault(standing.rule.table, {}).setdefault(standing, []).append(number)
        self._known[area, interval] = number
        return number

    def in_force(self, area: str, day: date) -> tuple[Standing, ...]:
        """As the function of the same name, over this book's packs."""
        return in_force(self.packs, area, day)

    def rule(self, rule: str, area: str, day: date) -> Standing | None:
        """One rule as it is in force, None where it is not."""
        return next((one for one in self.in_force(area, day) if one.rule.id == rule), None)

    def find(self, rule: str, edition: str) -> Standing | None:
        """The rule as an edition of a pack (NAME@FROM) put it, None when no such pack is loaded."""
        for pack in self.packs:
            if pack.edition == edition:
                return self.rule(rule, pack.area, pack.from_day)
        return None

    def variants(self, table: str) -> tuple[Standing, ...]:
        """Every variant of every rule of a table that is in force anywhere, ever."""
        return tuple(self._standing.get(table, ()))

    def editions_of(self, standing: Standing) -> list[int]:
        """The editions of the law in which a variant stands."""
        return self._standing[standing.rule.table][standing]

    def editions(self, areas: pl.Series, days: pl.Series) -> NDArray[np.int64]:
        """The edition that each row falls under, by its area and day."""
        keys = pl.DataFrame({"area": areas, "day": days.cast(pl.Int64)})
        distinct = keys.unique()
        numbers = [
            self._edition(area or "", bisect_right(self._edges, day + _EPOCH)) for area, day in distinct.iter_rows()
        ]
        joined = keys.join(
            distinct.with_columns(pl.Series("n", numbers, pl.Int64)), ["area", "day"], "left", nulls_equal=True
        )
        return joined["n"].to_numpy()


_EPOCH = date(1970, 1, 1).toordinal()
