"""Why a load changed: how much of the change comes from more demands, wider reach, more effort, or senders that were not heard of before.

Pure. Flows in: two periods by kind. Flows out: shares that add up to the change exactly. The method is the logarithmic mean Divisia index
(LMDI-I, Ang 2005): load = demands x units per demand x minutes per unit; it leaves no rest and does not depend on an order of the factors.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log


@dataclass(frozen=True)
class Side:
    """One kind in one period: demands, units times occurrences, person-minutes."""

    demands: int
    receipts: int
    likely: int


@dataclass(frozen=True)
class Change:
    """Person-minutes; volume + scope + effort + coverage = after - before."""

    before: int
    after: int
    volume: float
    scope: float
    effort: float
    coverage: float


def explained_change(pairs: Iterable[tuple[Side, Side]], new: tuple[int, int] = (0, 0)) -> Change:
    """``pairs``: each kind before and after; ``new``: person-minutes before and after of senders not heard of until then.

    A kind that one of the periods lacks counts as volume.
    """
    before, after = new
    volume = scope = effort = 0.0
    for old, now in pairs:
        before, after = before + old.likely, after + now.likely
        if min(old.demands, old.receipts, old.likely, now.demands, now.receipts, now.likely) <= 0:
            volume += now.likely - old.likely
            continue
        mean = _log_mean(now.likely, old.likely)
        volume += mean * log(now.demands / old.demands)
        scope += mean * log((now.receipts / now.demands) / (old.receipts / old.demands))
        effort += mean * log((now.likely / now.receipts) / (old.likely / old.receipts))
    return Change(before, after, volume, scope, effort, float(new[1] - new[0]))


def _log_mean(a: int, b: int) -> float:
    return float(a) if a == b else (a - b) / log(a / b)
