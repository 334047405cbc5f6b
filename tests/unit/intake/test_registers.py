"""Files of events: each kind is read, each fault has its place, one bad line stops nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from openpyxl import Workbook

from streams.effort import estimate
from streams.events.data import ISSUED
from streams.intake.registers import Line, read_files

HEADER = "编号,类型,发文机关,标题,地区,层级,发布时间,预计分钟\n"


def events(lines: list[Line]) -> list[dict[str, object]]:
    return [msgspec.json.decode(line.raw) for line in lines if line.raw]


def test_ndjson_is_passed_on_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'\xef\xbb\xbf{"id": "1"}\r\n\n  {"id": "2"}\nnot json\n')
    lines = list(read_files([path]))
    assert [line.raw for line in lines] == [b'{"id": "1"}', b'{"id": "2"}', b"not json"]
    assert [line.place for line in lines] == [f"{path}:{n}" for n in (1, 3, 4)]


def test_csv_in_utf8_and_gb18030(tmp_path: Path) -> None:
    text = (
        HEADER
        + '1,会议,510000-education,"防汛, 会议",51,乡镇,2026-03-03,60\n,,,,,,,\n2,会议,510000-education,x,51,乡镇,吉日,60\n'
    )
    found = []
    for name, encoding in (("a.csv", "utf-8-sig"), ("b.csv", "gb18030")):
        (tmp_path / name).write_bytes(text.encode(encoding))
        lines = list(read_files([tmp_path / name]))
        assert [line.place.rpartition(":")[2] for line in lines] == ["2", "4"]
        assert [(fault.field, fault.value) for fault in lines[1].faults] == [("time", "吉日")]
        found.append(events(lines))
    assert found[0] == found[1]
    assert found[0][0]["data"]["title"] == "防汛, 会议"  # type: ignore[index]


def test_xlsx_with_real_dates_and_numbers(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "类型", "发文机关", "标题", "地区", "层级", "开始时间", "预计分钟", None])
    sheet.append(
        [1, "会议", "510000-education", "例会", 510104, "乡镇", datetime.fromisoformat("2026-03-03T15:00"), 90, None]
    )
    sheet.append([None] * 9)
    sheet.append(
        [2, "会议", "510000-education", "例会", 51, "乡镇", datetime.fromisoformat("2026-03-03T15:00"), "很久", None]
    )
    path = tmp_path / "register.xlsx"
    book.save(path)
    lines = list(read_files([path]))
    (event,) = events(lines)
    assert event["id"] == "1"
    assert event["time"] == "2026-03-03T15:00:00+08:00"
    assert event["data"] == {
        "issuer": "510000-education",
        "title": "例会",
        "reach": {"areas": ["510104"], "tiers": ["township"], "lines": [], "except": [], "units": []},
        "starts_at": "2026-03-03T15:00:00+08:00",
        "effort_minutes": 90,
    }
    assert lines[1].place == f"{path}:4"
    assert lines[1].faults[0].rule == "is no number of minutes"


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
X-BURDENWATCH-ISSUER:510000-education
X-BURDENWATCH-AREAS:51
X-BURDENWATCH-TIERS:township
BEGIN:VEVENT
UID:m1
DTSTAMP:20260301T000000Z
CREATED:20260228T010000Z
DTSTART;TZID=Asia/Shanghai:20260303T150000
DTEND;TZID=Asia/Shanghai:20260303T163000
RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20261231T160000Z
SUMMARY:例会
END:VEVENT
BEGIN:VEVENT
UID:m2
DTSTAMP:20260301T000000Z
DTSTART;VALUE=DATE:20260304
STATUS:CANCELLED
SUMMARY:取消
END:VEVENT
BEGIN:VEVENT
UID:m3
DTSTAMP:20260301T000000Z
DTSTART:20260304T010000Z
EXDATE:20260305T010000Z
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_becomes_meetings(tmp_path: Path) -> None:
    path = tmp_path / "plan.ics"
    path.write_text(ICS.replace("\n", "\r\n"), encoding="utf-8")
    lines = list(read_files([path]))
    first, cancelled = events(lines)
    assert first["id"] == "m1"
    assert first["source"] == "//calendar/510000-education"
    assert first["time"] == "2026-02-28T01:00:00+00:00"
    assert first["data"] == {
        "issuer": "510000-education",
        "title": "例会",
        "reach": {"areas": ["51"], "tiers": ["township"], "lines": [], "units": [], "except": []},
        "starts_at": "2026-03-03T15:00:00+08:00",
        "ends_at": "2026-03-03T16:30:00+08:00",
        "recurrence": "FREQ=WEEKLY;UNTIL=20261231T160000Z;BYDAY=TU",
    }
    assert cancelled["type"] == "burden.meeting.withdrawn.v1"
    assert cancelled["data"] == {"withdraws": "m2", "issuer": "510000-education"}
    assert [(line.place, line.faults[0].field) for line in lines if line.faults] == [(f"{path}:3", "EXDATE")]


def test_an_entry_of_a_whole_day_is_a_working_day(tmp_path: Path) -> None:
    head = "BEGIN:VCALENDAR\r\nX-BURDENWATCH-ISSUER:510000-education\r\nX-BURDENWATCH-AREAS:51\r\nX-BURDENWATCH-TIERS:township\r\n"
    entry = "BEGIN:VEVENT\r\nUID:{0}\r\nSUMMARY:值班\r\nDTSTART;VALUE=DATE:20260303\r\n{1}END:VEVENT\r\n"
    spans = ("", "DTEND;VALUE=DATE:20260304\r\n", "DTEND;VALUE=DATE:20260306\r\n")
    path = tmp_path / "days.ics"
    path.write_text(head + "".join(entry.format(f"d{n}", end) for n, end in enumerate(spans)) + "END:VCALENDAR\r\n")
    for one, days in zip(events(list(read_files([path]))), (1, 1, 3), strict=True):
        told: Any = one["data"]
        hours = told | {"starts_at": "2026-03-03T08:00:00+08:00", "ends_at": None, "duration_minutes": days * 480}
        found, expected = (estimate("meeting", msgspec.convert(data, ISSUED["meeting"])) for data in (told, hours))
        assert found == expected


def test_files_that_cannot_be_read_are_one_fault_each(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"x")
    (tmp_path / "b.xlsx").write_bytes(b"no spreadsheet")
    (tmp_path / "c.csv").write_bytes(b"\xff\xff\xff")
    (tmp_path / "d.csv").write_text("颜色\n红\n", encoding="utf-8")
    (tmp_path / "e.ics").write_text("no calendar")
    (tmp_path / "f.csv").write_text("")
    (tmp_path / "z.ndjson").write_text('{"id": "1"}\n')
    paths = [
        tmp_path / name for name in ("a.docx", "b.xlsx", "c.csv", "d.csv", "e.ics", "f.csv", "missing.csv", "z.ndjson")
    ]
    lines = list(read_files(paths))
    assert [bool(line.faults) for line in lines] == [True] * 7 + [False], [line.place for line in lines]
    assert all(fault.rule and fault.fix for line in lines for fault in line.faults)
