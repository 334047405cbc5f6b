"""What the judge knows and finds: demands as they come against the event rules, loads against theirs, and all that is at hand against the rest.

Flows in: stored events and postings, ``now_us``. Flows out: transitions, stored before anybody hears of them. Touches the store.
Everything comes from the store at the start: after a crash a part is judged again, and what is judged again changes nothing.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import Any, Final

from clickhouse_connect.driver.client import Client

from streams.agents.topics import DEMANDS, partitions
from streams.agents.worker.reconcile import events_from
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.events import Event
from streams.events.log_position import PARTITION_BIT
from streams.ledger.ledger import Ledger
from streams.ledger.metrics import Metric
from streams.registry import Registry
from streams.rules import (
    BUILDERS,
    Feed,
    Issuance,
    Lists,
    LoadWatch,
    Rulebook,
    Transition,
    Truth,
    evaluate,
    gather,
    issuance,
    judge,
    lapsed,
    rebuild,
    rules_of,
    step,
)
from streams.rules.facts import day_of
from streams.store import get_meta, set_meta
from streams.store.findings import StoredTransition, insert_transitions, load_transitions
from streams.store.loads import events_since, newest_events, postings_since

_LOG: Final = logging.getLogger(__name__)
KEY: Final = "judged"
"""Where the store keeps how far the judge has come."""
BATCH: Final = 20_000
WINDOW_DAYS: Final = 120
WINDOW_EVENTS: Final = 100_000
"""Events that relation, quota and absence rules look at, at most: of a larger stream they see the newest (docs/rules.md)."""
RELATED: Final = tuple(table for table in BUILDERS if table != "events")


class Judge:
    """All findings of one installation. One for each installation; owned by one caller."""

    def __init__(
        self, client: Client, registry: Registry, book: Rulebook, calendar: Calendar, lists: Lists, now_us: int
    ) -> None:
        self._client, self._registry, self._book = client, registry, book
        self._calendar, self._lists = calendar, lists
        stored = load_transitions(client)
        self._seq = stored[-1].seq if stored else 0
        self.findings = rebuild(row.transition for row in stored)
        self._cursors: dict[int, int] = {int(k): v for k, v in json.loads(get_meta(client, KEY) or "{}").items()}
        self._window: deque[Event] = deque(maxlen=WINDOW_EVENTS)
        newest = newest_events(client, now_us - WINDOW_DAYS * DAY_US, WINDOW_EVENTS)
        judged = [row for row in newest if row.pos < self._cursors.get(row.pos >> PARTITION_BIT, 0)]
        self._window.extend(events_from(judged).values())
        self._watch = LoadWatch(book, registry, day_of(now_us))
        self._watch.restore(self.findings)
        metrics = tuple({metric for metric, _ in self._watch.metrics})
        self._ledger = Ledger({tier: registry.size(tier) for tier in registry.tiers}, metrics, now_us)
        self._applied = dict.fromkeys(range(partitions(DEMANDS)), 0)

    def events(self, now_us: int) -> tuple[int, list[StoredTransition]]:
        """Judge the events that came since; how many there were, and the transitions, stored."""
        rows = events_since(self._client, self._cursors, BATCH)
        if not rows:
            return 0, []
        events = events_from(rows)
        issued = [one for one in (self._issuance(event) for event in events.values()) if one is not None]
        made = self._step(judge(self._book, issued, self._calendar, self._lists) if issued else [], now_us)
        self._window.extend(events.values())
        for row in rows:
            self._cursors[row.pos >> PARTITION_BIT] = row.pos + 1
        set_meta(self._client, KEY, json.dumps(self._cursors), now_us)
        return len(rows), made

    def loads(self, now_us: int) -> list[StoredTransition]:
        """Judge the load of every unit as it is now."""
        postings, self._applied = postings_since(self._client, self._applied)
        if len(postings):
            self._ledger.apply(postings)
        self._ledger.advance(now_us)
        if self._watch.day != day_of(now_us):
            self._watch.move(day_of(now_us))

        def load(metric: Metric, tier: int) -> Any:
            return self._ledger.load(metric, tier)

        return self._step(self._watch.truths(self._watch.changes(load)), now_us)

    def relations(self, now_us: int) -> list[StoredTransition]:
        """Judge demands against one another, issuers over time, and what did not come; complete, so that what is not found has ended."""
        facts = gather(
            tuple(self._window), self._registry, self._calendar, lists=self._lists, feeds=feeds_of(self._window)
        )
        truths = evaluate(self._book, facts, now_us, RELATED)
        return self._step([*truths, *lapsed(self.findings, truths, rules_of(self._book, RELATED))], now_us)

    def _issuance(self, event: Event) -> Issuance | None:
        return issuance(event, self._registry) if event.verb == "issued" else None

    def _step(self, truths: Sequence[Truth], now_us: int) -> list[StoredTransition]:
        by_finding: dict[str, Truth] = {}
        for truth in truths:
            if truth.holds is not None:
                by_finding[truth.id] = truth
        made = self._numbered(step(self.findings, truths, now_us), by_finding)
        insert_transitions(self._client, made)
        return made

    def _numbered(self, made: Iterable[Transition], truths: dict[str, Truth]) -> list[StoredTransition]:
        out: list[StoredTransition] = []
        for one in made:
            self._seq += 1
            truth = truths.get(one.finding)
            if truth is None:
                out.append(StoredTransition(self._seq, one))
            else:
                out.append(StoredTransition(self._seq, one, truth.exempt, truth.events, truth.inputs))
        return out


def feeds_of(events: Iterable[Event]) -> tuple[Feed, ...]:
    """When each source was heard of."""
    times: defaultdict[str, list[int]] = defaultdict(list)
    for event in events:
        times[event.source].append(event.time_us)
    return tuple(Feed(source, tuple(sorted(found))) for source, found in sorted(times.items()))
