"""A store with sample data, the dashboard on it, and a Chromium that may talk to nobody else."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from playwright.sync_api import Browser, BrowserContext

from infra.local.clickhouse import ClickHouseNode
from streams.registry import Registry, load
from tests.browser.sample import Sample
from tests.browser.stage import WRITER, App, NoBrowser, answers, browsing, chromium, free_port, serving, stored


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ClickHouseNode, Client]]:
    with stored(tmp_path_factory.mktemp("store")) as both:
        yield both


@pytest.fixture(scope="session")
def sample(store: tuple[ClickHouseNode, Client], registry: Registry) -> Sample:
    made = Sample(store[1], registry, time.time_ns() // 1000)
    made.fill(days=70)
    made.story("510104")
    made.health()
    made.findings()
    return made


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dashboard")


@pytest.fixture(scope="session")
def dashboard(store: tuple[ClickHouseNode, Client], sample: Sample, folder: Path) -> Iterator[str]:
    """Address of a dashboard of the whole country."""
    assert sample.key > 0
    writer = folder / "writer"
    writer.write_text(WRITER)
    with serving(store[0].address, folder, desk_user="burdenwatch", desk_password_file=str(writer)) as url:
        yield url


@pytest.fixture(scope="session")
def sichuan(store: tuple[ClickHouseNode, Client], sample: Sample, folder: Path) -> Iterator[str]:
    """A dashboard whose readers may see Sichuan alone."""
    assert sample.key > 0
    with serving(store[0].address, folder, area="51") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        chromium()
    except NoBrowser as missing:
        pytest.fail(str(missing), pytrace=False)
    with browsing() as one:
        yield one


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A desktop by default; ``@pytest.mark.parametrize("context", [...], indirect=True)`` gives another window."""
    width, height = getattr(request, "param", (1440, 900))
    one = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    yield one
    one.close()


@pytest.fixture
def app(context: BrowserContext, dashboard: str) -> Iterator[App]:
    """The page; the test fails on script errors, on errors shown by Streamlit and on any request to another host."""
    one = App(context.new_page(), dashboard)
    yield one
    assert one.bad == []
    assert one.page.locator("[data-testid=stException], .card.mishap").count() == 0


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """An OpenID provider that lets anybody in whose name is typed."""
    port = free_port()
    claims = '{"sub": "zhang.san", "name": "张三", "burden_role": "supervisor", "burden_areas": ["5101"]}'
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--user-claims", claims]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 30
    while not answers(f"{url}/.well-known/openid-configuration"):
        assert process.poll() is None, "the provider did not start"
        assert time.monotonic() < until, "the provider does not answer"
    yield url
    process.terminate()
    process.wait()
