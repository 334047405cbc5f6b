"""Lists as tables: every format, months as columns, names of bodies, and faults with line, column, value, rule and fix."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook

from streams.registry import Registry, RegistryError, load
from streams.registry.bodies import Bodies
from streams.rules import PackFaults
from streams.rules.list_files import Reading, understood
from streams.rules.list_words import months_of, sort_in_title, sort_of

HEAD = {"area": "510104", "from": "2026-01-01", "source": "锦委办〔2026〕3号"}
MATRIX: list[list[object]] = [
    ["2026年度会议计划表"],
    ["会议名称", "主办单位", "1月", "3月", "12月"],
    ["教育工作会", "教育局", "√", None, "√"],
    ["经济工作会", "区委办公室", None, 2, None],
    ["合计", None, 1, 2, 1],
]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def read(registry: Registry, text: str, kind: str, file: str = "list.csv", **more: str) -> Reading:
    return understood(text.encode(), file, registry, HEAD | {"kind": kind} | more)


def workbook(rows: list[list[object]]) -> bytes:
    book, out = Workbook(), BytesIO()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def text_of(rows: list[list[object]], mark: str) -> str:
    return "\n".join(mark.join("" if cell is None else str(cell) for cell in row) for row in rows)


def test_months_as_columns_become_quotas_in_every_format(registry: Registry) -> None:
    given = HEAD | {"kind": "plan"}
    readings = [
        understood(workbook(MATRIX), "a.xlsx", registry, given),
        understood(text_of(MATRIX, ",").encode("gb18030"), "a.csv", registry, given),
        understood(text_of(MATRIX, "\t").encode("utf-16"), "a.tsv", registry, given),
    ]
    for reading in readings:
        rows = [(row.item, row.issuer, row.number, row.title, row.months) for row in reading.version().rows]
        assert rows == [
            ("meeting", "510104-education", 2, "教育工作会", (1, 12)),
            ("meeting", "510104-party-office", 2, "经济工作会", (3,)),
        ], reading.file
        assert any("is a total" in one for one in reading.notices), reading.file


def test_a_head_block_says_what_is_common_to_a_text(registry: Registry) -> None:
    block = "---\nkind: 年度计划\narea: '510104'\nfrom: 2026-01-01\nsource: 文件\nwhat: 督查检查\n---\n"
    reading = understood(f"{block}事项,牵头单位,次数\n安全生产,教育具,3\n".encode(), "a.csv", registry, {})
    (fault,) = reading.faults
    assert (fault.line, fault.field, fault.value) == (9, "牵头单位", "教育具")
    assert "did you mean 教育局" in fault.fix
    good = understood(f"{block}事项,牵头单位,次数\n安全生产,教育局,3次\n".encode(), "a.csv", registry, {}).version()
    assert [(row.item, row.number) for row in good.rows] == [("inspection", 3)]


def test_each_kind_is_read_from_a_table(registry: Registry) -> None:
    held = (
        read(registry, "数据项,持有单位,是否共享,不共享原因\n住户总数,公安部门,是,\n台账,民政局,否,涉密外\n", "held")
        .version()
        .rows
    )
    assert [(row.item, row.holders, row.open, row.why) for row in held] == [
        ("households-total", ("public-security",), None, None),
        ("台账", ("510104-civil-affairs",), False, "涉密外"),
    ]
    duty = read(registry, "编码,事项,类别\nJB-1,防汛,基本\nSH-2,收税,上级收回\n", "duty").version().rows
    assert [(row.item, row.status, row.title) for row in duty] == [
        ("JB-1", "basic", "防汛"),
        ("SH-2", "withdrawn", "收税"),
    ]
    cap = read(registry, "类别,单位,上限,有效期止\n综合性文件,教育局,5,2026-06-30\n", "cap").version().rows
    assert [(row.item, row.issuer, row.number, str(row.last)) for row in cap] == [
        ("document:综合", "510104-education", 5, "2026-06-30")
    ]
    app = read(registry, "App name,Registry number\n一网通,川备-1\n", "app").version().rows
    assert [(row.item, row.title) for row in app] == [("川备-1", "一网通")]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("held", "数据项,持有单位\n住户总数,\n", "list.csv:2: 持有单位: is empty"),
        (
            "held",
            "数据项,持有单位,是否共享\n住户总数,公安,也许\n",
            "list.csv:2: 是否共享 '也许': says neither yes nor no",
        ),
        ("plan", "名称,主办单位,月份\n会,教育局,某天\n", "is no sort of demand"),
        ("plan", "名称,主办单位,类别,月份\n会,教育局,会议,某天\n", "list.csv:2: 月份 '某天': names no month"),
        ("cap", "类别,单位,上限\n会议,教育局,许多\n", "list.csv:2: 上限 '许多': is no number"),
        ("duty", "事项,类别\n防汛,其他\n", "is no part of a duty list"),
        ("nothing", "事项,类别\n防汛,基本\n", "is no kind of list"),
        ("duty", "甲,乙\n1,2\n", "has no row with headings"),
    ],
)
def test_a_fault_says_line_column_value_rule_and_fix(registry: Registry, kind: str, text: str, said: str) -> None:
    reading = read(registry, text, kind)
    assert any(said in str(one) for one in reading.faults), reading.faults
    assert all(one.fix for one in reading.faults)
    with pytest.raises(PackFaults):
        reading.version()


def test_a_bad_line_stops_no_other_and_nothing_is_half(registry: Registry) -> None:
    reading = read(registry, "类别,单位,上限\n会议,教育局,5\n会议,教育具,5\n文件,民政局,7\n", "cap")
    assert [row.number for row in reading.rows] == [5, 7]
    assert [one.line for one in reading.faults] == [3]
    assert reading.version_read is None


def test_what_is_not_said_of_a_table_is_asked_for(registry: Registry) -> None:
    reading = understood("类别,单位,上限\n会议,510104-education,5\n".encode(), "a.csv", registry, {"kind": "cap"})
    assert {one.field: one.fix.partition(",")[0] for one in reading.faults} == {
        "from": "say --from",
        "source": "say --source",
    }


def test_names_of_bodies(registry: Registry) -> None:
    bodies = Bodies(registry, "5101")
    names = ("教育局", "锦江区教育局", "成都市锦江区教育局", "四川省教育厅", "510104-education")
    assert [bodies.code_of(name) for name in names] == [
        "510100-education", "510104-education", "510104-education", "510000-education", "510104-education",
    ]  # fmt: skip
    with pytest.raises(RegistryError, match="人力资源和社会保障局"):
        bodies.code_of("人社局")
    with pytest.raises(RegistryError, match="may be any of"):
        Bodies(registry).code_of("鼓楼区教育局")


def test_words() -> None:
    assert [months_of(one) for one in ("3-5月", "一季度", "每月", "2026年3月", "十二月", "某天")] == [
        (3, 4, 5), (1, 2, 3), tuple(range(1, 13)), (3,), (12,), (),
    ]  # fmt: skip
    assert [sort_of(one) for one in ("会议", "综合性文件", "督查检查", "document:综合", "别的")] == [
        "meeting", "document:综合", "inspection", "document:综合", "",
    ]  # fmt: skip
    assert (sort_in_title("2026年度会议计划表"), sort_in_title("会议文件计划")) == ("meeting", "")
