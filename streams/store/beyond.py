"""The doors to what lies beyond the asker's own scope: each with one reason, each asking who it is before it opens.

Flows in: a client, a Scope, a Registry. Flows out: ``DraftReads``, ``BacktestReads``, ``known_to_door``. Reads only. Rooms that answer
people have no other way to reads without a Scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from clickhouse_connect.driver.client import Client

from streams.registry import Ranges, Registry
from streams.store.answers import TierLoad
from streams.store.backtest_batches import batches_between, last_batch
from streams.store.issuing import require_issuer
from streams.store.loads import (
    Known,
    StoredEvent,
    all_events,
    events_about,
    events_since,
    find_idents,
    idents_of_issuer,
    idents_reaching,
)
from streams.store.scope import Scope
from streams.store.units import tier_load

_SYSTEM: Final = Scope("system", "operator", ("",))


@dataclass(frozen=True)
class DraftReads:
    """For the check of a draft before it is issued: what others demand of the units that the draft would reach, and how loaded they are.

    May be shown: of demands that ask for the same or fall on the same time, their identity, issuer, title, number and time, which is what
    the asker needs to join or move them; of loads, how many units would be above their level, and one by one only those inside the asker's
    areas. Bodies are shown never.
    """

    _client: Client
    _registry: Registry
    _issuer: str

    @classmethod
    def opened(cls, client: Client, scope: Scope, registry: Registry, issuer: str) -> DraftReads:
        """For drafts of one issuer. Raises OutOfScope, RegistryError."""
        require_issuer(scope, registry, issuer)
        return cls(client, registry, issuer)

    def compared(
        self, ranges: Ranges, kinds: Sequence[str], since_us: int, own_since_us: int, idents: Iterable[int]
    ) -> list[StoredEvent]:
        """Demands of some kinds on these ranges, the issuer's own of longer ago, those named; and all events about them."""
        found = {
            *idents_reaching(self._client, ranges, kinds, since_us),
            *idents_of_issuer(self._client, self._issuer, own_since_us),
            *idents,
        }
        return events_about(self._client, sorted(found))

    def level(self, tier: int, metric: str, at_us: int) -> TierLoad:
        """Load of every unit of a tier in the country."""
        name = self._registry.tier_name(tier)
        return tier_load(self._client, _SYSTEM, self._registry, name, metric, at_us)


@dataclass(frozen=True)
class BacktestReads:
    """For trying another limit on the past: rules judge the country's demands together, whatever part of them the asker sees.

    May be shown: how many findings there would be about places inside the area that it was opened for, and how many events were looked at.
    """

    _client: Client

    @classmethod
    def opened(cls, client: Client, scope: Scope, area: str) -> BacktestReads:
        """For counts about places inside an area. Raises OutOfScope unless its places may be compared."""
        scope.require_comparison(area)
        return cls(client)

    @classmethod
    def for_country(cls, client: Client, scope: Scope) -> BacktestReads:
        """For counts about the whole country. Raises OutOfScope unless the scope is an operator's."""
        scope.require_operator()
        return cls(client)

    def batches(self, first_us: int, last_us: int, columns: frozenset[str]) -> Iterator[pl.DataFrame]:
        """What was put aside for backtests of a span, one batch at a time."""
        return batches_between(self._client, first_us, last_us, columns)

    def rest(self, limit: int) -> list[StoredEvent]:
        """Events that no batch holds yet."""
        return events_since(self._client, last_batch(self._client).cursors, limit)

    def everything(self, since_us: int) -> Iterator[StoredEvent]:
        """Every event of an instant or later, and whatever recurs, by position."""
        return all_events(self._client, since_us)


def known_to_door(client: Client, scope: Scope, idents: Sequence[int]) -> list[Known]:
    """Which of these identities are stored already, and whose they are: for the door, which decides by it whether an event is its sender's
    to say. Raises OutOfScope unless the scope is an operator's: the door asks in its own name, not in that of a sender.

    May be shown: that an identity of the sender's own source is there already. What is another's is told as what is not there.
    """
    scope.require_operator()
    return find_idents(client, idents)
