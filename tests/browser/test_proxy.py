"""Below a path of a shared host behind a real nginx with TLS, configured as docs/operations.md says: pages, sign-in, frames of a portal."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest
from clickhouse_connect.driver.client import Client
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, Response, WebSocket, expect

from dashboard.specs import PAGES
from infra.local.clickhouse import ClickHouseNode
from tests.authority import Authority
from tests.browser.sample import Sample
from tests.browser.stage import ROOT, WRITER, App, free_port, serving

pytestmark = [pytest.mark.browser, pytest.mark.store, pytest.mark.timeout(240)]

PEOPLE: Final = """
version: 1
kind: access
who: sub
people:
  - {match: {sub: zhang.san}, role: operator, areas: [""]}
"""
FRAME: Final = "https://burden.office.test:{port}/burden/desk?area=5101"
PORTAL: Final = """
server {{
    listen 127.0.0.1:{port} ssl;
    server_name portal.office.test other.test;
    location / {{ default_type text/html; return 200 '<!doctype html><iframe src="{frame}" width=1300 height=800></iframe>'; }}
}}
"""


@dataclass(frozen=True)
class Host:
    """Addresses of one nginx: ``url`` is the dashboard's, below its path."""

    port: int

    @property
    def url(self) -> str:
        return f"https://burden.office.test:{self.port}/burden"

    def get(self, path: str) -> httpx.Response:
        """What the host answers; the name stands in the header alone, as no resolver knows it."""
        headers = {"Host": f"burden.office.test:{self.port}", "Accept": "text/html"}
        return httpx.get(f"https://127.0.0.1:{self.port}{path}", headers=headers, verify=False, trust_env=False)


def blocks() -> tuple[str, str]:
    """The two blocks of nginx's configuration that the document gives."""
    section = (ROOT / "docs/operations.md").read_text().split("## Below a path", 1)[1]
    http, server = re.findall(r"```nginx\n(.*?)```", section, re.DOTALL)
    return http, server


