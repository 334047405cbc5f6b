"""Every shipped rule over extreme rows of its table: none raises, and no value that it gives is no number or without end."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.events.model import KIND_IDS
from streams.rules import Rulebook, judged, load, shipped
from streams.rules.tables import TABLES

BOOK = Rulebook(load(shipped()))
WORDS: tuple[str, ...] = (
    "",
    "principal",
    "deputy",
    "either",
    "county",
    "township",
    "village",
    "综合",
    "专项",
    "综合性",
    "调研",
    "大督查",
    "video",
    "onsite",
    "meeting",
)
WORDS += (
    "document",
    "inspection",
    "request",
    "app:grassroots",
    "meeting:综合",
    "cooperate",
    "off-list",
    "explain",
    "NEG-1",
    "统计'\"%\\",
    "长" * 500,
)
FINITE = st.sampled_from((0.0, -0.0, 1.0, -1.0, 1e-320, 1e308, -1e308, 0.99, 1.0000001))
COUNTS = st.sampled_from((0, 1, -1, 2, 5, 60, 181, 366, 2**31, 2**62, -(2**62)))
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    pl.String: st.sampled_from(WORDS),
    pl.Boolean: st.booleans(),
    pl.Int64: COUNTS,
    pl.Float64: st.one_of(FINITE, st.sampled_from((math.nan, math.inf, -math.inf))),
    pl.Date: st.sampled_from((date(2024, 8, 6), date(2026, 3, 2), date(1970, 1, 1))),
}
NEVER_NULL = {
    "subject": st.sampled_from(("event:a#b", "issuer:510104-education")),
    "period": st.sampled_from(("", "2026")),
    "issuer": st.sampled_from(("", "510104-education")),
    "place": st.sampled_from(("", "510104")),
    "area": st.sampled_from(("", "510104", "220102", "620724", "320102", "620921")),
    "kind": st.sampled_from(("", *KIND_IDS)),
    "day": VALUES[pl.Date],
    "events": st.sampled_from(([], ["a#b"])),
    "exempting": st.sampled_from(([], ["emergency"])),
}
ASKED = tuple(table for table in TABLES if table != "units" and BOOK.variants(table))


def rows_of(table: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    columns: dict[str, st.SearchStrategy[Any]] = {}
    for name, kind in TABLES[table].schema.items():
        values = st.sampled_from(([], [""], ["form"] * 300)) if kind == pl.List(pl.String) else VALUES[kind]
        columns[name] = NEVER_NULL[name] if name in NEVER_NULL else st.one_of(st.none(), values)
    return st.lists(st.fixed_dictionaries(columns), max_size=6)


@pytest.mark.parametrize("table", ASKED)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_no_shipped_rule_raises_or_gives_what_is_no_number(table: str, data: st.DataObject) -> None:
    frame = pl.DataFrame(data.draw(rows_of(table)), schema=TABLES[table].schema)
    found = judged(frame, BOOK, table)
    assert found.faults == []
    assert all(math.isfinite(truth.value) for truth in found.truths)
    assert all(truth.value is not None for truth in found.truths)


def test_every_shipped_rule_stands_in_a_table_that_is_asked() -> None:
    named = {standing.rule.table for table in TABLES for standing in BOOK.variants(table)}
    assert named == {*ASKED, "units"}
