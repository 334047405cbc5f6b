"""Words, not codes: every page, for every role, in both languages, and what is taken away from it, as people read it.

Attributes are not read (a code may be a tooltip). Names of places and bodies, titles of demands and names of people stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Final

import pytest
from clickhouse_connect.driver.client import Client
from docx import Document
from openpyxl import load_workbook

from dashboard.shell.installation import Installation
from dashboard.specs import PAGES, SEES
from streams.alerts.cases import Act
from streams.calendars.periods import DAY_US
from streams.desk.findings import rulebook
from streams.registry import Registry
from streams.store.casework import insert_act
from streams.store.findings import StoredTransition, insert_transitions
from tests.browser.sample import Sample
from tests.store.paging import HERE, Shown
from tests.store.strangers import NOON_US, OURS

pytestmark = pytest.mark.store
RAW: Final = re.compile(
    r"(?<![\d.,/-])\d{6}(?:\d{3}){0,2}(?![\d,.-])|\d{6}-[a-z]+|\b[a-z]+_[a-z_]+\b|\b[a-z]{3,}\.[a-z]{2,}[a-z.-]*\b"
    r"|event://|//oa\.|\bR\d\d-[a-z]|\b(?:True|False|None|nan|null)\b"
)
"""Codes of places, bodies, rules and fields; addresses of events; values as a programme writes them."""
LATIN: Final = re.compile(r"[A-Za-z]{2,}")
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]+")
PERMITTED: Final = frozenset(
    (
        *(
            "PNG",
            "SVG",
            "CSV",
            "XLSX",
            "YAML",
            "DOCX",
            "PDF",
            "API",
            "JSON",
            "English",
            "Asia",
            "Shanghai",
            "STL",
            "OA",
            "Getis",
            "Ord",
            "Gi",
        ),
        *("Benjamini", "Hochberg", "Excel", "ClickHouse", "Faust", "Streamlit", "Python", "Kafka", "Burdenwatch"),
    )
)
"""Latin words that stand in Chinese pages: formats, the zone as files name it, names of methods and the way to the other language."""
TITLES: Final = (
    "暗号甲报表", "暗号乙报表", "暗号甲会议", "暗号丙", "陈暗号", "年度计划", "报送困难群众基本情况表", "报送农村住房安全排查台账",
    "农业生产情况统计表", "关于开展专项督查的通知", "防汛工作视频会议", "报送学生人数", "关于做好秋季学期控辍保学工作的通知",
    "全区教育工作推进会", "校车安全排查情况表", "校园食品安全检查", "案件统计甲", "案件统计乙", "常住人口数", "办函", "号", "中文",
    "王督查", "文件", "金湖县工信局", "中办2018年10月", "六十岁以上老人数", "低保户数", "危房户数", "中办发", "中办",
)  # fmt: skip
"""What people wrote: titles, numbers, names, wordings of elements."""
OWN_PAGE: Final = {"unit": "unit", "issuer": "issuer"}
COMMANDS: Final = ("code", "pre")
"""Elements that hold commands and addresses, which are the same in every language."""


class Reading(HTMLParser):
    """What a reader sees of HTML, and what of it stands in commands."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.commands: list[str] = []
        self._in = 0
        self.feed(text)

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        self._in += tag in COMMANDS

    def handle_endtag(self, tag: str) -> None:
        self._in -= tag in COMMANDS

    def handle_data(self, data: str) -> None:
        (self.commands if self._in else self.texts).append(data)


