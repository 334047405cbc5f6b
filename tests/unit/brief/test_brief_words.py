"""What a brief says first, and what each kind of file holds of it."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import openpyxl
import pytest
from pypdf import PdfReader

from dashboard.words import words
from streams.brief.docx import docx
from streams.brief.fonts import unpacked
from streams.brief.model import Brief, Covered, Entry, OpenRule, Ranking, Wish, wish_of
from streams.brief.pdf import pdf
from streams.brief.phrases import KINDS, PHRASES
from streams.brief.wording import Told, told
from streams.brief.xlsx import xlsx
from streams.events.model import KINDS as KIND_NAMES
from streams.registry import Registry, load
from tests.unit.brief.made import NOON_US, QUOTA, UNTIL, brief


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def test_the_first_sentences_say_where_more_who_and_what_to_do(registry: Registry) -> None:
    where, more, who, todo = told(brief(quotas=(QUOTA,)), registry, "zh").sentences
    assert ("成都市" in where, "1,200 人时" in where, "锦官驿街道" in where) == (True, True, True)
    assert more == "比上一时段（1,000 人时）多 20%。"
    assert ("四川省教育厅" in who, "报表数据占 60%" in who) == (True, True)
    assert "会议数超过计划或总量" in todo
    english = told(brief(), registry, "en").sentences
    assert "20% more" in english[1]
    assert "“Short notice”" in english[3]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"likely": 54_000}, "s-less"),
        ({"likely": 60_000}, "s-same"),
        ({"before": 0}, "s-no-before"),
        ({"coverage": Covered("township", 200, 190, 180, 90)}, "s-not-alike"),
        ({"coverage": Covered("township", 200, 190, 0, 0)}, "s-not-alike"),
    ],
)
def test_more_is_said_only_where_both_periods_are_covered_alike(registry: Registry, other: Any, said: str) -> None:
    sentence = told(brief(**other), registry, "zh").sentences[1]
    assert sentence.startswith(PHRASES[said][0].split("（")[0])
    if said in ("s-not-alike", "s-no-before"):
        assert "%" not in sentence


def test_no_data_is_not_called_no_burden(registry: Registry) -> None:
    silent = told(brief(likely=0, rankings=(), rules=()), registry, "zh").sentences
    assert silent[1] == "没有数据不等于没有负担。"


def test_every_list_says_what_it_leaves_out(registry: Registry) -> None:
    left = {one.title: one.left for one in told(brief(), registry, "zh").grids}
    assert left["各地负担"] == "另有 3 行未列出，合计 10 人时。"
    assert left["造成负担的单位"] == "已全部列出。"
    assert all(left.values())


@pytest.mark.parametrize(
    "wish", [Wish("issuer", "510104-education", "week", UNTIL), Wish("unit", "510104017", "week", UNTIL)]
)
def test_issuers_and_units_have_words_for_everything(registry: Registry, wish: Wish) -> None:
    lists = (Ranking("kinds", (Entry("4", 60),)), Ranking("demands", (Entry("510104-education", 60, text="报送"),)))
    one = told(brief(wish=wish, rankings=lists, ahead=60, coverage=None), registry, "en")
    assert [name for name, _ in one.definitions].count("Source") == 1
    assert len(one.grids) == 3


def test_wishes_that_cannot_be_are_refused() -> None:
    assert wish_of("area", "51", "week", "", NOON_US) == Wish("area", "51", "week", UNTIL)
    assert wish_of("area", "51", "week", "", NOON_US).first == date(2026, 2, 25)
    for sort, period, until in (
        ("all", "week", ""),
        ("area", "year", ""),
        ("area", "week", "2026-03-04"),
        ("area", "week", "x"),
    ):
        with pytest.raises(ValueError, match="must be"):
            wish_of(sort, "51", period, until, NOON_US)


def test_kinds_have_the_names_of_the_pages() -> None:
    assert dict(KINDS) == {
        kind: (words("zh")(f"kind {kind}"), words("en")(f"kind {kind}").lower()) for kind in KIND_NAMES
    }


HOSTILE = '=1+1 #eval("x") $ *bold* <b> \\ " 名'


def full(**other: Any) -> Brief:
    """Every list as long as it gets, with the longest names."""
    rows = tuple(Entry("510104017", 9_000 - n, 9_000, 9_000, 9_000, 10, 3, HOSTILE * 4) for n in range(10))
    keys: tuple[Any, ...] = ("places", "hotspots", "issuers", "demands")
    rules = tuple(OpenRule(f"R11-{n}", "通知时间过短" * 5, "Short notice " * 5, "breach", 4) for n in range(8))
    return brief(
        rankings=tuple(Ranking(key, rows, 100, 9_999) for key in keys), rules=rules, quotas=(QUOTA,) * 6, **other
    )


@pytest.fixture(params=["zh", "en"])
def longest(registry: Registry, request: pytest.FixtureRequest) -> Told:
    return told(full(), registry, request.param)


def test_a_pdf_has_two_pages_at_most_and_its_text_can_be_read(longest: Told, registry: Registry) -> None:
    assert len(PdfReader(BytesIO(pdf(longest))).pages) <= 2
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf(told(brief(), registry, "zh")))).pages)
    for part in ("四川省基层负担月报", "成都市", "四川省教育厅", "指标说明与来源"):
        assert part in text
    hostile = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf(longest))).pages)
    assert '#eval("x")' in hostile


def test_the_chinese_type_is_in_the_file(registry: Registry) -> None:
    (page, *_) = PdfReader(BytesIO(pdf(told(brief(), registry, "zh")))).pages
    names = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert any("BurdenwatchNames" in name for name in names), names


def test_a_word_file_holds_sentences_lists_and_definitions(longest: Told) -> None:
    made = word.Document(BytesIO(docx(longest)))
    texts = [one.text for one in made.paragraphs]
    assert texts[0] == longest.title
    assert [text for text in texts if text in longest.sentences] == list(longest.sentences)
    assert len(made.tables) == 1 + len(longest.grids)
    assert len(made.tables[1].rows) == 1 + len(longest.grids[0].rows)


def test_a_workbook_holds_numbers_as_numbers_and_no_formula(longest: Told) -> None:
    book = openpyxl.load_workbook(BytesIO(xlsx(longest)))
    assert len(book.sheetnames) == 2 + len(longest.grids)
    page = book.worksheets[2]
    assert page["B2"].value == 9_000 / 60
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert page.cell(page.max_row, 1).value == longest.grids[0].left


def test_fonts_are_unpacked_once(tmp_path: Path) -> None:
    home = unpacked(tmp_path)
    first = {one.name: one.stat().st_mtime_ns for one in home.iterdir()}
    assert set(first) == {"common.otf", "names.otf"}
    assert unpacked(tmp_path) == home
    assert {one.name: one.stat().st_mtime_ns for one in home.iterdir()} == first
