"""Metrics: which kind, which measure, over which window.

Pure. Flows in: ``KIND.MEASURE.WINDOW`` and an instant. Flows out: the half-open interval of starts that counts at that instant.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from streams.calendars import PERIODS, period_bounds
from streams.events.model import KIND_IDS, KINDS

MEASURES: Final = ("minutes", "minutes_low", "minutes_high", "count")
COLUMNS: Final = {"minutes": "likely", "minutes_low": "low", "minutes_high": "high", "count": "n"}
"""The posting's column of each measure."""
_HOUR: Final = 3_600_000_000
SLIDING: Final = {"24h": 24 * _HOUR, "7d": 168 * _HOUR, "30d": 720 * _HOUR, "365d": 8_760 * _HOUR}
AHEAD: Final = {"ahead7d": 168 * _HOUR, "ahead30d": 720 * _HOUR}
WINDOWS: Final = (*SLIDING, *PERIODS, *AHEAD)
FARTHEST_AHEAD_US: Final = max(AHEAD.values())


class Metric(NamedTuple):
    """One metric; ``kind`` is a number of KIND_IDS, 0 means all."""

    kind: int
    measure: str
    window: str

    @classmethod
    def parse(cls, text: str) -> Metric:
        """The metric of ``KIND.MEASURE.WINDOW``. Raises ValueError that names the wrong part."""
        parts = text.split(".")
        if len(parts) != 3:
            raise ValueError("must be KIND.MEASURE.WINDOW, for example all.minutes.7d")
        kind, measure, window = parts
        if kind != "all" and kind not in KIND_IDS:
            raise ValueError(f"unknown kind {kind!r}; use all, {', '.join(KINDS)}")
        if measure not in MEASURES:
            raise ValueError(f"unknown measure {measure!r}; use {', '.join(MEASURES)}")
        if window not in WINDOWS:
            raise ValueError(f"unknown window {window!r}; use {', '.join(WINDOWS)}")
        return cls(KIND_IDS.get(kind, 0), measure, window)

    def __str__(self) -> str:
        return f"{KINDS[self.kind - 1] if self.kind else 'all'}.{self.measure}.{self.window}"


def interval(window: str, t_us: int) -> tuple[int, int]:
    """``(after, until)``: a start s counts at ``t_us`` when after < s <= until. Both grow with t."""
    if window in SLIDING:
        return t_us - SLIDING[window], t_us
    if window in AHEAD:
        return t_us, t_us + AHEAD[window]
    return period_bounds(window, t_us)[0] - 1, t_us


_LIVE: Final = """
all.minutes.24h all.minutes.7d all.minutes.30d all.minutes.day all.minutes.week all.minutes.month all.minutes.ahead7d
all.minutes.ahead30d all.minutes_low.7d all.minutes_high.7d all.count.24h all.count.7d all.count.30d all.count.day
meeting.minutes.7d document.minutes.7d inspection.minutes.30d request.minutes.7d request.count.7d checkin.count.7d
"""
LIVE: Final = tuple(Metric.parse(text) for text in _LIVE.split())
"""What a worker keeps at hand for every unit; any other metric is computed from postings when it is asked for."""
