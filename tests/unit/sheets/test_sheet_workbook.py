"""What the bytes hold decides how a file is read, and whatever they hold, only a SheetFault comes out."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from streams.sheets import SheetFault, Table, instant_of, read_tables
from tests.unit.sheets.made import FIELD, archive, cells, ods, repacked, xlsx

HEAD = ("编号", "标题", "时间")
ROWS = (HEAD, ("A-1", "关于“防汛”的通知，请阅", "2026-03-03"), ("A-2", "第二份", "2026年3月4日"))
TEXT = "\n".join(",".join(row) for row in ROWS)


def only(content: bytes, name: str = "x.dat") -> Table:
    (table,) = read_tables(content, name)
    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_texts_in_every_encoding_and_separator(encoding: str, separator: str) -> None:
    made = TEXT.replace(",", separator).replace("，", ", ").encode(encoding)
    if separator == ",":
        made = TEXT.encode(encoding)
        assert cells(only(made).rows) == list(ROWS)
    else:
        assert [row.cells[0] for row in only(made).rows] == ["编号", "A-1", "A-2"]
        assert {len(row.cells) for row in only(made).rows} == {3}


def test_a_line_that_names_the_separator_is_believed_and_no_row() -> None:
    found = only("sep=;\r\n编号;标题,甲,乙\r\n1;a,b,c\r\n".encode("utf-8-sig"))
    assert cells(found.rows) == [("编号", "标题,甲,乙"), ("1", "a,b,c")]
    assert [row.number for row in found.rows] == [2, 3]


def test_gb18030_keeps_rare_characters_line_breaks_and_quotes() -> None:
    rows = only((FIELD / "04-forms-gb18030.csv").read_bytes()).rows
    assert rows[1].cells[3] == "低保对象核查表（含䶮、㐂等生僻字）"
    assert rows[2].cells[3] == "控辍保学材料，第一、二批\n（附表三张）"
    assert rows[3].cells[3] == '体检人数，"零报告"'
    assert [row.number for row in rows] == [1, 2, 3, 5]


def test_unicode_text_is_read_as_what_it_is() -> None:
    rows = only((FIELD / "05-unicode-text.csv").read_bytes()).rows
    assert rows[1].cells == (
        "U-1",
        "文件",
        "510104-office",
        "关于转发防汛预案的通知",
        "510104",
        "乡镇",
        "2026-03-03 10:00",
    )


def test_one_stray_quote_is_one_faulty_line() -> None:
    rows = only((FIELD / "16-stray-quote.csv").read_bytes()).rows
    assert [row.cells[0] for row in rows if not row.fault] == ["编号", "Q-1", "Q-3", "Q-4"]
    (bad,) = [row for row in rows if row.fault]
    assert bad.number == 3
    assert bad.fault is not None
    assert "stray quote" in bad.fault.fix


@pytest.mark.parametrize("bad", ['"开着,x', 'x,"开着', '"a"b"c,x', '"'])
def test_a_quote_left_open_takes_no_other_row_with_it(bad: str) -> None:
    lines = ["编号,标题", "1,一", bad, "3,三", '4,"四, ""肆"""', "5,五"]
    rows = only("\n".join(lines).encode()).rows
    assert [row.cells[0] for row in rows if not row.fault] == ["编号", "1", "3", "4", "5"]
    assert [row.number for row in rows if row.fault] == [3]


def test_two_stray_quotes_that_would_meet_swallow_no_row_between_them() -> None:
    lines = ["a,b,c,d", '1,"x,y,z', "2,x,y,z", '3,x,y",z', "4,x,y,z"]
    rows = only("\n".join(lines).encode()).rows
    assert [row.cells[0] for row in rows if not row.fault] == ["a", "2", "3", "4"]


def test_a_file_of_quotes_only_is_read_in_no_time() -> None:
    rows = only(('x","\n' * 20_000).encode()).rows
    assert len(rows) >= 19_000


def test_a_bad_byte_is_one_faulty_row_and_no_other_encoding() -> None:
    content = TEXT.encode().replace("第二份".encode(), b"\xe7\xac")
    rows = only(content).rows
    assert rows[1].cells == ROWS[1]
    assert rows[2].fault is not None
    assert "UTF-8" in rows[2].fault.rule


def test_a_faulty_line_never_repeats_a_secret() -> None:
    rows = only('a,b\n1,2\n"机密★1年"某某,x\n'.encode()).rows
    assert rows[2].fault is not None
    assert "机密" not in str(rows[2].fault)


