"""Places whose neighbourhood is high beyond chance: Getis-Ord Gi*, and which of many tests are discoveries.

Pure. Flows in: a value for each place, who is near whom. Flows out: standard deviations, numbers of places.
Sources: Getis and Ord, Geographical Analysis 24 (1992), in the standardised form of Ord and Getis 27 (1995); Benjamini and Hochberg,
JRSS B 57 (1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def gi_star(values: Floats, near: Sequence[Sequence[int]]) -> Floats:
    """Gi* with equal weights of a place and its neighbours (``near`` holds the place itself), in standard deviations; 0 where all are equal."""
    n, mean = len(values), float(values.mean())
    spread = sqrt(max(0.0, float((values**2).mean()) - mean**2))
    out = np.zeros(n)
    for place, around in enumerate(near):
        k = len(around)
        scale = spread * sqrt((n * k - k**2) / (n - 1)) if n > 1 else 0.0
        out[place] = (float(values[list(around)].sum()) - mean * k) / scale if scale else 0.0
    return out


def upper_tail(z: Floats) -> Floats:
    """The chance of at least so many standard deviations, one-sided."""
    return np.array([erfc(one / sqrt(2)) / 2 for one in z])


def discoveries(p: Floats, level: float) -> list[int]:
    """The places whose test is passed when all are made at once and ``level`` of those passed may be false; the surest first."""
    order = np.argsort(p, kind="stable")
    passed = np.flatnonzero(p[order] <= level * np.arange(1, len(p) + 1) / len(p))
    return [int(place) for place in order[: int(passed[-1]) + 1]] if len(passed) else []
