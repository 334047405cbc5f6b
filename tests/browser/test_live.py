"""The whole system, from an event at the API to the figures on an open page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, expect

from infra.local.process import free_port
from tests.acceptance.system import Embedded, until, up
from tests.browser.stage import App

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(240)]

UNIT: Final = "510104017"
BOUND_S: Final = 30.0


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    port = str(free_port(18700))
    with up(tmp_path_factory.mktemp("live") / "data", "--empty", "--port", port) as running:
        yield running


def request(identity: str, minutes: int) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identity,
        "source": "//oa.example.cn/510104/office",
        "type": "burden.request.issued.v1",
        "time": datetime.now(UTC).isoformat(),
        "data": {
            "issuer": "510104-office",
            "title": "报送本周农户走访台账",
            "reach": {"areas": ["510104"], "tiers": ["township"]},
            "effort_minutes": minutes,
        },
    }


def test_an_event_at_the_api_moves_the_unit_on_an_open_page(system: Embedded, browser: Browser) -> None:
    page = browser.new_page()
    app = App(page, system.said["dashboard"].rstrip("/"))
    app.open(f"?unit={UNIT}&lang=en")
    shown = page.locator("[data-key=unit-24h] .n")
    expect(shown).to_have_text("0")
    took = []
    for turn, minutes in enumerate((90, 30), start=1):
        before = str(shown.get_attribute("title"))
        assert system.post(request(f"live-{turn}", minutes)).status_code == 202
        took.append(until(lambda before=before: shown.get_attribute("title") != before, BOUND_S))  # type: ignore[misc]
        want = f"{(90, 120)[turn - 1] / 60:.1f} person-hours"
        expect(shown).to_have_attribute("title", want)
    print(f"event at the API to the open page: {', '.join(f'{one:.2f}' for one in took)} s")
    assert max(took) < BOUND_S
    expect(page.locator(".card.unit ol")).to_have_count(0)
    expect(page.locator(".card.recent li").filter(has_text=re.compile("报送本周农户走访台账"))).to_have_count(2)
    assert app.bad == []
    page.close()