class Api(BaseHTTPRequestHandler):
    """Stands where the API would: says what reached it."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "host": self.headers["Host"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


def configured(folder: Path, port: int, pages: str, api: int) -> Path:
    """nginx's configuration: the document's blocks with this test's ports, and a portal."""
    http, server = blocks()
    http = http.replace("127.0.0.1:8600", pages.removeprefix("http://")).replace("127.0.0.1:8601", f"127.0.0.1:{api}")
    pem = Authority(folder / "authority").certificate("burden")
    own = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = f"""
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
access_log off;
{own}
ssl_certificate {pem};
ssl_certificate_key {pem};
{http}
server {{
    listen 127.0.0.1:{port} ssl;
    server_name burden.office.test;
{server}
}}
{PORTAL.format(port=port, frame=FRAME.format(port=port))}
}}
"""
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def host(
    store: tuple[ClickHouseNode, Client], sample: Sample, tmp_path_factory: pytest.TempPathFactory, provider: str
) -> Iterator[Host]:
    assert sample.key
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if not program:
        pytest.fail("nginx: not found: bash infra/setup/nginx.sh", pytrace=False)
    folder = tmp_path_factory.mktemp("nginx")
    files = {"people": PEOPLE, "cookie": "a-cookie-secret-that-is-long-enough", "client": "client", "writer": WRITER}
    for name, text in files.items():
        (folder / name).write_text(text)
    one = Host(free_port())
    api = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=api.serve_forever, daemon=True).start()
    told = {
        "path": "/burden/",
        "frames": f"https://portal.office.test:{one.port}",
        "access": "oidc",
        "access_file": str(folder / "people"),
        "oidc_metadata": f"{provider}/.well-known/openid-configuration",
        "oidc_client_id": "burdenwatch",
        "oidc_client_secret_file": str(folder / "client"),
        "oidc_redirect": f"{one.url}/oauth2callback",
        "cookie_secret_file": str(folder / "cookie"),
        "desk_user": "burdenwatch",
        "desk_password_file": str(folder / "writer"),
        "api_public": f"{one.url}/api",
    }
    with serving(store[0].address, folder, redirects=False, **told) as pages:
        path = configured(folder, one.port, pages, api.server_port)
        command = [program, "-c", str(path), "-p", str(folder), "-g", "daemon off;"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            waited(one, process, folder)
            yield one
        finally:
            process.terminate()
            process.wait()
            api.shutdown()
            api.server_close()


def waited(host: Host, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Until nginx answers."""
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        try:
            if host.get("/burden/healthz").status_code == 200:
                return
        except httpx.TransportError:
            continue
    raise AssertionError((folder / "error.log").read_text())


@dataclass(frozen=True)
class Seen:
    """What went wrong on a page, and where it asked."""

    bad: list[str]
    sockets: list[str]
    streams: list[str]


def watched(page: Page, host: Host) -> Seen:
    """Notes every address of the host outside the path, every refusal by it and every error in the console that its pages cause."""
    seen = Seen([], [], [])
    whole = urlsplit(host.url)

    def answered(response: Response) -> None:
        parts = urlsplit(response.url)
        if parts.scheme in ("http", "https") and parts.netloc == whole.netloc:
            if response.status >= 400 or not parts.path.startswith("/burden/"):
                seen.bad.append(f"{response.status} {response.url}")
            if response.headers.get("content-type", "").startswith("text/event-stream"):
                seen.streams.append(parts.path)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and urlsplit(message.location["url"]).netloc == whole.netloc:
            seen.bad.append(message.text)

    def socket(one: WebSocket) -> None:
        seen.sockets.append(urlsplit(one.url).path)

    page.on("response", answered)
    page.on("console", said)
    page.on("websocket", socket)
    page.on("pageerror", lambda error: seen.bad.append(str(error)))
    return seen


def opened(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 1440, "height": 900}, ignore_https_errors=True).new_page()


def named(page: Page) -> None:
    """At the provider: says who is there."""
    page.locator("input[name=sub]").fill("zhang.san")
    page.locator("input[name=sub]").press("Enter")


def signed(page: Page, url: str) -> App:
    """Signs in at the dashboard below its path."""
    page.goto(f"{url}/desk?area=5101")
    page.locator(".card.signin a.button").click()
    named(page)
    expect(page.locator(".card.findings")).to_be_visible(timeout=30_000)
    return App(page, url)


def test_the_host_alone_answers_around_the_path(host: Host) -> None:
    assert host.get("/").status_code in (403, 404), "the rest of the host is others'"
    moved = host.get("/burden")
    assert (moved.status_code, urlsplit(moved.headers["location"]).path) == (301, "/burden/")
    lost = host.get("/burden/nowhere?lang=en")
    assert (lost.status_code, lost.headers["location"]) == (307, "/burden/?lost=nowhere&lang=en")
    assert host.get("/burden/api/v1/units?x=1").json() == {"path": "/v1/units?x=1", "host": "burden.office.test"}


def test_events_come_through_at_once(host: Host) -> None:
    headers = {"Host": f"burden.office.test:{host.port}"}
    address = f"https://127.0.0.1:{host.port}/burden/stream"
    with httpx.stream("GET", address, headers=headers, verify=False, trust_env=False, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert next(answer.iter_lines()).startswith("data: {")


def test_people_sign_in_read_every_page_and_sign_out_below_the_path(browser: Browser, host: Host) -> None:
    page = opened(browser)
    seen = watched(page, host)
    app = signed(page, host.url)
    assert (urlsplit(page.url).path, "area=5101" in page.url) == ("/burden/desk", True)
    cookies = {one["name"]: one for one in page.context.cookies() if one["name"].startswith("_streamlit")}
    assert {(one["secure"], one["sameSite"]) for one in cookies.values()} == {(True, "None")}
    assert cookies["_streamlit_user"]["path"] == "/burden"
    for name in PAGES:
        app.open(f"{'' if name == 'situation' else name}?area=510104&issuer=510104-education&lang=en")
        assert page.locator("[data-testid=stException], .card.mishap, .card.unknown").count() == 0, name
    app.open("unit?unit=510104017&lang=en")
    expect(page.locator(f"text={host.url}/api/v1/units/510104017/calendar.ics").first).to_be_attached()
    page.locator(".pages a[href^='hotspots']").first.click()
    page.wait_for_url("**/burden/hotspots?*")
    app.settle()
    page.locator(".pages a").first.click()
    page.wait_for_url(re.compile(r"/burden/(\?.*)?$"))
    app.settle()
    page.reload()
    app.settle()
    with page.expect_download() as taken:
        page.get_by_role("button", name="DOCX").first.click()
    assert Path(taken.value.path()).stat().st_size > 1_000
    assert set(seen.sockets) == {"/burden/_stcore/stream"}
    assert set(seen.streams) == {"/burden/stream"}
    page.locator(".whoami a").click()
    page.get_by_role("button", name="End session").click()
    page.goto(f"{host.url}/desk?area=5101")
    expect(page.locator(".card.signin")).to_be_visible(timeout=30_000)
    assert seen.bad == []
    page.context.close()


def framed(page: Page, host: Host) -> Frame | None:
    return next((one for one in page.frames if one.url.startswith(host.url)), None)


def test_a_named_portal_of_the_same_site_frames_it_and_people_sign_in_there(browser: Browser, host: Host) -> None:
    page = opened(browser)
    page.goto(f"https://portal.office.test:{host.port}/")
    inside = page.frame_locator("iframe")
    with page.expect_popup() as door:
        inside.locator(".card.signin a.button").click(timeout=30_000)
    named(door.value)
    expect(inside.locator(".whoami")).to_contain_text("zhang.san", timeout=30_000)
    expect(inside.locator(".card.findings")).to_be_visible(timeout=30_000)
    assert door.value.is_closed()
    frame = framed(page, host)
    assert frame is not None
    assert (urlsplit(frame.url).path, "area=5101" in frame.url) == ("/burden/desk", True)
    with page.expect_popup() as door:
        inside.locator(".whoami a").click()
    door.value.get_by_role("button", name="End session").click()
    expect(inside.locator(".card.signin")).to_be_visible(timeout=30_000)
    page.context.close()


def test_a_host_that_is_not_named_is_refused_by_the_browser(browser: Browser, host: Host) -> None:
    page = opened(browser)
    with page.expect_console_message(lambda one: "frame-ancestors" in one.text):
        page.goto(f"https://other.test:{host.port}/")
    assert framed(page, host) is None
    assert page.frame_locator("iframe").locator(".bw").count() == 0
    page.context.close()
