"""Tally: the postings and the ledger of the shards of one assignment.

A plain demand whose key is new is posted as it is; everything else is reconciled with the store. Flows in: runs of ``burden.demands``. Flows
out: rows of ``demands``, digests of the ledger. Touches the store.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from clickhouse_connect.driver.client import Client
from numpy.typing import NDArray

from streams.agents.worker.messages import Doubtful, Message, Plain, decode
from streams.agents.worker.recent import RecentEvents
from streams.agents.worker.reconcile import desired, difference
from streams.agents.worker.runs import Run
from streams.events import Effort, Event, ident_of
from streams.ledger.ledger import Ledger
from streams.ledger.lifecycle import horizon_us
from streams.ledger.metrics import LIVE, Metric
from streams.ledger.postings import Postings, concat
from streams.registry import Registry
from streams.registry.model import Ranges
from streams.registry.shards import ShardMap
from streams.store import (
    Tick,
    events_by_pos,
    insert_postings,
    load_postings,
    mend_last_batches,
    postings_of,
)

_LOG: Final = logging.getLogger(__name__)
RECENT_BOUND = 200_000
BATCH_BOUND = 500_000
"""Rows in one insert at most."""
DIGESTED = (1, 2, 3, 4, 5)
"""Tiers whose totals the ticks tell."""


class Keys:
    """The demands that a shard knows."""

    def __init__(self, keys: NDArray[np.uint64]) -> None:
        self._sorted = np.unique(keys)
        self._recent: set[int] = set()

    def among(self, keys: Sequence[int]) -> set[int]:
        """Which of these keys are known."""
        found = self._recent.intersection(keys)
        if len(self._sorted) and keys:
            wanted = np.array(keys, np.uint64)
            at = np.minimum(self._sorted.searchsorted(wanted), len(self._sorted) - 1)
            found.update(wanted[self._sorted[at] == wanted].tolist())
        return found

    def add(self, keys: NDArray[np.uint64]) -> None:
        """Note keys."""
        self._recent.update(keys.tolist())
        if len(self._recent) > RECENT_BOUND:
            self._sorted = np.union1d(self._sorted, np.fromiter(self._recent, np.uint64, len(self._recent)))
            self._recent = set()


@dataclass
class Said:
    """What new records say about one shard."""

    shard: int
    plain: dict[int, Plain] = field(default_factory=dict)
    doubtful: dict[int, Doubtful] = field(default_factory=dict)


class Posted(NamedTuple):
    """What one shard gets posted, and the position of the event that caused each line."""

    shard: int
    postings: Postings
    causes: NDArray[np.uint64]


class Tally:
    """The state of one assignment of shards; a new assignment needs a new one. All of it comes from the store.

    Batches are numbered by the clock in milliseconds, pushed ahead where that would not rise.
    """

    def __init__(
        self,
        client: Client,
        registry: Registry,
        estimate: Callable[[str, Any], Effort],
        shards: ShardMap,
        *,
        assigned: Sequence[int],
        now_us: int,
        fence: Callable[[], None],
        recent: RecentEvents,
        metrics: Sequence[Metric] = LIVE,
    ) -> None:
        self._client, self._registry, self._estimate, self._shards = client, registry, estimate, shards
        self._fence, self._recent = fence, recent
        self.ledger = Ledger({tier: registry.size(tier) for tier in registry.tiers}, metrics, now_us)
        self._known: dict[int, Keys] = {}
        self.applied: dict[int, int] = dict.fromkeys(assigned, 0) | mend_last_batches(client, assigned)
        for shard in assigned:
            stored = load_postings(client, shard)
            self._known[shard] = Keys(stored.key)
            self.ledger.apply(stored)

    def flush(self, runs: Sequence[Run], now_us: int) -> int:
        """Post what these runs say; the number of postings. Afterwards the runs may be acknowledged.

        All goes into the store as one batch, whatever the number of shards: a batch costs the store some 30 ms, a row in it a microsecond.
        """
        asked = {run.partition for run in runs} & self.applied.keys()
        said = [self._said(shard, [run for run in runs if run.partition == shard]) for shard in sorted(asked)]
        about = self._about([doubt for one in said for doubt in one.doubtful.values()])
        parts = [self._posted(one, about, now_us) for one in said]
        postings = concat(part.postings for part in parts)
        for first in range(0, len(postings), BATCH_BOUND):
            batch = slice(first, first + BATCH_BOUND)
            run = max(now_us // 1000, *(applied + 1 for applied in self.applied.values()))
            rows = postings.select(batch)
            self._fence()
            insert_postings(
                self._client,
                rows,
                shard=np.concatenate([np.full(len(part.postings), part.shard, np.uint8) for part in parts])[batch],
                run=run,
                issuers=rows.issuer.tolist(),
                causes=np.concatenate([part.causes for part in parts])[batch],
            )
            self.applied = dict.fromkeys(self.applied, run)
        for part in parts:
            self._known[part.shard].add(np.unique(part.postings.key))
        self.ledger.apply(postings)
        return len(postings)

    def _said(self, shard: int, runs: Sequence[Run]) -> Said:
        said = Said(shard)
        for record in (one for run in runs for one in run.records):
            message = _message(record)
            known = self._known[shard].among([one.key for one in message.plain])
            for one in message.plain:
                if one.key in known or one.key in said.plain:
                    said.doubtful.setdefault(one.key, Doubtful(one.key, 0, one.key))
                else:
                    said.plain[one.key] = one
            said.doubtful.update({doubt.key: doubt for doubt in message.doubtful})
        for key in said.doubtful:
            said.plain.pop(key, None)
        return said

    def _posted(self, said: Said, about: Mapping[int, Mapping[int, Event]], now_us: int) -> Posted:
        direct = postings_of_plain(list(said.plain.values()))
        changed, causes = self._reconciled(said, about, now_us)
        return Posted(said.shard, concat((direct, changed)), np.concatenate((direct.key, causes)))

    def _about(self, doubts: Sequence[Doubtful]) -> dict[int, dict[int, Event]]:
        """The events about each doubtful demand, by its key; read once for all shards."""
        about: dict[int, dict[int, Event]] = {doubt.key: {} for doubt in doubts}
        idents = self._idents(doubts)
        by_ident = {ident: key for key, ident in idents.items()}
        for pos, event in self._recent.about(self._client, list(idents.values())).items():
            if pos in about:
                about[pos][pos] = event
            for target in event.targets:
                key = by_ident.get(ident_of(target.source, target.id))
                if key is not None:
                    about[key][pos] = event
        return about

    def _reconciled(
        self, said: Said, about: Mapping[int, Mapping[int, Event]], now_us: int
    ) -> tuple[Postings, NDArray[np.uint64]]:
        if not said.doubtful:
            return Postings.from_rows([]), np.empty(0, np.uint64)
        until = horizon_us(now_us)
        wanted = {
            key: desired(
                key,
                about[key],
                registry=self._registry,
                estimate=self._estimate,
                until_us=until,
                clip=lambda ranges: self._clip(ranges, said.shard),
            )
            for key in said.doubtful
        }
        has = postings_of(self._client, said.shard, list(said.doubtful))
        return difference(wanted, has, {key: doubt.cause for key, doubt in said.doubtful.items()})

    def _clip(self, ranges: Ranges, shard: int) -> Ranges:
        return self._shards.clip(ranges, shard)

    def _idents(self, doubts: Sequence[Doubtful]) -> dict[int, int]:
        """Idents of the issued events by key; of those that came as plain demands again the store knows them."""
        idents = {doubt.key: doubt.ident for doubt in doubts if doubt.ident}
        unknown = sorted({doubt.key for doubt in doubts} - idents.keys())
        return idents | {row.pos: row.ident for row in events_by_pos(self._client, unknown)}

    def ticks(self, at_us: int) -> list[Tick]:
        """Digests of the ledger as it stands, for each shard, metric and tier with any load."""
        rows: list[Tick] = []
        for metric, tier in product(self.ledger.metrics, DIGESTED):
            for shard, applied in self.applied.items():
                total, checksum = self.ledger.digest(metric, tier, *self._shards.shard_ranges(shard, tier))
                if total or checksum:
                    signed = checksum - (1 << 64) if checksum >= 1 << 63 else checksum
                    rows.append(Tick(shard, at_us, str(metric), tier, total, signed, applied))
        return rows


def _message(record: Any) -> Message:
    """What admit said; a record that it did not write says nothing, and recount shows what it would have."""
    try:
        return decode(record.value or b"")
    except msgspec.DecodeError as error:
        _LOG.error("burden.demands offset %s is none of ours and is stepped over: %s", record.offset, error)
        return Message()


def postings_of_plain(plain: Sequence[Plain]) -> Postings:
    """The postings of plain demands, one for each range, without a loop over ranges in Python where there is one each."""
    if not plain:
        return Postings.from_rows([])
    counts = np.array([len(one.ranges) // 3 for one in plain])
    ranges = np.array([number for one in plain for number in one.ranges], np.int64).reshape(-1, 3)
    issuer = np.empty(len(plain), object)
    issuer[:] = [one.issuer for one in plain]

    def each(values: list[int], kind: Any) -> Any:
        return np.repeat(np.array(values, kind), counts)

    return Postings(
        key=each([one.key for one in plain], np.uint64),
        tier=ranges[:, 0].astype(np.uint8),
        kind=each([one.kind for one in plain], np.uint8),
        issuer=np.repeat(issuer, counts),
        lo=ranges[:, 1].astype(np.uint32),
        hi=ranges[:, 2].astype(np.uint32),
        start_us=each([one.start_us for one in plain], np.int64),
        low=each([one.low for one in plain], np.int64),
        likely=each([one.likely for one in plain], np.int64),
        high=each([one.high for one in plain], np.int64),
        n=np.ones(len(ranges), np.int64),
        point=np.zeros(len(ranges), np.uint8),
    )
