"""Admit: events in, stored events and words to tally out.

The order of a flush makes it safe: references first, then events, then a look at what refers to them, then the words to tally, then the
acknowledgement. A crash at any point repeats a part; nothing that is repeated counts twice.

Flows in: runs of ``burden.events``. Flows out: rows of refs and events, records of ``burden.admitted``, ``burden.demands`` and
``burden.refused``. Touches the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from hashlib import blake2b
from typing import Any, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.agents.admitted import kept, pages
from streams.agents.worker.admission import (
    Admission,
    Batch,
    Refusal,
    Taken,
    conflict,
    plain_of,
    raw_of,
)
from streams.agents.worker.identities import Identities
from streams.agents.worker.messages import Doubtful, Plain
from streams.agents.worker.recent import RecentEvents
from streams.agents.worker.refusals import counts
from streams.agents.worker.runs import Run
from streams.agents.worker.storing import store_taken
from streams.events import Effort, ident_of
from streams.events.log_position import position
from streams.registry import Registry, RegistryError
from streams.registry.model import Ranges
from streams.registry.shards import ShardMap
from streams.store import (
    Refusal as RefusedCount,
)
from streams.store import (
    events_by_pos,
    find_idents,
    insert_refused,
    load_idents,
)
from streams.store.reconciling import all_referred, referred

SPLITS_BOUND = 65_536


class Words(NamedTuple):
    """What a flush has to say: to tally by shard, and about refusals."""

    plain: dict[int, list[Plain]]
    doubtful: dict[int, list[Doubtful]]
    refusals: list[Refusal]
    records: int
    admitted: list[tuple[int, bytes]]
    """Records of ``burden.admitted`` with their partitions."""


class Admit:
    """The state of one assignment of partitions; a new assignment needs a new one."""

    def __init__(
        self,
        client: Client,
        registry: Registry,
        estimate: Callable[[str, Any], Effort],
        shards: ShardMap,
        *,
        epoch: int,
        log: str,
        partitions: Sequence[int],
        alone: bool,
        fence: Callable[[], None],
        recent: RecentEvents,
    ) -> None:
        """``log`` is the identity of the log that ``epoch`` numbers. ``alone``: no other worker admits, so that what is at hand is all there is.

        ``fence`` ends the process of a worker that lost its place.
        """
        known = load_idents(client, range(4096) if alone else partitions)
        self._client, self._registry, self._shards = client, registry, shards
        self._epoch, self._log, self._alone, self._fence, self._recent = epoch, log, alone, fence, recent
        self._admission = Admission(registry, estimate, Identities(known.ident, known.digest, known.pos))
        self._referred = all_referred(client)
        self._splits: dict[Ranges, dict[int, Ranges]] = {}

    def flush(self, runs: Sequence[Run]) -> Words:
        """Store what these runs bring; what has to be said, before the runs may be acknowledged."""
        raws = [raw_of(one, position(self._epoch, run.partition, one.offset)) for run in runs for one in run.records]
        batch = self._admission.take(raws)
        self._settle(batch)
        self._fence()
        self._store(batch, runs)
        plain, doubtful = self._words(batch)
        admitted = list(pages(self._log, map(kept, batch.taken)))
        return Words(plain, doubtful, batch.refusals, batch.records, admitted)

    def _settle(self, batch: Batch) -> None:
        """Same ident, other digest: a conflict if the texts are the same, else a collision of hashes and a good event."""
        if not batch.doubts:
            return
        here = {one.pos: one.event for one in batch.taken}
        stored = {row.pos: row for row in events_by_pos(self._client, [doubt.pos for doubt in batch.doubts])}
        for doubt in batch.doubts:
            event = doubt.taken.event
            first = here.get(doubt.pos) or stored.get(doubt.pos)
            if first is not None and (first.source, first.id) != (event.source, event.id):
                batch.taken.append(doubt.taken)
            else:
                batch.refusals.append(conflict(doubt.raw, event))

    def _store(self, batch: Batch, runs: Sequence[Run]) -> None:
        fresh = [one for one in batch.taken if not one.again]
        token = _token(self._epoch, runs)
        self._referred.update(store_taken(self._client, self._registry, fresh, token))
        self._recent.add((one.pos, one.event) for one in fresh)
        if batch.refusals:
            rows = [RefusedCount(hour, source, code, n) for (hour, source, code), n in counts(batch.refusals).items()]
            insert_refused(self._client, rows, f"refused-{token}")

    def _words(self, batch: Batch) -> tuple[dict[int, list[Plain]], dict[int, list[Doubtful]]]:
        plain: dict[int, list[Plain]] = {}
        doubts: list[tuple[Doubtful, set[int]]] = []
        issued = [one for one in batch.taken if one.event.verb == "issued"]
        early = self._early([one.event.ident for one in issued])
        touched: set[int] = set()
        for one in issued:
            split = self._split(one.ranges)
            if one.event.ident in early or one.event.data.recurrence is not None:
                doubts.append((Doubtful(one.pos, one.event.ident, one.pos), set(split)))
                if one.event.ident in early:
                    touched.add(one.event.ident)
            else:
                for shard, ranges in split.items():
                    plain.setdefault(shard, []).append(plain_of(one, ranges))
        for doubt, unit in self._references(batch.taken):
            doubts.append((doubt, {self._shards.shard_of(unit)} if unit else set()))
            if not unit:
                touched.add(doubt.ident)
        reached = self._touched(touched)
        doubtful: dict[int, list[Doubtful]] = {}
        for doubt, shards in doubts:
            for shard in shards | reached.get(doubt.ident, set()):
                doubtful.setdefault(shard, []).append(doubt)
        return plain, doubtful

    def _references(self, taken: Sequence[Taken]) -> Iterator[tuple[Doubtful, str]]:
        """Every reference to an event that has come, and the one unit that it is about, "" for all that the demand reaches."""
        pairs = [
            (ident_of(target.source, target.id), one)
            for one in taken
            if one.event.verb != "outcome"
            for target in set(one.event.targets)
        ]
        keys = self._keys({ident for ident, _ in pairs})
        for ident, one in pairs:
            if ident in keys:
                unit = one.event.data.unit if one.event.verb in ("answered", "returned") else ""
                yield Doubtful(keys[ident], ident, one.pos), unit

    def _keys(self, idents: Set[int]) -> dict[int, int]:
        """Where the events with these idents stand; those that have not come are left out."""
        found = {ident: known.pos for ident in idents if (known := self._admission.identities.find(ident)) is not None}
        if not self._alone and len(found) < len(idents):
            for row in find_idents(self._client, list(idents - found.keys())):
                found.setdefault(row.ident, row.pos)
        return found

    def _split(self, ranges: Ranges) -> dict[int, Ranges]:
        """Ranges by shard; the same selectors come again and again."""
        found = self._splits.get(ranges)
        if found is None:
            if len(self._splits) >= SPLITS_BOUND:
                self._splits.clear()
            found = self._splits[ranges] = self._shards.split(ranges)
        return found

    def _early(self, idents: list[int]) -> set[int]:
        """Issued events that others referred to before they came; read after they were written, so that no worker misses another."""
        if self._alone:
            return self._referred.intersection(idents)
        return referred(self._client, idents) if idents else set()

    def _touched(self, idents: Set[int]) -> dict[int, set[int]]:
        """Shards that each issued event or any of its amendments reaches, by ident."""
        shards: dict[int, set[int]] = {}
        for event in self._recent.about(self._client, list(idents)).values():
            reach = None
            if event.verb == "issued":
                reach, about = event.data.reach, [event.ident]
            elif event.verb == "amended" and event.data.changes.get("reach") is not None:
                reach, about = (
                    event.data.partial(event.kind).reach,
                    [ident_of(one.source, one.id) for one in event.targets],
                )
            if reach is not None:
                try:
                    split = self._split(self._registry.resolve(reach))
                except RegistryError:
                    continue
                for ident in about:
                    shards.setdefault(ident, set()).update(split)
        return shards


def _token(epoch: int, runs: Sequence[Run]) -> str:
    """Names a flush by what it holds, so that the same flush sent again lands once."""
    text = ";".join(f"{run.partition}:{run.first}-{run.last}" for run in runs)
    return f"{epoch}-{blake2b(text.encode(), digest_size=12).hexdigest()}"
