"""The yearly quotas of an issuer, by the lists in force, and what was used of them day by day; counted as the rules count.

Flows in: an Engine, a Scope, a Place with an issuer. Flows out: ``QuotaSheet``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Self

from dashboard.data.engine import Engine
from dashboard.place import Place
from dashboard.words import moment
from streams.calendars import period_bounds
from streams.desk.findings import decoded
from streams.desk.quotas import bounds_of, counted
from streams.rules import gather
from streams.rules.facts import Issuance
from streams.rules.lists import lists_on
from streams.store import Scope
from streams.store.issuing import bodies_of
from streams.store.lists import lists_for


@dataclass(frozen=True)
class Quota:
    """A yearly number of one sort of demand (meeting, document:综合 ...): a cap where there is one, else the plan. ``counts``: by day so far."""

    what: str
    limit: int
    capped: bool
    counts: tuple[int, ...]


@dataclass(frozen=True)
class QuotaSheet:
    """``shares``: the share of the year's workdays that has passed by the end of each day. ``listed``: whether any plan or cap is in force."""

    at_us: int = field(compare=False)
    first: date
    shares: tuple[float, ...]
    quotas: tuple[Quota, ...]
    listed: bool

    @classmethod
    def read(cls, engine: Engine, scope: Scope, place: Place, at_us: int) -> Self:
        """Raises OutOfScope, RegistryError."""
        today = moment(at_us).date()
        first, last = date(today.year, 1, 1), date(today.year, 12, 31)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        worked = list(accumulate(engine.calendar.is_workday(day) for day in days))
        lists = lists_on(lists_for(engine.client, scope, engine.registry, place.issuer), today)
        bounds = bounds_of(lists, place.issuer, today.year)
        issued: tuple[Issuance, ...] = ()
        if bounds:
            start = period_bounds("year", at_us)[0]
            bodies = bodies_of(engine.client, scope, engine.registry, place.issuer, start)
            issued = gather(decoded(bodies), engine.registry, engine.calendar, now_us=at_us).issued
        counts = counted(issued, first, today)
        quotas = [
            Quota(what, limit, capped, counts.get(what, (0,) * ((today - first).days + 1)))
            for what, limit, capped in bounds
        ]
        return cls(
            at_us, first, tuple(done / worked[-1] for done in worked), tuple(sorted(quotas, key=lambda one: -_worn(one))),
            bool(lists.plans or lists.caps),
        )  # fmt: skip


def _worn(one: Quota) -> float:
    return sum(one.counts) / one.limit if one.limit else float("inf")
