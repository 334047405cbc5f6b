"""Why a load changed: the parts add up, and each goes where it belongs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.analysis.decomposition import Side, explained_change

SIDES = st.builds(Side, st.integers(0, 10**5), st.integers(0, 10**8), st.integers(0, 10**11))


@given(st.lists(st.tuples(SIDES, SIDES), max_size=13), st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)))
def test_the_parts_add_up_to_the_change(pairs: list[tuple[Side, Side]], new: tuple[int, int]) -> None:
    found = explained_change(pairs, new)
    assert found.after - found.before == pytest.approx(
        found.volume + found.scope + found.effort + found.coverage, rel=1e-9, abs=1e-2
    )


@pytest.mark.parametrize(
    ("after", "part"),
    [(Side(20, 200, 2000), "volume"), (Side(10, 300, 3000), "scope"), (Side(10, 100, 1500), "effort")],
)
def test_what_moves_alone_is_alone_to_blame(after: Side, part: str) -> None:
    found = explained_change([(Side(10, 100, 1000), after)])
    assert getattr(found, part) == pytest.approx(after.likely - 1000)
    assert {name for name in ("volume", "scope", "effort", "coverage") if abs(getattr(found, name)) > 1e-6} == {part}


def test_a_kind_that_was_not_there_is_volume_and_a_new_sender_is_coverage() -> None:
    found = explained_change([(Side(0, 0, 0), Side(3, 30, 600))], (0, 500))
    assert (found.before, found.after, found.volume, found.coverage) == (0, 1100, 600, 500)
