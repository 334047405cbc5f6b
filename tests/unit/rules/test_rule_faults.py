"""A rule that cannot be asked is set aside with its error and rows; all others go on; packs that could divide by zero are refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from streams.rules import Rulebook, RuleFailed, judged, load, shipped, truths
from streams.rules.pack import Pack
from streams.rules.predicates import PredicateError, parsed
from streams.rules.tables import TABLES


def pack(*rules: dict[str, Any]) -> Pack:
    head = {
        "version": 1,
        "kind": "rule-pack",
        "name": "own",
        "title": {"zh": "自", "en": "own"},
        "area": "",
        "from": "2020-01-01",
    }
    made = [
        {"title": {"zh": "规", "en": "rule"}, "basis": {"instrument": "x"}, "family": "quota", "table": "quotas", "layer": "notice"}
        | {"severity": "low", "tell": ["issuer"]} | rule
        for rule in rules
    ]  # fmt: skip
    return Pack.model_validate(head | {"source": {"title": "x"}, "rules": made})


def rows(*used: tuple[int, int | None]) -> pl.DataFrame:
    schema = TABLES["quotas"].schema
    made = [
        dict.fromkeys(schema)
        | {"subject": f"issuer:{n}", "period": "2026", "area": "11", "issuer": "x", "place": "11", "day": date(2026, 3, 2)}
        | {"used": count, "last_year": last, "events": [], "exempting": [], "what": "ab" if n else "12"}
        for n, (count, last) in enumerate(used)
    ]  # fmt: skip
    return pl.DataFrame(made, schema=schema)


def test_one_rule_that_fails_is_set_aside_and_the_others_are_asked() -> None:
    fails = {"id": "R02-fails", "value": "CAST(what AS BIGINT)", "limit": 1}
    works = {"id": "R02-works", "value": "used", "limit": 1}
    book = Rulebook([pack(fails, works)])
    found = judged(rows((5, 2), (7, 0), (9, None)), book, "quotas")
    assert [truth.value for truth in found.truths if truth.rule == "R02-works"] == [5, 7, 9]
    (fault,) = found.faults
    assert (fault.rule, fault.edition, fault.table) == ("R02-fails", "own@2020-01-01", "quotas")
    assert fault.rows == ("issuer:1", "issuer:2")
    assert "conversion" in fault.error
    with pytest.raises(RuleFailed, match="R02-fails of own@2020-01-01"):
        truths(rows((5, 2), (7, 0)), book, "quotas")


@pytest.mark.parametrize(
    "sql",
    ["used / last_year", "used * 1.0 / last_year", "used % last_year", "used / 0", "used / 0.0", "used /(last_year)"],
)
def test_a_division_by_what_may_be_zero_is_no_predicate(sql: str) -> None:
    with pytest.raises(PredicateError, match="NULLIF"):
        parsed(sql, "quotas")


@pytest.mark.parametrize(
    "sql", ["used / NULLIF(last_year, 0)", "used / 2", "used / 0.5", "used % 7", "what like '1/x%'"]
)
def test_divisions_that_cannot_fail_are_good(sql: str) -> None:
    parsed(sql, "quotas")


def test_nothing_against_nothing_accuses_nobody() -> None:
    book = Rulebook([pack({"id": "R02-share", "value": "burn / NULLIF(burn_30d, 0)", "limit": 1})])
    frame = rows((1, 1)).with_columns(burn=pl.lit(float("inf")), burn_30d=pl.lit(float("inf")))
    assert judged(frame, book, "quotas") == ([], [])


def test_two_lawful_documents_a_year_apart_break_no_rule_of_the_shipped_packs() -> None:
    book = Rulebook(load(shipped()))
    assert not judged(rows((1, 0), (0, 0), (1, None), (400, 1)), book, "quotas").faults
