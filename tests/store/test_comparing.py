"""A feed that begins is no burden that grows: periods are compared from the day on which every notable kind is there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from dashboard.data.engine import Engine
from streams.calendars import Calendar
from streams.events import KIND_IDS
from streams.ledger.postings import Postings
from streams.registry import Registry
from streams.store import insert_postings
from streams.store.comparing import alike, comparable_since

pytestmark = pytest.mark.store

TODAY = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0)


def posted(client: Client, kind: str, first: int, last: int, minutes: int, run: int) -> None:
    """A demand a day of a kind, from ``first`` to ``last`` days ago."""
    days = range(last, first + 1)
    n = len(days)
    starts = [int((TODAY - timedelta(days=day)).timestamp() * 1e6) for day in days]
    rows = Postings(
        key=np.arange(run * 10_000, run * 10_000 + n, dtype=np.uint64), tier=np.full(n, 4, np.uint8),
        kind=np.full(n, KIND_IDS[kind], np.uint8), issuer=np.full(n, "510000-office", object), lo=np.zeros(n, np.uint32),
        hi=np.full(n, 10, np.uint32), start_us=np.array(starts, np.int64), low=np.full(n, minutes, np.int64),
        likely=np.full(n, minutes, np.int64), high=np.full(n, minutes, np.int64), n=np.ones(n, np.int64), point=np.zeros(n, np.uint8),
    )  # fmt: skip
    insert_postings(client, rows, shard=np.zeros(n, np.uint8), run=run, issuers=rows.issuer.tolist(), causes=rows.key)


def ago(days: int) -> date:
    return (TODAY - timedelta(days=days) + timedelta(hours=8)).date()


def test_a_kind_that_began_later_bounds_every_comparison(client: Client) -> None:
    assert comparable_since(client) is None
    posted(client, "request", 400, 0, 60, 1)
    since = comparable_since(client)
    assert since is not None
    assert ago(400) <= since <= ago(396)
    posted(client, "meeting", 50, 0, 600, 2)
    since = comparable_since(client)
    assert since is not None
    assert ago(50) <= since <= ago(48)
    assert alike(since, ago(14))
    assert not alike(since, ago(60))
    posted(client, "app", 5, 0, 1, 3)
    assert comparable_since(client) == since, "a kind with a hundredth of the load makes no trend"


def test_nothing_known_forbids_nothing() -> None:
    assert alike(None, ago(800))


def test_the_answer_is_kept_for_a_minute(client: Client, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, clock = Engine(client, registry, Calendar.load()), [1_000.0]
    monkeypatch.setattr("dashboard.data.engine.time.monotonic", lambda: clock[0])
    first = engine.since()
    posted(client, "inspection", 3, 0, 6_000_000, 9)
    assert engine.since() == first
    clock[0] += 61
    later = engine.since()
    assert later is not None
    assert later >= ago(3)
    assert later != first
