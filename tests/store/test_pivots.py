"""Pivots against the reads of the situation page and against counts made by hand, on a real store."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from clickhouse_connect.driver.client import Client

from streams.calendars.periods import DAY_US
from streams.registry import Registry
from streams.store import OutOfScope, Scope, reads
from streams.store.pivots import DIMENSIONS, REST, Crossing, Pivot, pivot
from tests.browser.sample import Sample

pytestmark = pytest.mark.store
NOON_US = 1_772_510_400_000_000  # 2026-03-03 12:00 in Shanghai
FIRST, LAST = date(2026, 1, 20), date(2026, 3, 3)
TIERS = ("township", "village")
LEADER = Scope("leader", "leadership", ("",))
HUNAN = Scope("hunan", "supervisor", ("43",))
TOWN = Scope("town", "unit", ("510104017",))
OFFICE = Scope("office", "issuer", (), ("510104-education",))


@pytest.fixture(scope="module")
def filled(migrated: Client, registry: Registry) -> Client:
    """Some weeks of a small country, over two months and a week's end."""
    from streams.store.schema import tables

    for name, definition in tables(migrated).items():
        if definition.startswith("CREATE TABLE"):
            migrated.command(f"TRUNCATE TABLE {name}")
    made = Sample(migrated, registry, NOON_US)
    made.fill(days=45)
    made.demand("510104-education", "request", "510104", "township", NOON_US - DAY_US, 60, "报送")
    made.demand("510000-health", "document", "5101", "village", NOON_US - 33 * DAY_US, 20, "通知")
    made.flush()
    return migrated


@pytest.mark.parametrize("area", ["", "51", "5101", "510104", "510104017"])
@pytest.mark.parametrize("rows", DIMENSIONS)
def test_totals_are_those_of_the_situation_page(filled: Client, registry: Registry, area: str, rows: str) -> None:
    load = reads.area_load(filled, LEADER, registry, area, FIRST, LAST, tiers=TIERS)
    found = pivot(filled, LEADER, registry, area, FIRST, LAST, Crossing(rows, "" if rows == "kind" else "kind"))
    assert found.total[2:6] == (load.low, load.likely, load.high, load.receipts)
    assert load.likely > 0
    for part in (found.rows, found.columns, found.cells):
        assert not part or sum(one.likely for one in part) == load.likely


def test_every_pair_of_dimensions_adds_up(filled: Client, registry: Registry) -> None:
    load = reads.area_load(filled, LEADER, registry, "51", FIRST, LAST, tiers=TIERS)
    for rows, columns in permutations(DIMENSIONS, 2):
        if columns != "issuer":
            found = pivot(filled, LEADER, registry, "51", FIRST, LAST, Crossing(rows, columns))
            assert _sums(found) == {(load.likely, load.receipts)}, (rows, columns)


def _sums(found: Pivot) -> set[tuple[int, int]]:
    parts = (found.rows, found.columns, found.cells, (found.total,))
    return {(sum(one.likely for one in part), sum(one.receipts for one in part)) for part in parts}


def test_rows_are_those_of_the_reads_by_place_kind_day_and_issuer(filled: Client, registry: Registry) -> None:
    here = filled, LEADER, registry, "51", FIRST, LAST
    places = {one.code: one.likely for one in reads.area_totals(*here, tiers=TIERS) if one.likely}
    assert {one.row: one.likely for one in pivot(*here, Crossing("place", "month")).rows} == places
    kinds = {str(one.kind): one.likely for one in reads.kind_shares(*here, tiers=TIERS)}
    assert {one.row: one.likely for one in pivot(*here, Crossing("kind", "line")).rows} == kinds
    series = reads.area_series(*here, tiers=TIERS)
    days = {day.isoformat(): int(one) for day, one in zip(series.days, series.likely.sum(axis=0), strict=True) if one}
    assert {one.row: one.likely for one in pivot(*here, Crossing("day", "place")).rows} == days
    months: dict[str, int] = defaultdict(int)
    for day, one in days.items():
        months[f"{day[:7]}-01"] += one
    assert {one.row: one.likely for one in pivot(*here, Crossing("month", "tier")).rows} == months
    issuers = {one.issuer: one.likely for one in reads.top_issuers(*here, n=10_000)}
    found = {one.row: one.likely for one in pivot(*here, Crossing("issuer", limit=10_000)).rows}
    assert found == issuers


def test_rows_that_are_cut_stay_in_the_totals_and_are_counted(filled: Client, registry: Registry) -> None:
    here = filled, LEADER, registry, "51", FIRST, LAST
    whole, cut = (pivot(*here, Crossing("issuer", "kind", limit=n)) for n in (10_000, 3))
    assert whole.cut == 0
    assert cut.cut == len(whole.rows) - 3
    assert [one.row for one in cut.rows] == [*(one.row for one in whole.rows[:3]), REST]
    assert cut.total == whole.total
    assert cut.columns == whole.columns
    assert cut.rows[-1].likely == sum(one.likely for one in whole.rows[3:])


def test_filters_and_levels_and_demands_counted_once(filled: Client, registry: Registry) -> None:
    here = filled, LEADER, registry, "510104", date(2026, 3, 2), date(2026, 3, 2)
    lo, hi = registry.range_of("510104", registry.tier_id("township"))
    asked = Crossing("level", "line", issuer="510104-education", kinds=(4,), tiers=("township",), order="demands")
    (one,) = pivot(*here, asked).cells
    assert (one.row, one.column, one.demands, one.receipts) == ("county", "education", 1, hi - lo)
    levels = {cell.row for cell in pivot(filled, LEADER, registry, "51", FIRST, LAST, Crossing("level")).rows}
    assert levels <= {
        registry.issuer(row.issuer).level for row in reads.top_issuers(*here[:3], "51", FIRST, LAST, n=999)
    }
    assert "province" in levels
    some = pivot(
        filled, LEADER, registry, "51", FIRST, LAST, Crossing("issuer", lines=("health",), levels=("province",))
    )
    assert {cell.row for cell in some.rows} == {"510000-health"}


@pytest.mark.parametrize("scope", [HUNAN, TOWN, OFFICE, replace(LEADER, areas=())], ids=lambda one: one.who)
def test_outsiders_have_no_access(filled: Client, registry: Registry, scope: Scope) -> None:
    for area in ("", "51", "510104017"):
        with pytest.raises(OutOfScope):
            pivot(filled, scope, registry, area, FIRST, LAST, Crossing("place"))


def test_what_cannot_be_crossed_is_refused(filled: Client, registry: Registry) -> None:
    for asked in (Crossing("kind", "kind"), Crossing("x"), Crossing("kind", "issuer"), Crossing("kind", order="x")):
        with pytest.raises(ValueError, match="must be|rows are"):
            pivot(filled, LEADER, registry, "51", FIRST, LAST, asked)
