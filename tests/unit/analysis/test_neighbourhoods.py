"""Neighbourhoods beyond chance are found by the definitions of those who named them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.analysis.neighbourhoods import discoveries, gi_star, upper_tail


def test_gi_star_is_its_definition() -> None:
    draw = np.random.default_rng(3)
    values = draw.lognormal(size=40)
    near = [sorted({n, (n + 1) % 40, int(draw.integers(40))}) for n in range(40)]
    mean, spread = values.mean(), np.sqrt((values**2).mean() - values.mean() ** 2)
    for place, around in enumerate(near):
        w = np.zeros(40)
        w[around] = 1
        scale = spread * np.sqrt((40 * (w**2).sum() - w.sum() ** 2) / 39)
        assert gi_star(values, near)[place] == pytest.approx(((w * values).sum() - mean * w.sum()) / scale)
    assert (gi_star(np.ones(5), [[n] for n in range(5)]) == 0).all(), "nothing stands out where all are equal"


def test_the_upper_tail_is_that_of_the_normal_distribution() -> None:
    assert upper_tail(np.array([0.0, 1.6448536, 2.3263479])) == pytest.approx([0.5, 0.05, 0.01], abs=1e-7)


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.01, 0.5))
def test_discoveries_are_those_of_the_step_up_procedure(chances: list[float], level: float) -> None:
    ranked = sorted(chances)
    bound = max((one for n, one in enumerate(ranked, 1) if one <= level * n / len(ranked)), default=-1.0)
    found = discoveries(np.array(chances, np.float64), level)
    assert sorted(found) == [n for n, one in enumerate(chances) if one <= bound]
    assert [chances[n] for n in found] == sorted(chances[n] for n in found)
