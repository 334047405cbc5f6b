"""Briefs made by hand, for tests of what is said and written of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from streams.brief.model import Brief, Covered, Entry, OpenRule, Quota, Ranking, Wish

NOON_US: Final = 1_772_510_400_000_000
"""2026-03-03 12:00 in Shanghai."""
UNTIL: Final = date(2026, 3, 3)
AREA: Final = Wish("area", "51", "month", UNTIL)


def brief(**other: Any) -> Brief:
    """A province: 1,200 person-hours, 1,000 before, covered alike."""
    whole: dict[str, Any] = {
        "wish": AREA, "at_us": NOON_US, "likely": 72_000, "before": 60_000, "count": 400, "count_before": 300,
        "days": tuple((UNTIL - timedelta(days=29 - n), 60 * n) for n in range(30)),
        "rankings": (
            Ranking("places", (Entry("5101", 60_000, units=100, before=50_000), Entry("5103", 12_000, units=60, before=10_000)), 3, 600),
            Ranking("hotspots", (Entry("510104017", 9_000),), 5),
            Ranking("issuers", (Entry("510000-education", 40_000, 20_000, 60_000, 200), Entry("510100-health", 32_000, 1, 40_000, 200))),
            Ranking("kinds", (Entry("4", 43_200, landed=300), Entry("1", 28_800, landed=100))),
        ),
        "rules": (OpenRule("R11-short-notice", "通知时间过短", "Short notice", "breach", 4),), "rules_more": 0, "quotas": (), "quotas_more": 0,
        "coverage": Covered("township", 200, 190, 180, 178), "newest_us": NOON_US - 60_000_000, "version": "2023",
        "low": 40_000, "high": 100_000,
    }  # fmt: skip
    return Brief(**whole | other)


QUOTA: Final = Quota(
    "R02-over-plan", "会议数超过计划或总量", "More meetings than planned", "510000-education", 14.0, 12.0
)
