"""Yearly plans and caps against what was issued: n of m used, counted as the rules count.

Flows in: a client, a Scope, demands. Flows out: ``Used`` of each body and sort of demand, counts by day.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.calendars import Calendar, period_bounds
from streams.desk.findings import decoded
from streams.registry import Registry, RegistryError
from streams.rules import gather
from streams.rules.exemptions import exempting
from streams.rules.facts import Issuance, Lists, day_of
from streams.rules.lists import lists_on
from streams.rules.quotas import sorts
from streams.store.issuing import bodies_of
from streams.store.lists import quotas_for
from streams.store.scope import Scope

UNCOUNTED: Final = frozenset(("emergency", "upward"))


class Used(NamedTuple):
    """``used`` of ``limit`` demands of a sort in the running year; ``capped``: a cap, else a plan."""

    issuer: str
    what: str
    used: int
    limit: int
    capped: bool


def used_by(
    client: Client, scope: Scope, registry: Registry, calendar: Calendar, now_us: int, n: int = 200
) -> list[Used]:
    """Plans and caps of the bodies that a reader sees, the most used first; of ``n`` bodies at most, by code."""
    today = day_of(now_us)
    lists = lists_on(quotas_for(client, scope, registry), today)
    start = period_bounds("year", now_us)[0]
    out: list[Used] = []
    for issuer in sorted({who for found in (lists.plans, lists.caps) for who, _, year in found if year == today.year})[
        :n
    ]:
        try:
            bodies = bodies_of(client, scope, registry, issuer, start)
        except RegistryError:  # a body that was given up since
            continue
        issued = gather(decoded(bodies), registry, calendar, now_us=now_us).issued
        counts = counted(issued, date(today.year, 1, 1), today)
        out += [
            Used(issuer, what, sum(counts.get(what, ())), limit, capped)
            for what, limit, capped in bounds_of(lists, issuer, today.year)
        ]
    return sorted(
        out, key=lambda one: (-one.used / one.limit if one.limit else -float(one.used > 0), one.issuer, one.what)
    )


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
