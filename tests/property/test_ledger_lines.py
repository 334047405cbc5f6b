"""The lines that a ledger holds, against a plain list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from streams.ledger import lines
from streams.ledger.lines import LineStore, Run, ascending

STARTS = st.lists(st.integers(-(2**62), 2**62) | st.integers(0, 50), max_size=60)
STEPS = st.lists(st.tuples(st.lists(st.integers(0, 400), max_size=12), st.integers(0, 30)), max_size=60)


@given(STARTS)
def test_ascending_is_a_stable_sort(starts: list[int]) -> None:
    array = np.array(starts, np.int64)
    assert ascending(array).tolist() == np.argsort(array, kind="stable").tolist()


@pytest.fixture(scope="module")
def compactions() -> Any:
    """Small bounds, so that runs are merged and room is given back in small tests; counts how often it was given back."""
    seen = 0
    compact: Callable[[LineStore], None] = LineStore._compact

    def counted(store: LineStore) -> None:
        nonlocal seen
        seen += 1
        compact(store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "RUNS_BOUND", 4)
        patch.setattr(lines, "_FEW", 8)
        patch.setattr(lines, "_MANY", 16)
        patch.setattr(LineStore, "_compact", counted)
        yield lambda: seen


@pytest.mark.usefixtures("compactions")
@given(STEPS)
def test_every_line_that_is_needed_is_found_once(steps: list[Any]) -> None:
    store, until, number = LineStore(("lo", "n")), 0, 0
    plain: list[tuple[int, int]] = []
    for starts, passed in steps:
        until += passed
        n = np.arange(number, number + len(starts))
        number += len(starts)
        columns: dict[str, NDArray[Any]] = {"lo": np.array(starts, np.int32), "n": n}
        store.add(columns, Run.of(np.array(starts, np.int64)), drop_until=until)
        plain += zip(starts, n.tolist(), strict=True)
        for after, end in ((until, until + 40), (until + 7, 10**6), (until, until)):
            found = [place for places in store.between(after, end) for place in places.tolist()]
            told = sorted((int(store.columns["lo"][place]), int(store.columns["n"][place])) for place in found)
            assert told == sorted(line for line in plain if after < line[0] <= end)


def test_room_is_given_back(compactions: Callable[[], int]) -> None:
    before, store = compactions(), LineStore(("n",))
    for hour in range(500):
        starts = np.full(3, hour, np.int64)
        store.add({"n": starts}, Run.of(starts), drop_until=hour - 10)
    assert compactions() > before
    assert len(store.columns["n"]) < 200
    assert len(store) < 100