def figure_texts(value: Any) -> Iterator[str]:
    """Words of a figure: names, titles, labels."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("text", "name", "title", "ticktext", "label") and isinstance(one, str | list):
                yield from (re.sub("<[^>]*>", " ", str(part)) for part in (one if isinstance(one, list) else [one]))
            else:
                yield from figure_texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from figure_texts(one)


def seen(shown: Shown) -> tuple[list[str], list[str]]:
    """Texts and commands that one run of a page put before its reader."""
    texts, commands = list[str](), list[str]()
    for one in shown.texts[:-1]:
        if one not in shown.figures:
            read = Reading(one)
            texts += read.texts
            commands += read.commands
    for figure in shown.figures:
        texts += figure_texts(json.loads(figure))
    assert shown.script is not None
    for kind in (
        "selectbox",
        "multiselect",
        "text_input",
        "text_area",
        "checkbox",
        "button",
        "number_input",
        "slider",
        "radio",
    ):
        for field in shown.script.get(kind):
            texts += [str(getattr(field, "label", "")), *map(str, getattr(field, "options", ()))]
    for kind in ("error", "warning", "info", "success", "markdown", "caption"):
        texts += [str(getattr(one, "value", "")) for one in shown.script.get(kind)]
    for table in shown.script.dataframe:
        texts += [str(cell) for cell in (*table.value.columns, *table.value.head(50).fillna("").to_numpy().ravel())]
    return texts + [name.rpartition(" ")[0] for name in shown.files], commands


@pytest.fixture(scope="module")
def names(registry: Registry) -> frozenset[str]:
    """Names of divisions, which have no other in English."""
    return frozenset(registry.name_of(str(number)) for tier in (1, 2, 3, 4) for number in registry.numbers(tier))


@lru_cache(maxsize=1)
def legal_texts() -> tuple[str, ...]:
    """Titles and articles of the texts that rules stand on, the longest first: they are quoted as they are."""
    bases = [one.basis for pack in rulebook().packs for one in pack.rules]
    found = {text for one in bases for text in (one.instrument, one.article, one.wording) if text}
    return tuple(sorted(found, key=lambda text: -len(text)))


def faults(texts: list[str], lang: str, names: frozenset[str]) -> set[str]:
    """What is no word of the language, each with the text in which it stands."""
    found = set()
    for text in texts:
        left = text
        left = re.sub("《[^》]*》|中办[^ ]{0,14}月", " ", left)  # legal texts are called by their Chinese titles
        for one in (*legal_texts(), *sorted(TITLES, key=len, reverse=True), *(scope.who for scope in HERE)):
            left = left.replace(one, " ")
        found |= {f"{hit[0]} in {text.strip()[:90]}" for hit in RAW.finditer(left)}
        if lang == "zh":
            found |= {
                f"{word} in {text.strip()[:90]}"
                for word in LATIN.findall(re.sub(r"R\d\d", "", left))
                if word not in PERMITTED
            }
        else:
            found |= {f"{run} in {text.strip()[:90]}" for run in CHINESE.findall(left) if run not in names}
    return found


@pytest.fixture(scope="module")
def peopled(shared: Installation, migrated: Client, registry: Registry) -> Installation:
    """The store of the strangers, with more that a county meets: a story, coded elements, a load finding, cases in every state."""
    made = Sample(migrated, registry, NOON_US, runs=100, key=100)
    made.story("510104")
    items = {"items": [{"element": f"education.{one}"} for one in ("cases-planned", "roads-total")]}
    for issuer, title in (("510104-education", "案件统计甲"), ("510104-justice", "案件统计乙")):
        made.demand(issuer, "request", "510104", "township", NOON_US - DAY_US, 60, title, 9, items)
    made.flush()
    loaded = made._finding(2, "R20-load-week-township", f"unit:{OURS.unit}", OURS.unit, "", 9_200.0, 6_000.0, DAY_US)
    open_one = made._finding(
        3, "R11-short-notice", "event://oa.example.cn/office#e-2", "510104", OURS.issuer, 45.0, 480.0, DAY_US
    )
    rows = [
        StoredTransition(2, loaded),
        StoredTransition(
            3,
            open_one,
            events=("//oa.example.cn/office#e-2",),
            inputs={"lead_working_minutes": 45, "has_doc_no": True, "issuer": OURS.issuer},
        ),
    ]
    insert_transitions(migrated, rows)
    insert_act(migrated, Act(open_one.finding, 1, "assign", "here-supervisor", NOON_US, owner="王督查"), open_one.rule)
    insert_act(migrated, Act(open_one.finding, 2, "ask", "here-supervisor", NOON_US - 20 * DAY_US), open_one.rule)
    return shared


def addresses(page: str) -> list[dict[str, str]]:
    """What is looked at of a page beside its first look."""
    return {
        "desk": [
            {"area": "510104", "finding": f"{2:032x}"}, {"area": "510104", "finding": f"{3:032x}"},
            {"area": "510104", "past": "issuer", "issuer": OURS.issuer},
            {"area": "510104", "past": "rule", "rule": "R11-short-notice"}, {"area": "510104", "due": "overdue"},
        ],
        "rules": [{"rule": "R11-short-notice"}],
        "unit": [{"unit": OURS.unit}],
        "issuer": [{"issuer": OURS.issuer}],
        "explore": [{"rows": "issuer"}],
        "situation": [{"area": "510104"}, {"q": "教育局"}, {"lost": "nowhere", "issuer": "518888-nobody", "rule": "R99"}],
    }.get(page, [])  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_to_every_role_in_words(
    page: str, lang: str, opened: Any, peopled: Installation, names: frozenset[str]
) -> None:
    assert peopled.settings.access == "proxy"
    wrong: dict[str, set[str]] = {}
    for scope in HERE:
        if page not in SEES[scope.role]:
            continue
        more = addresses(page) if scope.role == "supervisor" or page == OWN_PAGE.get(scope.role) else []
        first = {"area": scope.areas[0]} if page == "situation" else {}
        for query in (first, *more):
            texts, commands = seen(opened(page, scope, query | {"lang": lang}))
            asked = {"nowhere", "教育局", "518888-nobody", "R99"} & set(query.values())
            texts = [re.sub("|".join(map(re.escape, asked)), " ", one) if asked else one for one in texts]
            assert len("".join(texts)) > 100, (scope.role, query)
            here = faults(texts, lang, names) | {
                hit[0] for one in commands for hit in re.finditer(r"event://|\b\d{6}-[a-z]+", one)
            }
            if here:
                wrong[f"{scope.role} {query}"] = here
    assert wrong == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_taken_from_the_desk_is_in_words(
    lang: str, opened: Any, peopled: Installation, names: frozenset[str]
) -> None:
    assert peopled.settings.access == "proxy"
    for query in (
        {"area": "510104"},
        {"area": "510104", "finding": f"{3:032x}"},
        {"area": "510104", "finding": f"{2:032x}"},
    ):
        files = opened("desk", HERE[1], query | {"lang": lang}).files
        assert files
        for name, made in files.items():
            data = made() if callable(made) else made
            assert faults(list(_file_texts(name, data)), lang, names) == set(), name


def _file_texts(name: str, data: bytes) -> Iterator[str]:
    """What stands in a file; of lists the head, whose columns of codes are called so, and the columns that are no codes."""
    if name.endswith(".docx"):
        made = Document(BytesIO(data))
        yield from (one.text for one in made.paragraphs)
        yield from (cell.text for table in made.tables for row in table.rows for cell in row.cells)
    elif name.endswith(".xlsx"):
        sheet = load_workbook(BytesIO(data)).active
        assert sheet is not None
        rows = [[str(cell) for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
        yield from (cell for row in rows[:6] for cell in row)
    else:
        yield from (cell for line in data.decode("utf-8-sig").splitlines()[:6] for cell in line.split(","))
