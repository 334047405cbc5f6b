"""What is kept of recent events changes no answer: with any of them forgotten the events about a demand are the same."""

from __future__ import annotations

import pytest
from clickhouse_connect.driver.client import Client

from streams.agents.worker.recent import RecentEvents
from streams.agents.worker.reconcile import events_from
from streams.store import events_about
from tests.store.stored import event, put

pytestmark = pytest.mark.store


@pytest.mark.parametrize("kept", [0, 1, 2, 100])
def test_kept_or_read_the_events_are_the_same(client: Client, kept: int) -> None:
    events = [
        event("a", "request.issued", 0, issuer="510104-education", title="报表", reach={"areas": ["510104"], "tiers": ["township"]}),
        event("b", "request.amended", 1, issuer="510104-education", amends="a", title="报表二"),
        event("c", "request.issued", 1, issuer="510104-education", title="别的", reach={"areas": ["510104"], "tiers": ["township"]}),
        event("d", "request.withdrawn", 2, issuer="510104-education", withdraws="a"),
    ]  # fmt: skip
    put(client, events)
    stored = events_from(events_about(client, [one.ident for one in events]))
    recent = RecentEvents(kept)
    for pos, one in stored.items():
        recent.add([(pos, one)])
    about = recent.about(client, [events[0].ident])
    assert about == events_from(events_about(client, [events[0].ident]))
    assert list(about) == sorted(about)
    assert {one.id for one in about.values()} == {"a", "b", "d"}
    assert len(recent._young) + len(recent._old) <= max(2 * kept, kept + 1)
