"""The main task of each audience, in both languages, on a desktop and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dashboard.words import words
from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(180)]

BOTH = [
    pytest.mark.parametrize("context", [(1440, 900), (375, 812)], indirect=True, ids=["desktop", "phone"]),
    pytest.mark.parametrize("lang", ["zh", "en"]),
]
UNIT, LOADED = "510104017", f"{2:032x}"


def both(test: Callable[..., None]) -> Callable[..., None]:
    """In each window and language."""
    for mark in BOTH:
        test = mark(test)
    return test


@both
def test_leadership_goes_down_to_a_province_and_back_to_a_week(app: App, lang: str) -> None:
    app.open(f"?lang={lang}&area=")
    app.page.locator(".card.places td.who a, .card.places li a").first.click()
    expect(app.page.locator(".crumbs a").first).to_be_visible()
    app.settle()
    app.page.locator(".choice a", has_text=words(lang)("7 days")).click()
    app.page.wait_for_url("**days=7**")
    app.settle()
    expect(app.page.locator(".kpi.lead .n")).to_be_visible()


@both
def test_a_supervising_body_opens_the_worst_finding_and_silences_it(app: App, lang: str) -> None:
    say = words(lang)
    app.open(f"desk?area=510104&role=supervisor&lang={lang}")
    app.page.locator(f"tr[data-finding='{LOADED}'] a").first.click()
    expect(app.page.locator(".evidence")).to_contain_text("锦官驿街道")
    app.page.get_by_text(say("Silence messages about it")).click()
    app.page.get_by_test_id("stExpander").get_by_label(say("Reasons")).fill("迎检期间统一处理")
    app.page.get_by_role("button", name=say("Silence it"), exact=True).click()
    expect(app.page.get_by_test_id("stToast")).to_be_visible()


@both
def test_a_unit_says_that_it_is_asked_twice(app: App, lang: str) -> None:
    app.open(f"unit?unit={UNIT}&role=unit&lang={lang}")
    app.page.locator(".card.twice li").first.get_by_text(words(lang)("Please merge"), exact=True).click()
    expect(app.page.get_by_test_id("stToast")).to_be_visible()


@both
def test_an_issuer_checks_a_draft(app: App, lang: str) -> None:
    say = words(lang)
    app.open(f"issuer?role=issuer&lang={lang}")
    app.page.get_by_text(say("Check a draft before it is issued")).click()
    app.page.get_by_label(say("Title"), exact=True).fill("报送低保户情况")
    app.page.get_by_label(say("Areas: codes, parted by commas")).fill("510104")
    app.page.get_by_role("button", name=say("Check"), exact=True).click()
    expect(app.page.locator(".checked .kpi.lead")).to_be_visible(timeout=30_000)
