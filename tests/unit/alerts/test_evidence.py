"""The evidence pack speaks to people: names for codes, sentences for columns; what identifies a demand stands last, for whoever looks it up."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document as Docx

from streams.alerts.evidence import Document, document
from streams.alerts.printing import docx, html
from streams.rules import Rulebook, load, shipped
from streams.rules.explain import explain
from streams.rules.truth import Truth
from streams.rules.wording import Language

BOOK = Rulebook(load(shipped()))
CODES = re.compile(r"[a-z]+_[a-z]+|\bTrue\b|\bFalse\b|\bnan\b|\bNone\b")
SOURCE = "//oa.example.cn/410300/party-office#01a2"


def pack(
    language: Language, rule: str = "R12-off-plan", subject: str = f"event:{SOURCE}", value: float = 1.0
) -> Document:
    standing = BOOK.rule(rule, "410300", date(2026, 11, 25))
    assert standing is not None
    inputs = {
        "has_plan": False,
        "inspection_class": "专项",
        "materials_or_grades": True,
        "lead_working_minutes": 177,
        "issuer_level": "prefecture",
    }
    truth = Truth(
        rule=rule, subject=subject, period="", holds=True, value=value, limit=standing.rule.limit, edition=standing.edition,
        layer=standing.rule.layer, for_us=0, keep_firing_us=0, issuer="410300-party-office", place="4103", events=(SOURCE,), inputs=inputs,
    )  # fmt: skip
    told = explain(truth, BOOK)
    why = {name: getattr(told, name) for name in told.__dataclass_fields__}
    event = {
        "event": SOURCE,
        "issuer": "410300-party-office",
        "title": "党内规范性文件清理专项检查",
        "doc_no": "洛办〔2026〕3号",
    }
    why |= {
        "title": {"zh": told.title.zh, "en": told.title.en},
        "basis": {"instrument": told.basis.instrument, "article": told.basis.article, "verified": True},
        "inputs": [{"name": one.name, "value": one.value} for one in told.inputs],
        "events": [event | {"at_us": 1_795_000_000_000_000}],
        "shares": [{"issuer": "410300-party-office", "share": 1.0}],
        "appeal": {"zh": told.appeal.zh, "en": told.appeal.en},
        "remedy": {"zh": told.remedy.zh, "en": told.remedy.en} if told.remedy else None,
    }
    finding = {
        "finding": "f" * 32,
        "phase": "firing",
        "since_us": 1_795_000_000_000_000,
        "explanation": why,
        "timeline": [],
    }
    return document(
        finding,
        {"acts": [], "notifications": []},
        [],
        0,
        language,
        lambda code: f"[{code}]",
        lambda _code: "洛阳市委办公室",
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_code_stands_where_a_person_reads(language: Language) -> None:
    made = pack(language)
    shown = " ".join(
        [
            *made.lead,
            *(value for _, value in made.facts[:-1]),
            *(cell for one in made.tables for row in one.rows for cell in row[:2]),
        ]
    )
    assert not CODES.search(shown), shown
    assert "event:" not in shown
    assert "event:" not in repr(made), "the number at the foot leads to everything"


def test_it_begins_with_what_why_and_what_to_do() -> None:
    what, why, todo = pack("zh").lead
    assert what == "洛阳市委办公室：党内规范性文件清理专项检查 洛办〔2026〕3号。"
    assert why.startswith("计划外、未备案的督查检查：出现这种情形即触发")
    assert "若干规定" in why
    assert todo


def test_booleans_and_times_are_words() -> None:
    rows = dict(row for one in pack("zh").tables for row in one.rows if len(row) == 2)
    assert rows["列入计划或备案"] == "否"
    assert rows["打分排名或要材料"] == "是"
    assert rows["留出的工作时间"] == "177分钟（2小时57分）"
    assert rows["发起层级"] == "市级"


def test_a_load_names_its_unit_and_both_files_hold_the_sentences() -> None:
    made = pack("zh", "R20-hotspot", "unit:410302001", 15_000)
    assert "[410302001]" in made.lead[0]
    assert "实测15,000人分钟/周（250小时），超过限值" in made.lead[1]
    assert made.lead[1] in html(made).decode()
    assert made.lead[1] in [paragraph.text for paragraph in Docx(BytesIO(docx(made))).paragraphs]
