"""A store with sample data, the dashboard on it, and a Chromium that may talk to nobody else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from clickhouse_connect.driver.client import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from infra.local.clickhouse import ClickHouseNode
from streams.registry import Registry, load
from streams.store import Address, connect, migrate
from tests.browser.sample import Sample

ROOT: Final = Path(__file__).parents[2]
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HINT: Final = "chromium: not found: the browser tests need one: apt-get install chromium fonts-noto-cjk, or set BURDENWATCH_CHROMIUM to its path"
FLAGS: Final = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage --force-color-profile=srgb --font-render-hinting=none"
)
SETTLED: Final = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  if (!app || app.dataset.testScriptState !== 'notRunning' || app.dataset.testConnectionState !== 'CONNECTED') return false;
  const parts = document.querySelectorAll('.bw-root > .bw');
  if (parts.length < 1) return false;
  return [...document.querySelectorAll('[data-map]')].every((map) => (map.dataset.drawn || '').startsWith(map.dataset.area + ':'));
}"""


def chromium() -> str:
    """The browser's executable; the test fails with what to install where there is none."""
    asked = os.environ.get("BURDENWATCH_CHROMIUM")
    found = asked if asked and os.access(asked, os.X_OK) else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail(HINT, pytrace=False)
    return found


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether something answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class Dashboard:
    """One dashboard process on a store."""

    def __init__(self, store: ClickHouseNode, folder: Path, password: str, area: str = "") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        secret = folder / "reader"
        secret.write_text(password)
        host, port = store.address
        environment = os.environ | {
            "BURDENWATCH_STORE_HOST": host,
            "BURDENWATCH_STORE_PORT": str(port),
            "BURDENWATCH_STORE_USER": "reader",
            "BURDENWATCH_STORE_PASSWORD_FILE": str(secret),
            "BURDENWATCH_AREA": area,
        }
        self.log = folder / f"dashboard-{self.port}.log"
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "dashboard.serve", "--port", str(self.port)]
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        bound = time.monotonic() + 60
        while not answers(f"{self.url}/healthz"):
            if self._process.poll() is not None or time.monotonic() > bound:
                self.stop()
                raise RuntimeError(f"the dashboard did not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Ends the process."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()


class App:
    """The page as a reader meets it; the only place that knows Streamlit's DOM."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, query: str = "") -> None:
        """Opens an address and waits until it is drawn."""
        self.page.goto(f"{self.url}/{query}")
        self.settle()

    def settle(self) -> None:
        """Waits until nothing runs and the map is drawn."""
        self.page.wait_for_function(SETTLED, timeout=45_000)
        self.page.evaluate(
            "() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))"
        )

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate("() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
        )


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseNode]:
    store = ClickHouseNode(tmp_path_factory.mktemp("store"), password="writer", readonly_password="reader")
    store.start()
    yield store
    store.stop()


@pytest.fixture(scope="session")
def client(node: ClickHouseNode) -> Iterator[Client]:
    one = connect(Address(*node.address, "burdenwatch", "writer"))
    migrate(one)
    yield one
    one.close()


@pytest.fixture(scope="session")
def sample(client: Client, registry: Registry) -> Sample:
    made = Sample(client, registry, time.time_ns() // 1000)
    made.fill()
    made.health()
    return made


@pytest.fixture(scope="session")
def dashboard(node: ClickHouseNode, sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    assert sample.key > 0
    one = Dashboard(node, tmp_path_factory.mktemp("dashboard"), "reader")
    yield one
    one.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=chromium(), args=FLAGS.split())
        yield one
        one.close()


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
def app(context: BrowserContext, dashboard: Dashboard) -> Iterator[App]:
    """The page; the test fails on script errors, on errors shown by Streamlit and on any request to another host."""
    page = context.new_page()
    bad: list[str] = []
    page.on("pageerror", lambda error: bad.append(str(error)))
    page.on("request", lambda request: bad.append(request.url) if foreign(request.url) else None)
    yield App(page, dashboard.url)
    assert not bad
    assert page.get_by_test_id("stException").count() == 0


def foreign(url: str) -> bool:
    """Whether a request leaves this host."""
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob", "about") and parts.hostname not in ("127.0.0.1", "localhost")
