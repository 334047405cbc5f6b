"""The headings are found wherever they stand, and whatever is no data is set aside by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from streams.sheets import Found, Row, SheetFault, Table, find_table, find_tables, read_tables
from tests.unit.sheets.made import FIELD, xlsx

HEADINGS = {
    "来文单位": "issuer",
    "来文字号": "doc_no",
    "文件标题": "title",
    "标题": "title",
    "事项名称": "title",
    "牵头单位": "issuer",
    "对象层级": "tiers",
    "检查时间": "starts_at",
    "收文日期": "time",
    "月": "month",
    "日": "day",
    "时间/开始": "starts_at",
    "结束": "ends_at",
    "发布时间": "time",
    "类型": "kind",
    "编号": "id",
}


def table(*rows: Sequence[Any], name: str = "表") -> Table:
    return Table(
        name,
        [Row(number, tuple(cell if cell != "" else None for cell in row)) for number, row in enumerate(rows, start=1)],
    )


def find(*rows: Sequence[Any]) -> Found:
    return find_table([table(*rows)], HEADINGS)


def fields(found: Found) -> dict[str, str | None]:
    return {column.heading: column.field for column in found.columns}


def test_the_incoming_register() -> None:
    found = find_table(read_tables((FIELD / "01-incoming-register.xlsx").read_bytes(), "x.xlsx"), HEADINGS)
    assert (found.sheet.name, found.header_row, found.known) == ("收文登记", 3, 4)
    assert [column.heading for column in found.columns if column.field is None] == [
        "序号",
        "密级",
        "紧急程度",
        "份数",
        "承办科室",
        "办理时限",
        "备注",
    ]
    assert [row.number for row in found.rows] == [4, 5, 6, 7]
    assert [(aside.number, aside.why) for aside in found.aside] == [
        (1, "stands above the headings"),
        (2, "stands above the headings"),
        (8, "is a total"),
    ]


def test_the_inspection_plan_is_on_the_third_sheet() -> None:
    found = find_table(read_tables((FIELD / "03-inspection-plan.xlsx").read_bytes(), "x.xlsx"), HEADINGS)
    assert (found.sheet.name, found.header_row, [row.number for row in found.rows]) == ("2026年计划", 2, [3, 4, 5])


@pytest.mark.parametrize(
    "name",
    ["04-forms-gb18030.csv", "05-unicode-text.csv", "06-codes.csv", "08-document-numbers.csv", "16-stray-quote.csv"],
)
def test_plain_tables_have_their_headings_in_the_first_row(name: str) -> None:
    found = find_table(read_tables((FIELD / name).read_bytes(), name), HEADINGS)
    assert (found.header_row, found.aside) == (1, ())
    assert {"id", "kind", "title", "time"} <= {column.field for column in found.columns}
    assert len(found.rows) == {"04": 3, "05": 1, "06": 6, "08": 10, "16": 4}[name[:2]]


def test_two_merged_rows_of_headings() -> None:
    def merge(_book: Any, sheet: Worksheet) -> None:
        for place in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2"):
            sheet.merge_cells(place)

    rows = [
        ("某镇会议台账", "", "", "", "", ""),
        ("编号", "文件标题", "时间", "", "人数", ""),
        ("", "", "开始", "结束", "应到", "实到"),
        ("1", "防汛会", "2026-03-03 9:00", "10:00", 3, 2),
    ]
    found = find_table(read_tables(xlsx(rows, merge), "x"), HEADINGS)
    assert found.header_row == 2
    assert fields(found) == {
        "编号": "id",
        "文件标题": "title",
        "时间/开始": "starts_at",
        "时间/结束": "ends_at",
        "人数/应到": None,
        "人数/实到": None,
    }
    assert [row.number for row in found.rows] == [4]


def test_two_rows_of_headings_without_merged_cells() -> None:
    found = find(("编号", "收文日期", "", "", "文件标题"), ("", "月", "日", "", ""), ("1", 3, 5, "x", "甲"))
    assert fields(found) == {"编号": "id", "收文日期/月": "month", "收文日期/日": "day", "文件标题": "title"}
    assert [column.index for column in found.columns] == [0, 1, 2, 4]
    assert len(found.rows) == 1


def test_a_first_row_of_data_is_no_second_row_of_headings() -> None:
    found = find(("编号", "", "文件标题"), ("甲", "乙", "丙"), ("丁", "", "戊"))
    assert (len(found.rows), len(found.columns)) == (2, 2)


def test_headings_with_remarks_marks_blanks_and_line_breaks() -> None:
    found = find(("* 文件标题（必填）", "来 文\n单 位", "收文日期【年月日】", "备注"), ("甲", "乙", "丙", "丁"))
    assert list(fields(found).values()) == ["title", "issuer", "time", None]


def test_hidden_sheets_are_passed_over_and_every_other_is_found() -> None:
    rows = (("编号", "标题"), ("1", "甲"))
    months = [
        table(*rows, name="一月"),
        Table("藏", table(*rows).rows, hidden=True),
        table(("说明",)),
        table(*rows, name="二月"),
    ]
    assert [found.sheet.name for found in find_tables(months, HEADINGS)] == ["一月", "二月"]
    assert find_table(months, HEADINGS).sheet.name == "一月"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("合 计", "", "", 5), "is a total"),
        (("", "小计", "", 5), "is a total"),
        (("本页合计：", "", "", 5), "is a total"),
        (("总计（件）", "", "", 5), "is a total"),
        (("编号", "文件标题", "来文单位", "份数"), "repeats the headings"),
        (("填表人：张三", "", "审核人：李四", ""), "is a footer"),
        (("注：本表每月5日前报送。", "", "", ""), "is a footer"),
        (("单位负责人（签字）：", "", "", ""), None),
        (("单位负责人(签字)：王五", "", "", ""), "is a footer"),
        (("示例", "关于某事的通知", "某局", 1), "is an example"),
        (("一、教育系统",) * 4, "is a title between rows"),
        (("2", "合计金额的通知", "注册局", 1), None),
        (("3", "备注：无", "某局", 1), None),
    ],
)
def test_rows_that_are_no_data_are_set_aside_with_the_reason(row: Sequence[Any], why: str | None) -> None:
    found = find(("编号", "文件标题", "来文单位", "份数"), ("1", "甲", "乙", 1), row, ("9", "末", "末局", 1))
    if row[0] == "单位负责人（签字）：":
        why = "is a footer"
    assert [aside.why for aside in found.aside] == ([why] if why else [])
    assert [text.cells[0] for text in found.rows][-1] == "9"
    assert len(found.rows) == (2 if why else 3)


@pytest.mark.parametrize(
    "row", [(1, 2, 3, 4), ("1", "2", "3", "4"), ("甲", "乙", "1", "2"), ("（1）", "（2）", "（3）", "（4）")]
)
def test_a_row_that_numbers_the_columns(row: Sequence[Any]) -> None:
    found = find(("编号", "文件标题", "来文单位", "份数"), row, ("1", "甲", "乙", 1))
    assert [aside.why for aside in found.aside] == ["numbers the columns"]


def test_struck_and_faulty_rows_stay() -> None:
    fault = SheetFault("line", "x", "is bad", "mend it")
    rows = [*table(("编号", "文件标题")).rows, Row(2, ("1", "甲"), frozenset({0, 1})), Row(3, (), fault=fault)]
    found = find_table([Table("表", rows)], HEADINGS)
    assert [(row.number, row.struck, row.fault) for row in found.rows] == [(2, True, None), (3, False, fault)]


def test_one_column_is_a_table_too() -> None:
    assert len(find(("文件标题",), ("甲",)).rows) == 1


def test_where_no_heading_is_known_it_says_which_would_be() -> None:
    with pytest.raises(SheetFault, match="来文单位") as caught:
        find(("甲", "乙", "丙"), ("标题", "x", "y"))
    assert caught.value.field == "header"
