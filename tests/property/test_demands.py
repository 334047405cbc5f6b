"""One demand, one truth: for any order and any subset of a history, ledger, rules and replay speak of the same state."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calendars import Calendar
from streams.demands import state_of, states_of
from streams.events import Effort, decode
from streams.ledger.lifecycle import demand_of
from streams.registry import Registry
from streams.rules import gather
from tests.property.event_sets import event_sets
from tests.property.small_country import country

CALENDAR = Calendar.load()
LATE_US = 4_000_000_000_000_000


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return country(tmp_path_factory.mktemp("small"))


@given(st.data())
def test_ledger_and_rules_see_one_demand(small: Registry, data: st.DataObject) -> None:
    documents: list[dict[str, Any]] = data.draw(event_sets())
    kept = [one for one in documents if one["id"].startswith("i") or data.draw(st.booleans())]
    known = [decode(json.dumps(one).replace("510000-", "110000-").encode()) for one in kept]
    shuffled = data.draw(st.permutations([*known, *known[:2]]))
    facts = gather(shuffled, small, CALENDAR, now_us=LATE_US)
    views = {view.name: view for view in (*facts.issued, *facts.withdrawn)}
    for state in states_of(shuffled):
        issued = state.issued
        assert state == state_of(issued, known), "order and repetition change nothing"
        demand = demand_of(issued, shuffled, key=1, resolve=small.resolve, estimate=lambda _k, _d: Effort(1, 2, 3))
        view = views[f"{issued.source}#{issued.id}"]
        assert (view.ranges, view.data.issuer, view.ended_us) == (demand.ranges, demand.issuer, state.ended_us)
        assert view.data.recurrence == demand.recurrence
        assert demand.void == state.is_void
        assert demand.cutoff_us == state.cutoff_us
        stands = view in facts.issued
        assert stands == (state.gone(LATE_US) in ("", "ended"))
        assert not (stands and demand.void)
