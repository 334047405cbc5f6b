"""What the browser tests and the screenshots stand on: a store with sample data, a dashboard on it, a Chromium, the page.

Flows in: directories. Flows out: context managers over real processes of this host. Talks to nobody else.
"""

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
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from clickhouse_connect.driver.client import Client
from playwright.sync_api import Browser, Error, Page, sync_playwright

from infra.local.clickhouse import ClickHouseNode
from streams.store import Address, connect, migrate

ROOT: Final = Path(__file__).parents[2]
WRITER: Final = "writer-password"
READER: Final = "reader-password"
START_BOUND_S: Final = 60
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HINT: Final = (
    "chromium: not found: the browser tests need one: apt-get install chromium fonts-noto-cjk, "
    "or set BURDENWATCH_CHROMIUM to its path"
)
FLAGS: Final = (
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    "--ignore-certificate-errors",  # of the test's own authority: what a context is told does not hold for downloads
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
"""Names below .test are this computer's: hosts of a test's own."""
SETTLED: Final = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  if (!app || app.dataset.testScriptState !== 'notRunning' || app.dataset.testConnectionState !== 'CONNECTED') return false;
  const roots = [...document.querySelectorAll('.bw-root')];
  if (!roots.length || roots.some((root) => !root.querySelector(':scope > .bw'))) return false;
  const plots = [...document.querySelectorAll('.figurehead')];
  const drawn = (one) => one.closest('[class*=st-key-figure-]').querySelector('.bw-figure')?._fullLayout;
  if (!plots.every(drawn)) return false;
  return [...document.querySelectorAll('[data-map]')].every((map) => (map.dataset.drawn || '').startsWith(map.dataset.area + ':'));
}"""
PAINTED: Final = "() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))"


class NoBrowser(RuntimeError):
    """There is no Chromium; the text says what to install."""


def chromium() -> str:
    """The browser's executable. Raises NoBrowser."""
    asked = os.environ.get("BURDENWATCH_CHROMIUM")
    if asked:
        if not os.access(asked, os.X_OK):
            raise NoBrowser(f"BURDENWATCH_CHROMIUM: {asked!r}: is not a program; name Chromium's executable")
        return asked
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise NoBrowser(HINT)
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


def foreign(url: str) -> bool:
    """Whether a request leaves this host."""
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob", "about") and parts.hostname not in ("127.0.0.1", "localhost")


@contextmanager
def stored(folder: Path) -> Iterator[tuple[ClickHouseNode, Client]]:
    """An empty store with its schema, and a client that may write."""
    node = ClickHouseNode(folder, password=WRITER, readonly_password=READER)
    node.start()
    try:
        client = connect(Address(*node.address, "burdenwatch", WRITER))
        migrate(client)
        yield node, client
        client.close()
    finally:
        node.stop()


@contextmanager
def serving(store: tuple[str, int], folder: Path, *, redirects: bool = False, **settings: str) -> Iterator[str]:
    """A dashboard process on a store; gives its address. ``settings``: BURDENWATCH_* variables by their lower names;
    ``redirects``: its own address is where a provider sends people back to."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    secret = folder / "reader"
    secret.write_text(READER)
    told = {
        "store_host": store[0],
        "store_port": str(store[1]),
        "store_user": "reader",
        "store_password_file": str(secret),
        "access": "demo",
    }
    if redirects:
        told |= {"oidc_redirect": f"{url}/oauth2callback"}
    environment = (
        os.environ
        | {"AUTHLIB_INSECURE_TRANSPORT": "1"}
        | {f"BURDENWATCH_{name.upper()}": value for name, value in (told | settings).items()}
    )
    log = folder / f"dashboard-{port}.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "dashboard.serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        bound = time.monotonic() + START_BOUND_S
        while not answers(f"{url}/healthz"):
            if process.poll() is not None or time.monotonic() > bound:
                raise RuntimeError(f"the dashboard did not start: {log.read_text()[-2000:]}")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def browsing() -> Iterator[Browser]:
    """A Chromium. Raises NoBrowser."""
    program = chromium()
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield one
        finally:
            one.close()


class App:
    """The page as a reader meets it; the only place that knows Streamlit's DOM."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.bad: list[str] = []
        """Script errors and requests that left this host."""
        page.on("pageerror", lambda error: self.bad.append(str(error)))
        page.on("request", lambda request: self.bad.append(request.url) if foreign(request.url) else None)

    def open(self, query: str = "") -> None:
        """Opens an address and waits until it is drawn."""
        self.page.goto(f"{self.url}/{query}")
        self.settle()

    def settle(self) -> None:
        """Waits until nothing runs and the map is drawn."""
        for _ in range(5):
            try:
                self.page.wait_for_function(SETTLED, timeout=45_000)
                self.page.evaluate(PAINTED)
                return
            except Error as error:
                if "context was destroyed" not in str(error):
                    raise
        raise AssertionError("the page goes from address to address")

    def figure(self, key: str) -> list[dict[str, Any]]:
        """The series that a figure draws."""
        plot = self.page.locator(f".st-key-figure-{key} .js-plotly-plot").first
        plot.wait_for()
        return list(plot.evaluate("(plot) => JSON.parse(JSON.stringify(plot.data))"))

    def overflow(self) -> int:
        """By how many pixels anything on the page reaches beyond the window's right edge."""
        return int(
            self.page.evaluate(
                "() => Math.ceil(Math.max(0, ...[...document.querySelectorAll('.bw *, [class*=st-key-figure-]')]"
                ".filter((e) => !e.closest('[popover], .table, .heat, .pages, svg'))"
                ".map((e) => e.getBoundingClientRect().right)) - document.documentElement.clientWidth)"
            )
        )
