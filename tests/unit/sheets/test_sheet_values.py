"""Values as offices write them; what cannot be read is refused with field, value, rule and fix."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets import (
    SheetFault,
    Value,
    codes_of,
    day_of,
    instant_of,
    is_placeholder,
    minutes_of,
    number_of,
    read_tables,
    span_of,
    text_of,
)
from tests.unit.sheets.made import FIELD

DAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    "value",
    [
        "2026年3月3日",
        "2026 年 03 月 03 日",
        "2026年3月3号",
        "2026.3.3",
        "2026/3/3",
        "2026-03-03",
        "2026/3/3 9:00",
        "20260303",
        20260303,
        20260303.0,
        46084,
        46084.0,
        46084.375,
        "46084",
        DAY,
        datetime(2026, 3, 3, 9, 0),  # noqa: DTZ001
        datetime(2026, 3, 2, 20, 0, tzinfo=UTC),
        "2026-03-03T09:00",
        "２０２６年３月３日",
        "二〇二六年三月三日",
        "二○二六年三月三日",
        "二O二六年三月三日",
        "2026年3月3日（星期二）",
        "2026年3月3日(周二) 15:00",
        "3月3日",
        "三月三日下午三点半",
        "⼆〇⼆六年三⽉三⽇",
    ],
)
def test_days(value: Value) -> None:
    assert day_of(value, "t", year=2026) == DAY


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        ("2026年3月3日下午3时", "15:00"),
        ("2026年3月3日下午三点半", "15:30"),
        ("2026年3月3日下午三点一刻", "15:15"),
        ("2026年3月3日15时30分", "15:30"),
        ("2026年3月3日 15：30", "15:30"),
        ("2026-03-03T15:30:00+08:00", "15:30"),
        ("2026-03-03T07:30:00Z", "15:30"),
        ("2026年3月3日上午九时", "09:00"),
        ("2026年3月3日中午12时", "12:00"),
        ("2026年3月3日中午1点", "13:00"),
        ("2026年3月3日凌晨12点", "00:00"),
        ("2026年3月3日下午15:00", "15:00"),
        ("2026年3月3日晚8点", "20:00"),
        ("2026/3/3 3:05 PM", "15:05"),
        ("202603031530", "15:30"),
        ("20260303 1530", None),
        ("2026年3月3日15时整", "15:00"),
        ("3月3日12时前", "12:00"),
        ("2026年3月3日十五时三十分", "15:30"),
        (46084.375, "09:00"),
        ("46084.6458333333", "15:30"),
        ("15:30", "15:30"),
        ("2026年3月3日", "00:00"),
        ("", None),
    ],
)
def test_times_are_of_shanghai(value: Value, clock: str | None) -> None:
    if clock is None:
        with pytest.raises(SheetFault):
            instant_of(value, "t", year=2026, day=DAY)
        return
    assert instant_of(value, "t", year=2026, day=DAY).isoformat() == f"2026-03-03T{clock}:00+08:00"


@pytest.mark.parametrize(
    ("value", "begin", "end"),
    [
        ("2026年3月3日15:00-17:00", "03T15:00", "03T17:00"),
        ("2026年3月3日下午3:00—5:00", "03T15:00", "03T17:00"),
        ("2026.3.3 上午9时至11时30分", "03T09:00", "03T11:30"),
        ("3月3日9时至3月4日下午5时", "03T09:00", "04T17:00"),
        ("2026-03-03 22:00～次日6:00", "03T22:00", "04T06:00"),
        ("2026年3月3日至5日", "03T00:00", "05T23:59"),
        ("2026-03-03 至 2026-03-05", "03T00:00", "05T23:59"),
        ("15:00-17:00", "03T15:00", "03T17:00"),
        ("2026年3月3日9:00至24时", "03T09:00", "04T00:00"),
    ],
)
def test_spans(value: str, begin: str, end: str) -> None:
    first, last = span_of(value, "t", year=2026, day=DAY)
    assert last is not None
    assert (first.isoformat(), last.isoformat()) == (f"2026-03-{begin}:00+08:00", f"2026-03-{end}:00+08:00")
    assert instant_of(value, "t", last=True, year=2026, day=DAY) == last


def test_a_deadline_is_the_last_minute_of_its_day_and_a_span_may_have_no_end() -> None:
    assert instant_of("2026年3月6日前", "t", last=True).isoformat() == "2026-03-06T23:59:00+08:00"
    assert instant_of("2026年3月6日24时", "t", last=True).isoformat() == "2026-03-07T00:00:00+08:00"
    assert span_of("2026年3月6日", "t")[1] is None
    assert day_of(46084 - 1462, "t", epoch_1904=True) == DAY


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("3月3日", "names no year"),
        ("15:00", "names a time without a day"),
        ("5日", "without its month"),
        ("6月", "names a month or a longer time"),
        ("第四季度", "names a month or a longer time"),
        ("2026年3月", "names a month or a longer time"),
        ("2026年", "names a month or a longer time"),
        ("全年不定期", "names a month or a longer time"),
        ("2026-02-30", "no day that the calendar has"),
        ("2026-03-03 25:00", "no clock shows"),
        ("2026-03-03 24:30", "no clock shows"),
        ("2026年3月3日上午15时", "says 上午"),
        ("2026年3月3日17:00-15:00", "ends before it begins"),
        ("1900-01-01", "no day between"),
        ("当日", "is no time"),
        ("3/3", "is no time"),
        ("26.3.3", "is no time"),
        ("2026年3月3日下午", "is no time"),
        (7, "is no time"),
        (99_999, "is a number"),
        (float("nan"), "is no time"),
        (True, "is no time"),
        (None, "is empty"),
    ],
)
def test_no_day_is_guessed(value: Value, rule: str) -> None:
    with pytest.raises(SheetFault) as caught:
        instant_of(value, "starts_at")
    assert rule in caught.value.rule
    assert caught.value.field == "starts_at"
    assert caught.value.fix


def test_codes_of_the_field_file() -> None:
    rows = read_tables((FIELD / "06-codes.csv").read_bytes(), "06-codes.csv")[0].rows[1:]
    with pytest.raises(SheetFault, match="lost digits in a spreadsheet.*as text"):
        codes_of(rows[0].cells[4], "areas")
    assert codes_of(rows[1].cells[6], "units") == ["510104017000"]
    assert [codes_of(row.cells[4], "areas") for row in rows[2:]] == [["510104"], ["510104"], ["锦江区"], ["510104"]]


def test_codes_are_parted_and_cut_ones_refused() -> None:
    assert codes_of("510104；510105、510106 ５１０１０７,某街道", "areas") == [
        "510104",
        "510105",
        "510106",
        "510107",
        "某街道",
    ]
    assert codes_of(510104017000.0, "units") == ["510104017000"]
    assert codes_of(None, "units") == []
    assert codes_of("110101199003071234", "units") == ["110101199003071234"]
    for cut in (1.10101199003071e17, "110101199003071000", "1.1E17", 510104.5, True):
        with pytest.raises(SheetFault):
            codes_of(cut, "units")


def test_text_keeps_its_punctuation_and_loses_what_only_looks_different() -> None:
    assert text_of(" 关于“⻓江⼤堤”巡查，Ａ１（试行）\u200b\u3000") == "关于“长江大堤”巡查，A1（试行）"
    assert text_of("⺠政⻔⻋⻢⻰⻩⻘⻚⻛") == "民政门车马龙黄青页风"
    assert [text_of(value) for value in (None, 3.0, 3.5, 7, True, DAY, "一\n二")] == [
        "",
        "3",
        "3.5",
        "7",
        "True",
        "2026-03-03",
        "一\n二",
    ]
    assert text_of('="0510"') == "0510"


@pytest.mark.parametrize(
    "value", ["无", "／", "/", "—", "－", "-", "——", "待定", "待 定", "暂无", "空", "（无）", "", "  ", None]
)
def test_placeholders_are_no_value(value: Value) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["无锡", "0", 0, False, "-3", "不定期"])
def test_what_says_something_is_a_value(value: Value) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    ("value", "minutes"),
    [
        (90, 90),
        (90.0, 90),
        ("９０", 90),
        ("90分钟", 90),
        ("1小时", 60),
        ("1.5小时", 90),
        ("1小时30分", 90),
        ("一个半小时", 90),
        ("半小时", 30),
        ("两个小时", 120),
        ("1:30", 90),
        ("26:00:00", 1560),
        ("1h30m", 90),
        ("1,200", 1200),
    ],
)
def test_minutes(value: Value, minutes: int) -> None:
    assert minutes_of(value, "effort_minutes") == minutes


@pytest.mark.parametrize(
    "value", ["半天", "2天", "约90", "1.5", -5, "小时", "", None, DAY, True, float("nan"), float("inf"), "1:75"]
)
def test_no_length_is_guessed(value: Value) -> None:
    with pytest.raises(SheetFault) as caught:
        minutes_of(value, "effort_minutes")
    assert caught.value.field == "effort_minutes"


def test_numbers() -> None:
    assert [number_of(value, "n") for value in (3, 3.0, 3.5, "１２", "1,200", "-3", "3.0", "0.25")] == [
        3,
        3,
        3.5,
        12,
        1200,
        -3,
        3,
        0.25,
    ]
    for value in ("12人", "", None, True, "1,2", float("inf"), DAY):
        with pytest.raises(SheetFault):
            number_of(value, "n")


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(max_size=30),
    st.text(alphabet="0123456789年月日时点分半刻上下午晚-:至~./ 二十〇星期T+Z小", max_size=24),
)


@given(st.sampled_from([day_of, instant_of, span_of, minutes_of, number_of, codes_of]), values)
def test_no_value_raises_anything_but_a_sheet_fault(read: Callable[..., Any], value: Value) -> None:
    found: Any = None
    try:
        found = read(value, "f")
    except SheetFault as fault:
        found = fault.fault.field
    assert found is not None
    if isinstance(found, datetime):
        assert found.utcoffset() is not None
