"""Rules speak to people: every column that a shipped rule looks at and every unit of a limit has words in Chinese."""

from __future__ import annotations

import re

import pytest

from streams.rules import load, shipped, wording
from streams.rules.tables import TABLES
from streams.rules.wording import COLUMNS, EXEMPTIONS, UNITS, amount, column, measured, value_of

CHINESE = re.compile(r"[\u4e00-\u9fff]")
RULES = [rule for pack in load(shipped()) for rule in pack.rules]


def test_every_column_and_unit_of_the_shipped_rules_has_its_words() -> None:
    columns = {
        name
        for rule in RULES
        for name in re.findall(r"[a-z_]+", f"{rule.when} {rule.value}")
        if name in TABLES[rule.table].schema
    }
    assert sorted(columns - COLUMNS.keys()) == []
    assert sorted({rule.unit for rule in RULES} - UNITS.keys()) == []
    assert sorted({name for rule in RULES for name in rule.exempt} - EXEMPTIONS.keys()) == []
    assert wording.TABLES.keys() == TABLES.keys()
    assert all(CHINESE.search(text) for text in [*COLUMNS.values(), *UNITS.values()])
    assert len(set(COLUMNS.values())) == len(COLUMNS), "two columns with one name"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_arithmetic_is_a_sentence_in_the_reader_s_language(rule: object) -> None:
    for value in (0.0, 0.25, 1.0, 177.0, 12_345.5):
        zh = measured(value, 100, rule.unit, rule.holds, True, "zh")  # type: ignore[attr-defined]
        assert not re.search(r"[A-Za-z_]", zh), zh
        assert not CHINESE.search(measured(value, 100, rule.unit, rule.holds, True, "en"))  # type: ignore[attr-defined]


def test_values_are_said_as_people_say_them() -> None:
    assert value_of("has_plan", False, "zh") == "否"
    assert value_of("has_plan", None, "zh") == "未说明"
    assert value_of("issuer_level", "county", "zh") == "县级"
    assert value_of("duration_minutes", 135, "zh") == "135分钟（2小时15分）"
    assert value_of("duration_minutes", 120, "en") == "120 minutes (2 h)"
    assert value_of("units_share", 0.99, "zh") == "99%"
    assert value_of("traces", 3, "en") == "3"
    assert column("has_doc_no", "zh") == "有文号"
    assert column("has_doc_no", "en") == "doc no"


def test_amounts_carry_their_units_and_long_times_their_hours() -> None:
    assert amount(177, "working minutes", "zh") == "177分钟工作时间（2小时57分）"
    assert amount(0.6, "share of the elements", "zh") == "60%的数据项"
    assert (
        measured(177, 480, "working minutes", "below", True, "zh")
        == "实测177分钟工作时间（2小时57分），低于限值480分钟工作时间（8小时）"
    )
    assert measured(1, 0, "count", "above", False, "zh") == "出现这种情形即触发，不计数量"
