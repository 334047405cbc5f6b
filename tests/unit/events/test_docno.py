"""Document numbers come in many brackets and are compared in one form; what stands for "none" is no number."""

from __future__ import annotations

import pytest

from streams.events.docno import is_none, is_number, normal


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("国办函〔2026〕12号", "国办函〔2026〕12号"),
        ("国办函[2026]12号", "国办函〔2026〕12号"),
        ("国办函【2026】12号", "国办函〔2026〕12号"),
        ("国办函（2026）12号", "国办函〔2026〕12号"),
        ("国办函(2026)12号", "国办函〔2026〕12号"),
        ("国办函［2026］12号", "国办函〔2026〕12号"),
        ("国办函<2026>12号", "国办函〔2026〕12号"),
        ("国办函《2026》１２号", "国办函〔2026〕12号"),
        ("国办函 (2026) 12 号", "国办函〔2026〕12号"),
        ("国办函〔2026〕012号", "国办函〔2026〕12号"),
        ("国办函〔2026〕第12号", "国办函〔2026〕12号"),
    ],
)
def test_one_form(written: str, form: str) -> None:
    assert normal(written) == form
    assert is_number(written)


def test_what_is_no_document_number_stays() -> None:
    assert normal("口头通知") == "口头通知"
    assert not is_number("口头通知")


@pytest.mark.parametrize(
    "text",
    ["无", "（无）", " 无 ", "/", "／", "—", "——", "-", "--", "－", "_", "…", "*"]
    + ["待定", "暂无", "无文号", "无发文字号", "无编号", "没有", "待编号"]
    + ["N/A", "n/a", "NA", "null", "None", "TBD", "0", "000", "", "  ", "\u3000", "？", "不详", "无计划", "未备案"],
)  # fmt: skip
def test_a_placeholder_is_no_number_anywhere(text: str) -> None:
    assert is_none(text)
    assert not is_number(text)
    assert normal(text) == ""


@pytest.mark.parametrize(
    "text", ["JH-1", "无锡教〔2026〕3号", "NA〔2026〕3号", "BA-100000", "第十二号", "2026-12", "锡山会纪要第3期"]
)
def test_a_number_of_another_form_is_one(text: str) -> None:
    assert not is_none(text)
    assert is_number(text)
