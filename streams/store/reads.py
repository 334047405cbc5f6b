"""The questions that may be asked of the store; each takes a Scope and refuses what lies outside (OutOfScope).

Flows in: a client, a Scope, a Registry, codes and days. Flows out: the values of ``answers``. Reads ClickHouse only,
with bound parameters; no SQL comes from a caller.

Days are Asia/Shanghai days, ranges of days are inclusive. ``at_us`` is the instant t of the contract. ``tiers`` empty
means every tier. ``kind`` 0 means all kinds. Areas and units are code prefixes / codes; '' is the whole country.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from clickhouse_connect.driver.client import Client

from streams.store.answers import (
    AreaLoad,
    Coverage,
    DemandRow,
    Health,
    Hotspot,
    IssuerLoad,
    KindShare,
    Series,
    TierLoad,
)
from streams.store.scope import Scope

if TYPE_CHECKING:
    from streams.registry import Registry


def unit_load(client: Client, scope: Scope, registry: Registry, code: str, metrics: Sequence[str], at_us: int) -> dict[str, int]:
    """Load of one unit (its tier follows from the code; bureaus as 'CODE-LINE') for contract metrics, exact to the microsecond."""

def tier_load(client: Client, scope: Scope, registry: Registry, tier: str, metric: str, at_us: int, *, area: str = "") -> TierLoad:
    """Load of every unit of a tier in an area."""

def area_load(client: Client, scope: Scope, registry: Registry, area: str, first: date, last: date, *, kind: int = 0, tiers: Sequence[str] = ()) -> AreaLoad:
    """What one area received on these days."""

def area_totals(client: Client, scope: Scope, registry: Registry, area: str, first: date, last: date, *, kind: int = 0, tiers: Sequence[str] = ()) -> list[AreaLoad]:
    """What each child division of an area received on these days, by code."""

def hotspots(client: Client, scope: Scope, registry: Registry, tier: str, first: date, last: date, *, area: str = "", kind: int = 0, measure: str = "minutes", n: int = 100) -> list[Hotspot]:
    """The n units of a tier with the most load on these days, most first, equal loads by code."""

def hotspots_at(client: Client, scope: Scope, registry: Registry, tier: str, metric: str, at_us: int, *, area: str = "", n: int = 100) -> list[Hotspot]:
    """The same for a contract metric at an instant, exact to the microsecond."""

def unit_series(client: Client, scope: Scope, registry: Registry, code: str, first: date, last: date) -> Series:
    """Load of one unit by day and kind."""

def area_series(client: Client, scope: Scope, registry: Registry, area: str, first: date, last: date, *, tiers: Sequence[str] = ()) -> Series:
    """Load of an area by day and kind."""

def kind_shares(client: Client, scope: Scope, registry: Registry, area: str, first: date, last: date, *, tiers: Sequence[str] = ()) -> list[KindShare]:
    """What each kind cost an area on these days, most first."""

def top_issuers(client: Client, scope: Scope, registry: Registry, area: str, first: date, last: date, *, kind: int = 0, n: int = 20) -> list[IssuerLoad]:
    """Who caused the most load in an area on these days, most first."""

def recent_demands(client: Client, scope: Scope, registry: Registry, area: str, at_us: int, *, n: int = 50) -> list[DemandRow]:
    """The last occurrences that began at or before an instant and reach a unit or any unit of an area, newest first."""

def upcoming_demands(client: Client, scope: Scope, registry: Registry, area: str, at_us: int, until_us: int, *, n: int = 200) -> list[DemandRow]:
    """Occurrences with at < start <= until, soonest first."""

def stream_health(client: Client, scope: Scope, at_us: int) -> Health:
    """Rates, lags, age of the newest data, refusals of the last 24 hours."""

def coverage(client: Client, scope: Scope, registry: Registry, at_us: int, *, tier: str = "township", area: str = "", days: int = 30) -> Coverage:
    """Share of units that any demand reached in the last days."""
