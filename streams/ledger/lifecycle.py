"""The postings that a demand should have, as it stands (``streams.demands``): occurrences, answers, rework.

Pure. Flows in: the events about one demand in any order. Flows out: ``Demand``, ``Postings``. docs/load.md states every rule applied here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Any, Final

from dateutil.rrule import rrulestr

from streams.calendars import period_bounds
from streams.demands import Answer, Rework, state_of
from streams.events import Effort, Event, Reach, recurrence
from streams.events.data import EPOCH, us
from streams.events.model import KIND_IDS
from streams.ledger.postings import Row
from streams.registry.model import Ranges

Resolve = Callable[[Reach], Ranges]
Estimate = Callable[[str, Any], Effort]
Clip = Callable[[Ranges], Ranges]
_LOCAL: Final = timedelta(hours=8)
_CYCLE: Final = timedelta(days=146_097)
"""400 years of the Gregorian calendar: whole weeks, the same dates."""


@dataclass(frozen=True)
class Demand:
    """The demand as it stands."""

    key: int
    kind: int
    issuer: str
    ranges: Ranges
    starts_us: int
    recurrence: str | None
    cutoff_us: int | None
    effort: Effort
    void: bool = False
    answers: tuple[Answer, ...] = ()
    reworks: tuple[Rework, ...] = field(default=())


def demand_of(original: Event, others: Iterable[Event], *, key: int, resolve: Resolve, estimate: Estimate) -> Demand:
    """The demand of an issued event and the events that refer to it; anything else among ``others`` is passed over.

    Raises what ``resolve`` raises for a reach that does not exist.
    """
    state = state_of(original, others)
    data = state.data
    return Demand(
        key=key,
        kind=KIND_IDS[original.kind],
        issuer=data.issuer,
        ranges=resolve(data.reach),
        starts_us=state.starts_us,
        recurrence=data.recurrence,
        cutoff_us=state.cutoff_us,
        effort=state.effort or data.effort or estimate(original.kind, data),
        void=state.is_void,
        answers=state.answers,
        reworks=state.reworks,
    )


def horizon_us(now_us: int) -> int:
    """How far standing demands are posted: to the start of the third month after this one, 59 days ahead or more."""
    end = now_us
    for _ in range(3):
        end = period_bounds("month", end)[1]
    return end


def occurrences(demand: Demand, until_us: int) -> Iterator[int]:
    """Starts of a demand up to and with ``until_us``, ascending; a demand that does not recur has one whenever it is."""
    cutoff = demand.cutoff_us
    if demand.recurrence is None:
        if cutoff is None or demand.starts_us < cutoff:
            yield demand.starts_us
        return
    for start in _recurring(demand.recurrence, demand.starts_us, until_us):
        if cutoff is not None and start >= cutoff:
            return
        yield start


def _recurring(text: str, starts_us: int, until_us: int) -> Iterator[int]:
    """Wall-clock recurrence in Asia/Shanghai. dateutil knows no fractions of a second: they are put back.

    A rule that never matches (30 February) is walked day by day to the year 9999. The calendar repeats every 400 years, so the walk is moved
    as near to that end as it goes.
    """
    rule = recurrence.parse(text)
    if rule.every_us is not None:
        end = until_us if rule.until is None else min(until_us, us(rule.until))
        count = max(0, (end - starts_us) // rule.every_us + 1)
        yield from (starts_us + number * rule.every_us for number in range(min(count, rule.count or count)))
        return
    whole, fraction = divmod(starts_us, 1_000_000)
    first = datetime.fromtimestamp(whole, UTC).replace(tzinfo=None) + _LOCAL
    end = until_us if rule.until is None else min(until_us, us(rule.until))
    bound = (EPOCH + timedelta(microseconds=end)).replace(tzinfo=None) + _LOCAL
    parts = [part for part in rule.text.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    moved = _CYCLE * ((MAXYEAR - max(first, bound).year) // 400)
    parts.append(f"UNTIL={bound + moved:%Y%m%dT%H%M%S}")
    for number, moment in enumerate(rrulestr(";".join(parts), dtstart=first + moved)):
        if rule.count is not None and number >= rule.count:
            return
        start = us((moment - moved - _LOCAL).replace(tzinfo=UTC)) + fraction
        if start <= end:
            yield start


def postings_of(
    demand: Demand, *, until_us: int, rank_of: Callable[[str], tuple[int, int] | None], clip: Clip | None = None
) -> list[Row]:
    """The postings that a demand should have; ``clip`` narrows its ranges to a shard. ``rank_of`` gives None for an unknown unit."""
    if demand.void:
        return []
    ranges = demand.ranges if clip is None else clip(demand.ranges)
    if not ranges:
        return []
    low, likely, high = demand.effort.low, demand.effort.likely, demand.effort.high
    head = (demand.key,)
    tail = (demand.kind, demand.issuer)
    starts = list(occurrences(demand, until_us))
    rows: list[Row] = [
        (*head, one.tier, *tail, one.lo, one.hi, start, low, likely, high, 1, 0) for start in starts for one in ranges
    ]
    for (unit, start), answer in _standing(demand, starts).items():
        tier, rank = _inside(rank_of(unit), ranges)
        if tier:
            actual = answer.minutes
            rows.append((*head, tier, *tail, rank, rank + 1, start, actual - low, actual - likely, actual - high, 0, 1))
    for rework in demand.reworks:
        tier, rank = _inside(rank_of(rework.unit), ranges)
        if tier and (demand.cutoff_us is None or rework.start_us < demand.cutoff_us):
            again = rework.effort
            rows.append(
                (*head, tier, *tail, rank, rank + 1, rework.start_us, again.low, again.likely, again.high, 1, 1)
            )
    return rows


def _standing(demand: Demand, starts: Sequence[int]) -> dict[tuple[str, int], Answer]:
    """The answer that stands for each unit and occurrence: the latest."""
    found: dict[tuple[str, int], Answer] = {}
    known = set(starts)
    for answer in sorted(demand.answers, key=lambda one: one.order):
        if demand.recurrence is None:
            start = starts[0] if starts else None
        else:
            start = answer.occurrence_us if answer.occurrence_us in known else None
        if start is not None:
            found[answer.unit, start] = answer
    return found


def _inside(place: tuple[int, int] | None, ranges: Ranges) -> tuple[int, int]:
    """Tier and rank of a unit that the ranges hold, else (0, 0)."""
    if place is not None:
        tier, rank = place
        if any(one.tier == tier and one.lo <= rank < one.hi for one in ranges):
            return tier, rank
    return 0, 0
