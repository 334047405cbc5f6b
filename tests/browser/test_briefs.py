"""The brief is taken away from the situation, a unit and an issuer, each with figures of what the page shows."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(240)]


def taken(app: App, name: str, path: Path) -> Path:
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name=name, exact=True).click()
    waiting.value.save_as(path)
    return path


def test_a_province_is_taken_away_within_five_seconds(app: App, tmp_path: Path) -> None:
    app.open("?area=51")
    begun = time.monotonic()
    pages = PdfReader(taken(app, "月报 PDF", tmp_path / "a.pdf")).pages
    assert time.monotonic() - begun < 5
    assert len(pages) <= 2
    assert "四川省基层负担月报" in pages[0].extract_text()


def test_a_unit_and_an_issuer_are_taken_away_in_english(app: App, tmp_path: Path) -> None:
    app.open("unit?unit=510104017&lang=en")
    book = load_workbook(taken(app, "Week, XLSX", tmp_path / "unit.xlsx"))
    assert "Demands that take most" in book.sheetnames
    app.open("issuer?issuer=510104-education&lang=en")
    book = load_workbook(taken(app, "Month, XLSX", tmp_path / "issuer.xlsx"))
    assert "Demands that cost most" in book.sheetnames


@pytest.mark.parametrize("context", [(375, 812)], indirect=True)
def test_the_buttons_fit_a_phone(app: App) -> None:
    app.open("?area=51")
    expect(app.page.get_by_role("button", name="周报 DOCX", exact=True)).to_be_visible()
    assert app.overflow() <= 0
    edges = app.page.locator(".st-key-briefs button").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().right)"
    )
    assert len(edges) == 6
    assert max(edges) <= 375
