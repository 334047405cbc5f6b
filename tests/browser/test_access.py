"""Outsiders in a real Chromium: behind a proxy and with OpenID Connect, guessed addresses show nothing, and every visit is written down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from clickhouse_connect.driver.client import Client
from playwright.sync_api import Browser, Page, expect

from infra.local.clickhouse import ClickHouseNode
from tests.browser.sample import Sample
from tests.browser.stage import WRITER, App, serving

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(240)]

SECRET = "a-secret-of-the-proxy-0123"
PEOPLE = """
version: 1
kind: access
who: sub
people:
  - {match: {sub: leader}, role: leadership, areas: [""]}
  - {match: {groups: chengdu}, role: supervisor, areas: ["5101"]}
  - {match: {sub: town}, role: unit, areas: ["510104017"]}
  - {match: {sub: office}, role: issuer, issuers: ["510104-education"]}
  - {match: {burden_role: "*"}, role_claim: burden_role, areas_claim: burden_areas}
"""
NOT_FOR = {
    "town": ("?area=", "hotspots?area=", "review?area=", "issuer?issuer=510104-education", "health?", "unit?unit=510104018", "desk?area=51",
             "?area=510104017", f"desk?area=33&finding={1:032x}",),
    "office": ("?area=510104", "hotspots?area=510104", "review?area=510104", "unit?unit=510104017", "health?role=operator",
               "issuer?issuer=510104-civil-affairs"),
    "anna;chengdu": ("?area=33", "hotspots?area=", "review?area=43", "unit?unit=330106001", "issuer?issuer=330106-education", "desk?area=33",
                     f"desk?area=&finding={1:032x}"),
}  # fmt: skip
"""By person (and group): addresses that must show no figure."""


@pytest.fixture(scope="module")
def settings(folder: Path) -> dict[str, str]:
    files = {
        "people": PEOPLE,
        "proxy": SECRET,
        "cookie": "a-cookie-secret-that-is-long-enough",
        "client": "client-secret",
        "writer": WRITER,
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    return {
        "access_file": str(folder / "people"),
        "desk_user": "burdenwatch",
        "desk_password_file": str(folder / "writer"),
    }


@pytest.fixture(scope="module")
def proxied(
    store: tuple[ClickHouseNode, Client], sample: Sample, folder: Path, settings: dict[str, str]
) -> Iterator[str]:
    assert sample.key
    proxy = settings | {"access": "proxy", "proxy_secret_file": str(folder / "proxy")}
    with serving(store[0].address, folder, redirects=False, **proxy) as url:
        yield url


def signed(browser: Browser, person: str) -> Page:
    """A page whose requests carry what a proxy would add."""
    user, _, groups = person.partition(";")
    headers = {"X-Burdenwatch-Proxy": SECRET, "X-Forwarded-User": user} | (
        {"X-Forwarded-Groups": groups} if groups else {}
    )
    return browser.new_context(extra_http_headers=headers, viewport={"width": 1440, "height": 900}).new_page()


def test_nobody_walks_around_the_proxy(browser: Browser, proxied: str) -> None:
    assert httpx.get(proxied, headers={"X-Forwarded-User": "leader"}, trust_env=False).status_code == 403
    page = browser.new_context(extra_http_headers={"X-Forwarded-User": "leader"}).new_page()
    page.goto(proxied)
    expect(page.locator("body")).to_have_text("come through the proxy")
    page.context.close()


@pytest.mark.parametrize(
    ("person", "address"), [(person, address) for person, all_ in NOT_FOR.items() for address in all_]
)
def test_guessed_addresses_show_nothing(browser: Browser, proxied: str, person: str, address: str) -> None:
    page = signed(browser, person)
    page.goto(f"{proxied}/{address}")
    expect(page.locator(".card").first).to_be_visible(timeout=30_000)
    expect(page.locator(".card.access, .card.choose, .none, .card.unknown").first).to_be_visible()
    assert page.locator(".kpi, .evidence, .deeds, tbody tr, .days").count() == 0
    page.context.close()


@pytest.mark.parametrize(
    ("person", "address", "sees"),
    [
        ("town", "", ".card.twice"),
        ("town", "rules?", ".card.rulelist"),
        ("office", "", ".card.causedays"),
        ("anna;chengdu", "", ".card.findings"),
        ("anna;chengdu", "?area=5101", ".kpis"),
        ("leader", "", ".kpis"),
    ],
)
def test_each_begins_where_the_role_begins(
    browser: Browser, proxied: str, person: str, address: str, sees: str
) -> None:
    page = signed(browser, person)
    page.goto(f"{proxied}/{address}")
    expect(page.locator(sees).first).to_be_visible(timeout=30_000)
    expect(page.locator(".whoami")).to_contain_text(person.partition(";")[0])
    page.context.close()


def test_a_role_in_the_address_is_without_effect_outside_the_demo(browser: Browser, proxied: str) -> None:
    page = signed(browser, "town")
    page.goto(f"{proxied}/unit?unit=510104017&role=leadership&area=51")
    expect(page.locator(".pages a")).to_have_count(3, timeout=30_000)
    page.context.close()


def test_a_person_without_an_entry_is_told_so_and_written_down(
    browser: Browser, proxied: str, store: tuple[ClickHouseNode, Client]
) -> None:
    page = signed(browser, "stranger")
    page.goto(proxied)
    expect(page.locator(".card.access")).to_contain_text("stranger")
    page.context.close()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        deeds = {tuple(row) for row in store[1].query("SELECT who, deed FROM audit").result_rows}
        if {("stranger", "denied"), ("town", "denied"), ("town", "view"), ("leader", "sign-in")} <= deeds:
            return
    raise AssertionError(deeds)


def test_people_sign_in_and_out_with_openid_connect(
    browser: Browser,
    store: tuple[ClickHouseNode, Client],
    sample: Sample,
    folder: Path,
    settings: dict[str, str],
    provider: str,
) -> None:
    assert sample.key
    told = {
        "access": "oidc",
        "oidc_metadata": f"{provider}/.well-known/openid-configuration",
        "oidc_client_id": "burdenwatch",
        "oidc_client_secret_file": str(folder / "client"),
        "cookie_secret_file": str(folder / "cookie"),
    }
    with serving(store[0].address, folder, redirects=True, **told, **settings) as url:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"{url}/desk?area=5101")
        expect(page.locator(".card.signin")).to_be_visible(timeout=30_000)
        assert page.locator(".kpi, tbody tr").count() == 0
        page.locator(".card.signin a.button").click()
        page.locator("input[name=sub]").fill("zhang.san")
        page.locator("input[name=sub]").press("Enter")
        expect(page.locator(".whoami")).to_contain_text("zhang.san", timeout=30_000)
        expect(page.locator(".card.findings")).to_be_visible(timeout=30_000)
        assert urlsplit(page.url).path == "/desk"
        assert "area=5101" in page.url, "back where the person wanted to go"
        app = App(page, url)
        app.open("?area=33")
        expect(page.locator(".card.access")).to_be_visible()
        app.open("desk?area=5101")
        page.locator(".whoami a").click()
        page.get_by_role("button", name="End session").click()
        page.goto(f"{url}/desk?area=5101")
        expect(page.locator(".card.signin")).to_be_visible(timeout=30_000)
        page.context.close()
