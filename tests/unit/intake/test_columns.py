"""Registers as tables: headings in two languages, times as people write them, codes with padding."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from streams.intake import columns
from streams.intake.columns import BadRow, Cell, event_of, fields_of, instant

ZH = ["编号", "类型", "发文机关", "标题", "文号", "地区", "层级", "发布时间", "截止时间", "预计分钟", "要求"]
EN = ["id", "kind", "issuer", "title", "doc_no", "areas", "tiers", "time", "deadline_at", "effort_minutes", "demands"]
ROW: list[Cell] = [
    "7",
    "报表",
    "510000-education",
    "学生人数",
    "川教函〔2026〕12号",
    "510000、5101",
    "乡镇;村",
    "2026年3月3日15时",
    "2026/3/4",
    95.0,
    "form；photo",
]


def test_both_languages_make_the_same_event() -> None:
    event = event_of(fields_of(ZH), ROW)
    assert event == event_of(fields_of(EN), ROW)
    assert event["type"] == "burden.request.issued.v1"
    assert event["source"] == "//register/510000-education"
    assert event["time"] == "2026-03-03T15:00:00+08:00"
    data = event["data"]
    assert data["reach"] == {
        "areas": ["51", "5101"],
        "tiers": ["township", "village"],
        "lines": [],
        "except": [],
        "units": [],
    }
    assert data["deadline_at"] == "2026-03-04T23:59:00+08:00", "a day alone lasts to its end"
    assert data["effort_minutes"] == 95
    assert data["demands"] == ["form", "photo"]
    assert "recurrence" not in data


def test_bounds_and_free_fields_are_passed_on() -> None:
    fields = fields_of([*EN, "最少分钟", "最多分钟", "data.items", "data.note", "频次（次）"])
    data = event_of(fields, [*ROW, 60, "180", '[{"element": "x"}]', "{not json", "每周"])["data"]
    assert data["effort_minutes"] == {"low": 60, "likely": 95, "high": 180}
    assert data["items"] == [{"element": "x"}]
    assert data["note"] == "{not json"
    assert data["recurrence"] == "FREQ=WEEKLY"


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("2026-03-03 15:00", "2026-03-03T15:00:00+08:00"),
        ("2026-03-03T15:00:30+08:00", "2026-03-03T15:00:30+08:00"),
        ("2026-03-03T07:00:00Z", "2026-03-03T07:00:00+00:00"),
        ("2026/3/3", "2026-03-03T00:00:00+08:00"),
        ("2026.3.3 9:05", "2026-03-03T09:05:00+08:00"),
        ("2026年3月3日", "2026-03-03T00:00:00+08:00"),
        ("2026年3月3日15时30分", "2026-03-03T15:30:00+08:00"),
        (date(2026, 3, 3), "2026-03-03T00:00:00+08:00"),
        (datetime(2026, 3, 3, 7, tzinfo=UTC), "2026-03-03T07:00:00+00:00"),
    ],
)
def test_times(cell: str | date, wanted: str) -> None:
    assert datetime.fromisoformat(instant(cell)) == datetime.fromisoformat(wanted)


@pytest.mark.parametrize("cell", ["", "soon", "2026-13-01", "2026-03-03 25:00", "2026-03-03 then", True])
def test_what_is_no_time_is_refused(cell: str | float) -> None:
    with pytest.raises(ValueError, match="time"):
        instant(cell)


def test_areas_lose_their_padding_and_the_country_is_empty() -> None:
    def areas(text: str) -> list[str]:
        return event_of(["kind", "areas", "time"], ["会议", text, "2026-03-03"])["data"]["reach"]["areas"]  # type: ignore[no-any-return]

    assert areas("510000000000 510100 510104 510104017000 510104017001") == [
        "51",
        "5101",
        "510104",
        "510104017",
        "510104017001",
    ]
    assert areas("全国") == [""]
    assert areas("四川") == ["四川"], "left for the door to refuse by name"


def test_a_row_without_id_keeps_the_one_that_its_content_gives() -> None:
    fields, row = fields_of(ZH[1:]), ROW[1:]
    first, again = event_of(fields, row), event_of(fields, row)
    assert first == again
    assert event_of(fields, [*row[:-1], "form"])["id"] != first["id"]


def test_every_fault_of_a_row_is_named() -> None:
    with pytest.raises(BadRow) as caught:
        event_of(["kind", "time", "effort_minutes", "recurrence"], ["茶话会", "soon", "-3", "often"])
    assert [(fault.field, fault.value) for fault in caught.value.faults] == [
        ("kind", "茶话会"),
        ("recurrence", "often"),
        ("effort_minutes", "-3"),
        ("time", "soon"),
    ]
    assert all(fault.rule and fault.fix for fault in caught.value.faults)


def test_a_row_without_time_or_kind_is_refused() -> None:
    with pytest.raises(BadRow, match="time: is empty, and so is starts_at"):
        event_of(["kind", "title"], ["会议", "x"])
    with pytest.raises(BadRow, match="kind: is empty"):
        event_of(["kind", "time"], ["", "2026-03-03"])
    with pytest.raises(BadRow, match="effort_minutes: is empty, but a bound"):
        event_of(["kind", "time", "effort_low"], ["会议", "2026-03-03", 5])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["kind", "标题", "title"], "is the second column for title"),
        (["title"], "has no column kind"),
    ],
)
def test_a_wrong_header_is_named(header: list[str], said: str) -> None:
    with pytest.raises(BadRow, match=said):
        fields_of(header)


def test_the_manual_lists_every_heading() -> None:
    text = (Path(columns.__file__).parent / "README.md").read_text(encoding="utf-8")
    for field, names in columns.COLUMNS.items():
        assert f"| `{field}` | {', '.join(names)} |" in text
