"""Document numbers come in many brackets and are compared in one form."""

from __future__ import annotations

import pytest

from streams.events.docno import normal


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("国办函〔2026〕12号", "国办函〔2026〕12号"),
        ("国办函[2026]12号", "国办函〔2026〕12号"),
        ("国办函【2026】12号", "国办函〔2026〕12号"),
        ("国办函（2026）12号", "国办函〔2026〕12号"),
        ("国办函 (2026) 12 号", "国办函〔2026〕12号"),
        ("国办函〔2026〕012号", "国办函〔2026〕12号"),
        ("国办函〔2026〕第12号", "国办函〔2026〕12号"),
    ],
)
def test_one_form(written: str, form: str) -> None:
    assert normal(written) == form


def test_what_is_no_document_number_stays() -> None:
    assert normal("口头通知") == "口头通知"
