"""Values for the views' tests: one pulse, one survey, one context, small enough to add up by hand."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from dashboard.data.snapshot import Pulse, Survey
from dashboard.place import Place
from dashboard.settings import Settings
from dashboard.views.context import Context
from dashboard.words import words
from streams.registry import Registry, load
from streams.store.answers import AreaLoad, Coverage, DemandRow, Health, Hotspot, IssuerLoad, Lag, RefusedCount, Series

NOW_US = 1_795_428_000_000_000
"""2026-11-23 18:00 in Asia/Shanghai."""
LAST = date(2026, 11, 23)


@lru_cache(maxsize=1)
def registry() -> Registry:
    return load()


def context(place: Place | None = None, *, lang: str = "en", home: str = "", **settings: object) -> Context:
    told = Settings.model_validate({"access": "demo"} | settings)
    return Context.of(registry(), words(lang), place or Place(lang=lang), home, told)


def health(*, newest_us: int | None = NOW_US - 5_000_000, refused: int = 0, lag: int = 12) -> Health:
    codes = (RefusedCount("//oa.example.cn/office", "invalid", refused),) if refused else ()
    lags = (Lag("tally", 0, lag, 200.0, NOW_US, NOW_US),)
    return Health(NOW_US, 120, 3600, newest_us, newest_us, lags, codes)


def demand(title: str = "报送学生人数") -> DemandRow:
    deadline = NOW_US + 86_400_000_000
    return DemandRow(
        1, "//oa", "e-1", 4, "510000-education", title, "川教函〔2026〕1号", NOW_US, deadline, 30, 60, 90, 1, 3111
    )


def pulse(**changes: object) -> Pulse:
    values: dict[str, object] = {
        "at_us": NOW_US,
        "load": 600_000,
        "receipts": 12_345,
        "health": health(),
        "recent": (demand(),),
    }
    return Pulse(**(values | changes))  # type: ignore[arg-type]


def survey(days: int = 30, kinds: int = 8) -> Survey:
    first = LAST - timedelta(days=days - 1)
    series = np.outer(np.arange(kinds, 0, -1), np.full(days, 6000)).astype(np.int64)
    low = high = count = series
    names = tuple(first + timedelta(days=n) for n in range(days))
    area = AreaLoad("51", 1000, 311_100, 4000, 10, 3111)
    return Survey(
        at_us=NOW_US, first=first, last=LAST, load={"7d": 1_200_000, "30d": 6_000_000},
        load_before={"24h": 300_000, "7d": 1_200_000, "30d": 0},
        series=Series(names, tuple(range(1, kinds + 1)), series, low, high, count),
        places=(AreaLoad("11", 10, 60, 90, 1, 349), area), places_before=(AreaLoad("51", 1, 622_200, 4, 1, 3111),),
        hotspots=(Hotspot("510104017", 0, 1200), Hotspot("510104018", 1, 600)),
        issuers=(IssuerLoad("510000-education", 6000, 3000, 9000, 3111),),
        coverage=Coverage(4, 41_352, 20_676), workdays=frozenset(day for day in names if day.weekday() < 5),
    )  # fmt: skip
