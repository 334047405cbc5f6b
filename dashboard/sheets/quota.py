"""The yearly quotas of an issuer, by the lists in force, and what was used of them day by day; counted as the rules count.

Flows in: an Engine, a Scope, a Place with an issuer. Flows out: ``QuotaSheet``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Final, Self

from dashboard.engine import Engine
from dashboard.place import Place
from dashboard.words import moment
from streams.calendars import period_bounds
from streams.desk.findings import decoded
from streams.rules import gather
from streams.rules.exemptions import exempting
from streams.rules.facts import Issuance, Lists
from streams.rules.lists import lists_on
from streams.rules.quotas import sorts
from streams.store import Scope
from streams.store.issuing import bodies_of
from streams.store.lists import lists_for

UNCOUNTED: Final = frozenset(("emergency", "upward"))


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


def bounds_of(lists: Lists, issuer: str, year: int) -> list[tuple[str, int, bool]]:
    """Sorts of demand with the number that holds, and whether it is a cap."""
    caps, plans = (
        {what: n for (who, what, of), n in found.items() if (who, of) == (issuer, year)}
        for found in (lists.caps, lists.plans)
    )
    return [(what, caps.get(what, plans.get(what, 0)), what in caps) for what in sorted({*caps, *plans})]


def counted(issued: tuple[Issuance, ...], first: date, today: date) -> dict[str, tuple[int, ...]]:
    """Demands by sort and day of the year; grounded emergencies and upward documents are left out, as the rules leave them out."""
    days: dict[str, Counter[int]] = {}
    for one in issued:
        if first <= one.day <= today and not UNCOUNTED & set(exempting(one)):
            for what in sorts(one):
                days.setdefault(what, Counter())[(one.day - first).days] += 1
    return {what: tuple(found[n] for n in range((today - first).days + 1)) for what, found in days.items()}


def _worn(one: Quota) -> float:
    return sum(one.counts) / one.limit if one.limit else float("inf")
