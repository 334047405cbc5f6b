"""What the page that crosses dimensions shows: loads of an area by rows and columns, and the way from issuers' levels over kinds to tiers.

Flows in: an Engine, a Scope, a Place. Flows out: ``PivotSheet``, ``PivotExport`` (the same with more rows) and ``FlowSheet``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final, Self

from dashboard.data.engine import GRASSROOTS, Engine
from dashboard.period import days_of
from dashboard.place import Place
from dashboard.words import moment
from streams.events.model import KIND_IDS
from streams.registry import Registry
from streams.store import Scope
from streams.store.ground import of_area
from streams.store.pivots import Cell, Crossing, Pivot, gaps, pivot

NOT_ADDITIVE: Final = ("demands", "mean")
"""Amounts of which parts do not add up to the whole."""


def crossing(place: Place, rows: str, columns: str, limit: int) -> Crossing:
    """What an address asks for."""
    return Crossing(
        rows=rows, columns=columns, kinds=tuple(KIND_IDS[one] for one in _list(place.kinds)), tiers=tuple(_list(place.tiers)),
        lines=tuple(_list(place.lines)), levels=tuple(_list(place.levels)), issuer=place.issuer if "-" in place.issuer else "",
        order="likely" if place.amount == "mean" else place.amount, limit=limit,
    )  # fmt: skip


def _list(text: str) -> list[str]:
    return text.split(",") if text else []


@dataclass(frozen=True)
class PivotSheet:
    """``sizes``: units by (place, tier), either '' for all."""

    LIMIT: ClassVar[int] = 200

    at_us: int = field(compare=False)
    asked: Crossing
    amount: str
    first: date
    last: date
    found: Pivot
    sizes: Mapping[tuple[str, str], int]

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        columns = "" if place.cols == "none" or place.cols == place.rows else place.cols
        asked = crossing(place, place.rows, columns, cls.LIMIT)
        first, last = days_of(place.span, moment(at_us).date())
        found = pivot(engine.client, scope, engine.registry, place.area, first, last, asked)
        return cls(at_us, asked, place.amount, first, last, found, sizes_of(engine.registry, place.area, asked.tiers))

    def value(self, cell: Cell) -> float:
        """The chosen amount of a cell: person-minutes, or a number of demands."""
        if self.amount == "mean":
            units = self.sizes.get((self._of(cell, "place"), self._of(cell, "tier")), 0)
            return cell.likely / units if units else 0.0
        return float(cell[Cell._fields.index(self.amount)])

    def _of(self, cell: Cell, dimension: str) -> str:
        return cell.row if self.asked.rows == dimension else cell.column if self.asked.columns == dimension else ""

    @property
    def counted(self) -> bool:
        """Whether the amount is a number of demands, not a time."""
        return self.amount in ("demands", "receipts")


class PivotExport(PivotSheet):
    """What is taken away: as many rows as a spreadsheet is still pleasant with."""

    LIMIT: ClassVar[int] = 50_000


def sizes_of(registry: Registry, area: str, tiers: tuple[str, ...]) -> dict[tuple[str, str], int]:
    """Units of an area by (child, tier); '' stands for all children, all tiers. What lies in no child stands under the area's own code."""
    out: dict[tuple[str, str], int] = {}
    for tier, rows in gaps(registry, area, of_area(registry, area, tiers or GRASSROOTS)).items():
        for code, lo, hi in rows:
            for key in {(code, registry.tier_name(tier)), (code, ""), ("", registry.tier_name(tier)), ("", "")}:
                out[key] = out.get(key, 0) + hi - lo
    return out


@dataclass(frozen=True)
class FlowSheet:
    """Person-minutes from levels of issuers to kinds, and from kinds to tiers; both add up to ``total``."""

    at_us: int = field(compare=False)
    first: date
    last: date
    levels: tuple[tuple[str, int, int], ...]
    """Level, kind, person-minutes."""
    tiers: tuple[tuple[int, str, int], ...]
    """Kind, tier, person-minutes."""
    total: int

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope."""
        first, last = days_of(place.span, moment(at_us).date())
        here = engine.client, scope, engine.registry, place.area, first, last
        asked = crossing(place, "level", "kind", 1)._replace(order="likely")
        upper = engine.later(pivot, *here, asked)
        lower = pivot(*here, asked._replace(rows="kind", columns="tier"))
        levels = tuple((one.row, int(one.column), one.likely) for one in upper.result().cells)
        tiers = tuple((int(one.row), one.column, one.likely) for one in lower.cells)
        return cls(at_us, first, last, levels, tiers, lower.total.likely)
