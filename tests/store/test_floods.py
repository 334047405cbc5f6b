"""Pages and exports past every bound: sums are of everything, the worst comes first of all, a file holds all and says how many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client

from dashboard.data.engine import Engine
from dashboard.data.sheets.asks import asks, twice
from dashboard.data.sheets.desk import SHOWN, DeskExport, DeskSheet
from dashboard.place import Place
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.desk.findings import listed
from streams.effort import estimate
from streams.ledger.replay import postings_from
from streams.registry import Registry
from streams.rules import Transition
from streams.store import Scope, insert_postings, reads
from streams.store.findings import StoredTransition, insert_transitions
from tests.store.stored import at, event, put, us_at

pytestmark = pytest.mark.store
UNIT = "510104017"
OPERATOR = Scope("op", "operator", ("",))
NOW_US = us_at(40)


@pytest.fixture
def engine(client: Client, registry: Registry) -> Engine:
    return Engine(client, registry, Calendar.load())


def flood(client: Client, registry: Registry, count: int) -> None:
    offices = ("education", "health", "office")
    events = [
        event(
            f"q{n}", "request.issued", 40 * n / count, issuer=f"510104-{offices[n % 3]}", title=f"表{n}", effort_minutes=10 + n % 7,
            reach={"units": [UNIT]}, deadline_at=at(45), items=[{"element": f"e{n % 40}"}],
        )
        for n in range(count)
    ]  # fmt: skip
    put(client, events)
    postings = postings_from(events, registry, estimate, us_at(60))
    places = (np.arange(count, dtype=np.uint64) % 2 << np.uint64(44)) | np.arange(count, dtype=np.uint64)
    shards, reach = registry.shards(8), registry.resolve(events[0].data.reach)
    shard = next(number for number in range(8) if shards.clip(reach, number))
    insert_postings(client, replace(postings, key=places[postings.key]), shard=shard, run=1)


def test_who_asks_for_what_adds_up_to_the_load_however_much_it_is(
    client: Client, registry: Registry, engine: Engine
) -> None:
    flood(client, registry, 2_000)
    found = asks(engine, OPERATOR, UNIT, NOW_US)
    month = sum(ask.likely for ask in found if NOW_US - 30 * DAY_US < ask.start_us <= NOW_US)
    assert month == reads.unit_load(client, OPERATOR, registry, UNIT, ("all.minutes.30d",), NOW_US)["all.minutes.30d"]
    assert month > 0
    assert len(found) == 2_000
    assert sum(ask.deadline_us is not None and ask.deadline_us >= NOW_US for ask in found) == 2_000
    assert twice(found, NOW_US), "the same element is asked by several issuers"


def finding(number: int, rule: str, layer: str, value: float, at_us: int) -> StoredTransition:
    return StoredTransition(
        number,
        Transition(
            f"{number:032x}", rule, f"event:s#{number}", "", "inactive", "firing", True, at_us, at_us, 1, value, 1.0, "national@2024-08-06",
            layer, 0, 0, "510104-education", "510104",  # type: ignore[arg-type]
        ),
    )  # fmt: skip


def test_the_worst_comes_first_of_all_and_files_hold_all(client: Client, registry: Registry, engine: Engine) -> None:
    rows = [finding(1, "R04-principal", "breach", 9.0, us_at(0))]
    rows += [finding(2 + n, "R05-merge", "fact", 1.0, us_at(1)) for n in range(3 * SHOWN)]
    insert_transitions(client, rows)
    place = Place(area="510104")
    shown = DeskSheet.read(engine, OPERATOR, place, NOW_US)
    assert [(one.rule, one.count) for one in shown.groups] == [("R04-principal", 1), ("R05-merge", 3 * SHOWN)]
    assert (shown.groups_in_all, shown.total) == (2, len(rows))
    one_by_one = DeskSheet.read(engine, OPERATOR, replace(place, issuer="510104-education"), NOW_US)
    assert len(one_by_one.rows) == SHOWN
    assert one_by_one.rows[0].last.finding == rows[0].transition.finding
    assert one_by_one.total == len(rows), "it says how many it leaves out"
    whole = DeskExport.read(engine, OPERATOR, place, NOW_US)
    assert (len(whole.rows), whole.total) == (len(rows), len(rows))
    one = DeskExport.read(engine, OPERATOR, replace(place, layer="breach"), NOW_US)
    assert (len(one.rows), one.total) == (1, 1)
    nobodys = DeskExport.read(engine, OPERATOR, replace(place, issuer="none"), NOW_US)
    assert (len(nobodys.rows), nobodys.total) == (0, 0), "a file says of how many of its own filter"
    first = listed(client, OPERATOR, registry, "510104", "firing", "", 5)
    assert first[0]["finding"] == rows[0].transition.finding
