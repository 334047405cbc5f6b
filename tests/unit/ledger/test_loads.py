"""The ledger with numbers that a reader can follow: passing time, limits, preview."""

from __future__ import annotations

import pytest

from streams.ledger.ledger import Ledger
from streams.ledger.metrics import Metric
from streams.ledger.postings import Postings

NOW = 1_773_800_000_000_000
HOUR = 3_600_000_000
SIZES = {4: 3, 5: 6}
DAY_LONG = Metric.parse("all.minutes.24h")
MEETINGS = Metric.parse("meeting.count.24h")
AHEAD = Metric.parse("all.minutes.ahead7d")


def line(tier: int, lo: int, hi: int, minutes: int, *, start: int = NOW, kind: int = 1) -> Postings:
    return Postings.from_rows([(1, tier, kind, "510000-education", lo, hi, start, minutes, minutes, minutes, 1, 0)])


def loads(ledger: Ledger, metric: Metric) -> list[list[int]]:
    return [ledger.load(metric, tier).tolist() for tier in SIZES]


def test_tiers_do_not_touch_each_other() -> None:
    ledger = Ledger(SIZES, [DAY_LONG, MEETINGS], NOW)
    assert ledger.apply(line(4, 0, 3, 10)) == 6, "three units, two metrics"
    assert ledger.apply(line(5, 0, 2, 7, kind=4)) == 2, "a request is no meeting"
    assert loads(ledger, DAY_LONG) == [[10, 10, 10], [7, 7, 0, 0, 0, 0]]
    assert loads(ledger, MEETINGS) == [[1, 1, 1], [0, 0, 0, 0, 0, 0]]


def test_load_comes_and_goes_with_time() -> None:
    ledger = Ledger(SIZES, [DAY_LONG, AHEAD], NOW)
    ledger.apply(line(5, 1, 3, 40, start=NOW + HOUR))
    assert loads(ledger, AHEAD)[1] == [0, 40, 40, 0, 0, 0]
    assert loads(ledger, DAY_LONG)[1] == [0] * 6
    ledger.advance(NOW + HOUR)
    assert loads(ledger, AHEAD)[1] == [0] * 6
    assert loads(ledger, DAY_LONG)[1] == [0, 40, 40, 0, 0, 0]
    ledger.advance(NOW + 25 * HOUR - 1)
    assert loads(ledger, DAY_LONG)[1] == [0, 40, 40, 0, 0, 0]
    ledger.advance(NOW + 25 * HOUR)
    assert loads(ledger, DAY_LONG)[1] == [0] * 6


def test_a_ledger_only_goes_forward() -> None:
    ledger = Ledger(SIZES, [DAY_LONG], NOW)
    ledger.advance(NOW)
    with pytest.raises(ValueError, match="lies before"):
        ledger.advance(NOW - 1)


def test_over_names_the_units_above_the_limit() -> None:
    ledger = Ledger(SIZES, [DAY_LONG], NOW)
    ledger.apply(line(5, 0, 4, 60))
    ledger.apply(line(5, 2, 6, 1))
    over = ledger.over({DAY_LONG: {4: 0, 5: 60}})
    assert {place: ranks.tolist() for place, ranks in over.items()} == {(DAY_LONG, 4): [], (DAY_LONG, 5): [2, 3]}


def test_preview_names_who_would_cross_and_changes_nothing() -> None:
    ledger = Ledger(SIZES, [DAY_LONG], NOW)
    ledger.apply(line(5, 0, 2, 100))
    ledger.apply(line(5, 2, 4, 50))
    asked = line(5, 1, 6, 30)
    (crossing,) = ledger.preview(asked, {DAY_LONG: {4: 70, 5: 70}})
    assert (crossing.metric, crossing.tier) == (DAY_LONG, 5)
    assert crossing.ranks.tolist() == [2, 3], "ranks 0 and 1 were over before, 4 and 5 stay below"
    assert (crossing.before.tolist(), crossing.after.tolist()) == ([50, 50], [80, 80])
    assert loads(ledger, DAY_LONG)[1] == [100, 100, 50, 50, 0, 0]
    ledger.apply(asked)
    assert loads(ledger, DAY_LONG)[1] == [100, 130, 80, 80, 30, 30]


def test_a_unit_at_its_limit_crosses_and_one_brought_to_it_does_not() -> None:
    ledger = Ledger(SIZES, [DAY_LONG], NOW)
    ledger.apply(line(5, 0, 1, 70))
    ledger.apply(line(5, 1, 2, 69))
    (crossing,) = ledger.preview(line(5, 0, 2, 1), {DAY_LONG: {5: 70}})
    assert crossing.ranks.tolist() == [0]


def test_preview_of_what_does_not_count_now_is_empty() -> None:
    ledger = Ledger(SIZES, [DAY_LONG, MEETINGS], NOW)
    limits = {DAY_LONG: {5: 1}, MEETINGS: {5: 0}}
    assert ledger.preview(line(5, 0, 6, 30, start=NOW + 1), limits) == []
    assert [one.metric for one in ledger.preview(line(5, 0, 6, 30, kind=4), limits)] == [DAY_LONG]


def test_the_digest_tells_units_apart() -> None:
    ledger = Ledger(SIZES, [DAY_LONG], NOW)
    ledger.apply(line(5, 1, 3, 10))
    assert ledger.digest(DAY_LONG, 5) == (20, 2 * 10 + 3 * 10)
    assert ledger.digest(DAY_LONG, 5, 2, 6) == (10, 30)
