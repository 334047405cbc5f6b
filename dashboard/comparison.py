"""Two sides as lines of a table: what each measured, the difference, and the ratio only where both are equally covered.

Pure. Flows in: two ``Side`` values. Flows out: ``Line`` values and the reasons why there is no ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from streams.store.comparing import Reported
from streams.store.comparing import why_not as unlike


@dataclass(frozen=True)
class Side:
    """An area, days and optionally an issuer, with what landed: person-minutes, demands times units, demands counted once."""

    area: str
    first: date
    last: date
    issuer: str
    low: int
    likely: int
    high: int
    receipts: int
    demands: int
    units: int
    by_day: tuple[int, ...]
    """Person-minutes of each day from ``first`` to ``last``."""
    by_kind: tuple[tuple[int, int], ...]
    """Kind, person-minutes."""
    covered_days: int
    """Days on which anything at all began here, whoever asked for it (below counties: in the county)."""
    covered_units: int
    """Townships that any demand reached in the 30 days up to ``last``."""
    all_units: int

    @property
    def days(self) -> int:
        """Length of the period."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Line:
    """``measure``: a name of MEASURES, or the number of a kind. ``ratio`` right to left; None where it would mislead.
    Times are person-minutes."""

    measure: str
    left: float
    right: float
    timed: bool
    ratio: float | None
    difference: float | None
    """Right less left; None where both are not equally covered, or sums of periods of another length."""


def why_not(left: Side, right: Side, since: date | None = None) -> tuple[str, ...]:
    """Why nothing is said of a change: 'left nothing', 'right days', 'left units' ...; empty where both are equally covered."""
    names = ("left", "right")
    return tuple(
        f"{names[n]} {what}" for n, what in unlike(since, *(_reported(one, left, right) for one in (left, right)))
    )


def _reported(side: Side, left: Side, right: Side) -> Reported:
    shares = {"days": side.covered_days / side.days}
    if left.all_units and right.all_units:
        shares["units"] = side.covered_units / side.all_units
    return Reported(side.first, shares)


def lines(left: Side, right: Side, since: date | None = None) -> tuple[Line, ...]:
    """All measures, then the kinds, most on either side first. Sums have a ratio only where the periods are also equally long."""
    known = not why_not(left, right, since)
    same = known and left.days == right.days

    def line(measure: str, one: float, other: float, *, timed: bool = True, fair: bool = same) -> Line:
        return Line(
            measure, one, other, timed, other / one if fair and one > 0 else None, other - one if fair else None
        )

    kinds = dict(left.by_kind), dict(right.by_kind)
    order = sorted({*kinds[0], *kinds[1]}, key=lambda kind: (-max(one.get(kind, 0) for one in kinds), kind))
    return (
        line("likely", left.likely, right.likely), line("low", left.low, right.low), line("high", left.high, right.high),
        line("day", left.likely / left.days, right.likely / right.days, fair=known),
        line("unit", _per(left.likely, left.units * left.days), _per(right.likely, right.units * right.days), fair=known),
        line("receipts", left.receipts, right.receipts, timed=False), line("demands", left.demands, right.demands, timed=False),
        *(line(str(kind), kinds[0].get(kind, 0), kinds[1].get(kind, 0)) for kind in order),
    )  # fmt: skip


def _per(value: float, units: float) -> float:
    return value / units if units else 0.0
