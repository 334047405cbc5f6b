"""Two sides of a comparison, and how far published goals are at the left side's area.

Flows in: an Engine, a Scope, a Place. Flows out: ``CompareSheet``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, Self

from dashboard.comparison import Side
from dashboard.data.engine import GRASSROOTS, Engine
from dashboard.data.sheets.review import Progress, receipts_of, year_alike
from dashboard.goals import goals_in
from dashboard.period import DEFAULT, days_of, year_before
from dashboard.place import Place
from dashboard.words import SHANGHAI, moment
from streams.store import Scope, reads
from streams.store.ground import of_area
from streams.store.pivots import Crossing, pivot

COUNTY_DIGITS: Final = 6
COVERAGE_DAYS: Final = 30


class Asked(NamedTuple):
    """One side as the address has it."""

    area: str
    period: str
    issuer: str

    @property
    def text(self) -> str:
        """As it stands in the address."""
        return "~".join(self)


def asked(place: Place) -> tuple[Asked, Asked]:
    """Both sides; where the address names none, the last 30 days here and the same days a year before."""
    left = Asked(*place.left.split("~")) if place.left else Asked(place.area, DEFAULT, "")
    right = (
        Asked(*place.right.split("~"))
        if place.right
        else Asked(left.area, f"{left.period.removesuffix('-1y')}-1y", left.issuer)
    )
    return left, right


@dataclass(frozen=True)
class CompareSheet:
    """``progress``: of the goals that hold for the left side's area."""

    at_us: int = field(compare=False)
    left: Side
    right: Side
    progress: tuple[Progress, ...]
    since: date | None = None
    """From this day on every notable kind is recorded."""

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope unless both areas may be compared; RegistryError for an area that there is not."""
        today = moment(at_us).date()
        sides = asked(place)
        for one in sides:
            scope.require_comparison(one.area)
        left, right = (_side(engine, scope, one, today, at_us) for one in sides)
        return cls(at_us, left, right, progress_of(engine, scope, sides[0].area, today), engine.since())


def _side(engine: Engine, scope: Scope, one: Asked, today: date, at_us: int) -> Side:
    first, last = days_of(one.period, today)
    here = engine.client, scope, engine.registry
    by_day = engine.later(pivot, *here, one.area, first, last, Crossing("day", "kind", issuer=one.issuer))
    once = engine.later(pivot, *here, one.area, first, last, Crossing("kind", issuer=one.issuer, order="demands"))
    wider = one.area[:COUNTY_DIGITS] if scope.covers(one.area[:COUNTY_DIGITS]) else one.area
    series = engine.later(reads.area_series, *here, wider, first, last, tiers=GRASSROOTS)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), SHANGHAI)
    until_us = min(at_us, int(end.timestamp()) * 1_000_000 - 1)
    reached = reads.coverage(*here, until_us, tier="township", area=one.area, days=COVERAGE_DAYS)
    found = by_day.result()
    loads = {row.row: row.likely for row in found.rows}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    begun = series.result().count
    return Side(
        area=one.area, first=first, last=last, issuer=one.issuer, low=found.total.low, likely=found.total.likely, high=found.total.high,
        receipts=found.total.receipts, demands=once.result().total.demands, units=of_area(engine.registry, one.area, GRASSROOTS).units,
        by_day=tuple(loads.get(day.isoformat(), 0) for day in days),
        by_kind=tuple((int(column.column), column.likely) for column in found.columns),
        covered_days=int((begun.sum(axis=0) > 0).sum()) if len(begun) else 0,
        covered_units=reached.reached, all_units=reached.units,
    )  # fmt: skip


def progress_of(engine: Engine, scope: Scope, area: str, today: date) -> tuple[Progress, ...]:
    """Each goal with receipts from 1 January to yesterday and on the same days a year before. Raises OutOfScope."""
    here, last = (engine.client, scope, engine.registry, area), today - timedelta(days=1)
    this = engine.later(reads.area_series, *here, date(last.year, 1, 1), last, tiers=GRASSROOTS)
    old = reads.area_series(*here, date(last.year - 1, 1, 1), year_before(last), tiers=GRASSROOTS)
    now, known = this.result(), year_alike(engine, scope, area, last)
    return tuple(
        Progress(one, receipts_of(now, one.kinds), receipts_of(old, one.kinds) if known else 0)
        for one in goals_in(area)
    )