def test_merged_cells_count_for_all_their_rows_and_columns() -> None:
    def merge(_book: Any, sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("B3:C4")

    rows = only(xlsx([("单位", "数", "注"), ("教育局", 1, 2), (None, "合", None), (None, None, None)], merge)).rows
    assert (
        cells(rows)
        == [("单位", "数", "注"), ("教育局", 1, 2), ("教育局", "合", "合"), ("教育局", "合", "合")][: len(rows)]
    )
    assert len(rows) >= 3


def test_a_merge_over_all_of_a_sheet_costs_nothing() -> None:
    made = xlsx([("a", "b"), ("c", "d")], lambda _book, sheet: sheet.merge_cells("A1:B2"))
    rows = only(repacked(made, "xl/worksheets/sheet1.xml", "A1:B2", "A1:XFD1048576")).rows
    assert len(rows) <= 2


def test_rows_struck_through_are_told() -> None:
    def strike(_book: Any, sheet: Worksheet) -> None:
        for column in "ABC":
            sheet[f"{column}2"].font = Font(strike=True)
        sheet["A3"].font = Font(strike=True)

    rows = only(xlsx(ROWS, strike)).rows
    assert [row.struck for row in rows] == [False, True, False]
    assert rows[2].struck_cells == {0}


def test_both_epochs_give_the_same_days() -> None:
    def late(book: Any, sheet: Worksheet) -> None:
        book.epoch = CALENDAR_MAC_1904
        sheet["A1"], sheet["A2"], sheet["B2"] = date(2026, 3, 3), datetime(2026, 3, 3, 9, 30), 46084 - 1462  # noqa: DTZ001

    early, later = only(xlsx([[date(2026, 3, 3)], [datetime(2026, 3, 3, 9, 30), 46084]])), only(xlsx([], late))  # noqa: DTZ001
    assert (early.epoch_1904, later.epoch_1904) == (False, True)
    assert early.rows[0].cells[0] == later.rows[0].cells[0] == date(2026, 3, 3)
    for table in (early, later):
        clock, serial = (instant_of(value, "t", epoch_1904=table.epoch_1904) for value in table.rows[1].cells)
        assert (clock.isoformat(), serial.isoformat()) == ("2026-03-03T09:30:00+08:00", "2026-03-03T00:00:00+08:00")


def test_xls_with_merged_cells_hidden_sheet_and_either_epoch() -> None:
    register, codes = read_tables((FIELD / "made-register.xls").read_bytes(), "x.et")
    assert (register.name, register.hidden, codes.hidden, register.epoch_1904) == ("收文登记", False, True, False)
    assert cells(register.rows) == [
        ("某街道收文登记簿",) * 4,
        ("编号", "文件标题", "收文日期", "份数"),
        ("A-1", "关于防汛的通知", date(2026, 3, 3), 2),
        ("A-1", "第二件", date(2026, 3, 4), 1),
        ("合计", None, None, 3),
    ]
    late = only((FIELD / "made-1904.xls").read_bytes())
    assert late.epoch_1904
    assert [instant_of(value, "t", epoch_1904=True).date() for value in late.rows[0].cells] == [date(2026, 3, 3)] * 2


def test_an_xls_that_says_it_is_endless_is_refused() -> None:
    begin = b"\x00\x02\x0e\x00\x00\x00\x00\x00"
    content = (FIELD / "made-register.xls").read_bytes()
    assert content.count(begin + b"\x05\x00\x00\x00") == 1
    with pytest.raises(SheetFault, match="20,000,000 cells"):
        read_tables(content.replace(begin + b"\x05\x00\x00\x00", begin + b"\xff\xff\xff\x7f"), "x.xls")


def test_styled_but_empty_cells_far_outside_do_no_harm() -> None:
    far = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row></sheetData>'
    assert cells(only(repacked(xlsx(ROWS), "xl/worksheets/sheet1.xml", "</sheetData>", far)).rows) == list(ROWS)


def test_hidden_sheets_are_marked_and_kinds_of_values_kept() -> None:
    def more(book: Any, sheet: Worksheet) -> None:
        book.create_sheet("暗").sheet_state = "hidden"
        book.create_sheet("深").sheet_state = "veryHidden"
        sheet["A2"], sheet["B2"], sheet["C2"], sheet["D2"] = True, 1.5, timedelta(hours=26), "_"

    tables = read_tables(xlsx([("a", "b", "c", "d")], more), "x.et")
    assert [table.hidden for table in tables] == [False, True, True]
    assert tables[0].rows[1].cells == (True, 1.5, "26:00:00", "_")


@pytest.mark.parametrize("name", ["x.xls", "x.et", "x.csv", "x"])
def test_the_ending_says_nothing(name: str) -> None:
    assert cells(read_tables(xlsx(ROWS), name)[0].rows) == list(ROWS)
    assert cells(read_tables(TEXT.encode(), name)[0].rows) == list(ROWS)


def test_ods() -> None:
    text = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    made = ods("".join(f"<table:table-row>{''.join(map(text.format, row))}</table:table-row>" for row in ROWS))
    assert (only(made).name, cells(only(made).rows)) == ("台账", list(ROWS))


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{}"><style>td{{}}</style>
<!--[if gte mso 9]><xml><x:Name>导出</x:Name></xml><![endif]--></head><body><table>
<tr><td colspan=3>收文登记簿</td></tr><tr><th>编号<th>标题<th>时间
<tr><td rowspan="2">A-1</td><td>一<br>二&amp;三</td><td><s>2026-03-03</s></td></tr><![if !supportMisalignedColumns]>
<tr><td>&nbsp;四 </td><td>2026-03-04</td></tr><![endif]></table><table></table></body></html>"""


@pytest.mark.parametrize(
    ("said", "encoding"),
    [("gb2312", "gb18030"), ("utf-8", "utf-8"), ("gbk", "gbk"), ("x", "utf-16"), ("gbk", "utf-8-sig")],
)
def test_a_web_page_named_xls(said: str, encoding: str) -> None:
    rows = only(PAGE.format(said).encode(encoding), "导出.xls").rows
    assert cells(rows) == [("收文登记簿",) * 3, HEAD, ("A-1", "一\n二&三", "2026-03-03"), ("A-1", "四", "2026-03-04")]
    assert [sorted(row.struck_cells) for row in rows] == [[], [], [2], []]


def test_the_xml_of_2003_named_xls() -> None:
    made = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns:ss="urn:x"><Styles><Style ss:ID="a"/></Styles>
    <Worksheet ss:Name="台账"><Table><Column/><Row><Cell ss:MergeAcross="1"><Data ss:Type="String">题</Data></Cell></Row>
    <Row><Cell ss:Index="2"><Data ss:Type="Number">3</Data></Cell></Row></Table></Worksheet></Workbook>"""
    table = only(made.encode(), "x.xls")
    assert (table.name, cells(table.rows)) == ("台账", [("题", "题"), (None, "3")])


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + "WordDocument".encode("utf-16-le"), "text document"),
        (OLE, "cannot be read"),
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x01\x02\x03binary", "neither a table nor text"),
        (b"<html><body>no</body></html>", "without a table"),
        (archive({"word/document.xml": ""}), "text document"),
        (archive({"a.txt": ""}), "archive"),
        (archive({"xl/workbook.xml": "<nothing"}), "cannot be read"),
        (xlsx(ROWS)[:-40], "cannot be read"),
        *(
            (
                repacked(xlsx([("a",)]), "xl/worksheets/sheet1.xml", '<row r="1"><c r="A1" t', f"<row {place} t"),
                "20,000,000 cells",
            )
            for place in (
                'r="1"><c r="XFD1048576"',
                'r="1"><c r="A99999999999"',
                "r='1'><c r = 'zzzzz1000'",
                'r="1048576">' + "<c><v>1</v></c>" * 30 + "<c",
            )
        ),
    ],
)
def test_what_is_no_table_is_named(content: bytes, said: str) -> None:
    with pytest.raises(SheetFault) as caught:
        read_tables(content, "x.xlsx")
    assert said in caught.value.rule
    assert caught.value.field == "file"
    assert caught.value.fix


