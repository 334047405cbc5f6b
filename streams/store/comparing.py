"""When two periods can be compared, the one rule for all pages and briefs: a feed that begins must not read as burden that grows.

Flows in: a client, shares of what has reports. Flows out: a day, and what stands against a comparison. Names no place and no issuer, so it
takes no Scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.store.scope import for_everyone

NOTABLE: Final = 0.01
"""A kind with a smaller share of all load can make no trend."""
SHARE: Final = 0.8
"""A period is less covered where its share is below this part of the other's."""
BEGUN: Final = 0.005
"""Share of a kind's demands that may lie before its beginning: a few early ones are no feed."""


@for_everyone
def comparable_since(client: Client) -> date | None:
    """The first day from which every kind with a notable share of the load is in the store for good; None while nothing is.

    A kind begins where BEGUN of all its demands of the last 800 days have come.
    """
    rows = client.query(
        "SELECT kind, sum(minutes), toDate(quantileExactWeighted({begun:Float64})(toUInt32(start), receipts)) FROM "
        "(SELECT kind, start, sum(likely) AS minutes, toUInt64(greatest(sum(n), 0)) AS receipts FROM rollups "
        "WHERE level = 'total' AND start > today() - 800 AND start <= today() GROUP BY kind, start) WHERE receipts > 0 GROUP BY kind",
        parameters={"begun": BEGUN},
    ).result_rows
    whole = sum(minutes for _, minutes, _ in rows)
    begun: list[date] = [first for _, minutes, first in rows if minutes >= NOTABLE * whole > 0]
    return max(begun, default=None)


@dataclass(frozen=True)
class Reported:
    """A period as it is compared: its first day and, by what is counted (days, units), the share of it that has reports."""

    first: date
    shares: Mapping[str, float] = field(default_factory=dict)


def why_not(since: date | None, one: Reported, other: Reported) -> tuple[tuple[int, str], ...]:
    """What stands against comparing two periods, each with the number of the period (0, 1); nothing where both are equally covered.

    'kinds': it began before every notable kind was recorded; 'nothing': nothing at all was reported; else what is counted: its share is
    below SHARE of the other's.
    """
    out = []
    for n, (mine, theirs) in enumerate(((one, other), (other, one))):
        if since is not None and mine.first < since:
            out.append((n, "kinds"))
        for what, share in mine.shares.items():
            if share <= 0:
                out.append((n, "nothing"))
                break
            if share < SHARE * theirs.shares.get(what, 0.0):
                out.append((n, what))
    return tuple(out)


def alike(since: date | None, first: date, shares: tuple[float, float] | None = None) -> bool:
    """Whether periods, the earlier of which begins at ``first``, can be compared; ``shares``: of units that each reached, where known."""
    before, now = ({}, {}) if shares is None else ({"units": shares[0]}, {"units": shares[1]})
    return not why_not(since, Reported(first, before), Reported(max(first, since or first), now))