plain_texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), include_characters="\n,;\t|\"'=")).map(
    lambda text: text.replace("\ufeff", "")
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 5))
    return draw(st.lists(st.lists(plain_texts, min_size=width, max_size=width), min_size=1, max_size=8))


@settings(max_examples=300, deadline=None)
@given(
    tables(),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
@example([["sep=,"]], ",", "utf-8", False, "\n")
def test_any_table_of_texts_comes_back_as_it_was_written(
    table: list[list[str]], separator: str, encoding: str, named: bool, line_end: str
) -> None:
    made = io.StringIO(newline="")
    if named:
        made.write(f"sep={separator}{line_end}")
    writer = csv.writer(
        made, delimiter=separator, quoting=csv.QUOTE_MINIMAL if named else csv.QUOTE_ALL, lineterminator=line_end
    )
    writer.writerows(table)
    content = made.getvalue().encode(encoding)
    if not any(any(row) for row in table) and not content.strip(b"\0 \r\n"):
        return
    found = only(content)
    assert not [row.fault for row in found.rows if row.fault]
    assert cells(found.rows) == [tuple(cell or None for cell in row) for row in table]


BOOK, PAGED = xlsx(ROWS, lambda _book, sheet: sheet.merge_cells("A1:B2")), PAGE.format("gbk").encode("gbk")


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=60).map(lambda tail: OLE + tail),
        st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail),
        st.text(alphabet='<>!/[]-trdhable "=\n1', max_size=120).map(lambda text: f"<table>{text}".encode()),
        st.tuples(st.sampled_from([BOOK, PAGED]), st.integers(0, 10_000), st.binary(min_size=1, max_size=6)).map(
            lambda made: made[0][: made[1] % len(made[0])] + made[2] + made[0][made[1] % len(made[0]) + len(made[2]) :]
        ),
    )
)
def test_no_bytes_raise_anything_but_a_sheet_fault(content: bytes) -> None:
    faults: list[SheetFault] = []
    found: list[Table] = []
    try:
        found = read_tables(content, "x.xls")
    except SheetFault as fault:
        faults.append(fault)
    assert found or all((fault.field, fault.rule, fault.fix) for fault in faults)
