"""The dashboard on a national year: first page, filter, drill-down, live tick, push, twenty sessions at once.

``python -m tests.bench.bench_dashboard [--keep DIR] [--minutes N]``. Fills a store with the national year of ``bench_store`` (or takes the one
in DIR) up to today, starts the product's dashboard, and opens it in the system's Chromium. Times are wall clock as a reader has them; CPU is
that of the dashboard's process alone, the store's queries are another process.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import numpy as np
from clickhouse_connect.driver.client import Client
from playwright.sync_api import Browser, BrowserContext, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.data.engine import Engine
from dashboard.data.snapshot import StoreSource
from dashboard.place import Place
from infra.local.clickhouse import ClickHouseNode
from streams.brief import wish_of, written
from streams.calendars import Calendar
from streams.ledger.postings import Postings
from streams.registry import Registry, load
from streams.store import Address, Scope, connect, insert_postings, migrate
from tests.bench.bench_store import SEED, fill
from tests.bench.figures import Row, at_most
from tests.bench.national_year import DAYS, days, issuers
from tests.browser.sample import Sample
from tests.browser.stage import App, browsing, serving

TURNS: Final = 7
TICKS: Final = 20
SESSIONS: Final = 20
PACE_S: Final = 3.0
WEEK_US: Final = 7 * 86_400_000_000
READY: Final = """() => { const roots = [...document.querySelectorAll('.bw-root')];
  return roots.length && roots.every((one) => one.querySelector('.bw')); }"""
FIRST: Final = """() => document.querySelector('.masthead') && document.querySelector('[data-key="24h"] .n')
  && document.querySelectorAll('.bw tbody tr, .bw ol li').length > 5"""
"""Head, figures in numbers and lists are there."""
WATCH: Final = """() => { const figure = document.querySelector('[data-key="24h"] .n'); window.__moved = 0;
  const all = { attributes: true, childList: true, characterData: true, subtree: true };
  new MutationObserver(() => { window.__moved = Date.now(); }).observe(figure, all); }"""
ADDRESSES: Final = ("area=", "area=51", "area=33&days=7", "area=5101&by=total", "area=510104&tier=village")


def ready(path: Path, stack: ExitStack) -> tuple[tuple[str, int], Client, Registry, Sample]:
    """A store with a national year that ends today."""
    registry = load()
    node = ClickHouseNode(path, password="bench", readonly_password="reader-password")
    node.start()
    stack.callback(node.stop)
    client = connect(Address(*node.address, "burdenwatch", "bench"))
    migrate(client)
    if not client.query("SELECT count() FROM postings").result_rows[0][0]:
        fill(client, registry, 1.0)
    names = np.array(issuers(registry), dtype=object)
    now_us = time.time_ns() // 1000
    have = client.query(
        "SELECT max(start_us) FROM postings WHERE start_us < {now:Int64}", parameters={"now": now_us}
    ).result_rows[0][0]
    weeks = max(0, (now_us - have) // WEEK_US + 1)
    for week in range(weeks):  # the year's last week again, until today
        for number, batches in enumerate(days(registry, SEED, first=DAYS - 7, count=7)):
            for batch in batches:
                columns = batch.columns | {"start_us": batch.columns["start_us"] + (week + 1) * WEEK_US}
                run = (2 << 56) | (week * 7 + number + 1) << 20
                insert_postings(client, Postings(**columns, issuer=names[batch.issuer]), shard=batch.shard, run=run)
    sample = Sample(client, registry, now_us)
    sample.runs = now_us  # other runs of the batch numbers than any before
    for minute in range(1, 40):
        sample.demand(
            "510104-office", "request", "510104", "township", now_us - minute * 60_000_000, 30, "报送基础数据的函"
        )
    sample.flush()
    sample.health()
    return node.address, client, registry, sample


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


@dataclass
class Visits:
    """Of several visits: milliseconds to the first content and to all figures, the most bytes that were sent."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    sent: int = 0

    def pay(self, page: Page, url: str, seen: dict[str, int]) -> None:
        """One visit more."""
        before = seen["http"] + seen["ws"]
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_function(FIRST, timeout=60_000)
        self.first.append((time.perf_counter() - began) * 1000)
        page.wait_for_function(READY, timeout=60_000)
        App(page, url).settle()
        self.whole.append((time.perf_counter() - began) * 1000)
        self.sent = max(self.sent, seen["http"] + seen["ws"] - before)


def first_pages(browser: Browser, url: str) -> tuple[Visits, Visits, int]:
    """Visits with an empty browser cache, with a warm one, and how many requests left this host."""
    cold, warm, outside = Visits(), Visits(), 0
    for _ in range(TURNS):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        bytes_, app = _counted(context, page), App(page, url)
        cold.pay(page, f"{url}/?area=", bytes_)
        warm.pay(page, f"{url}/?area=", bytes_)
        outside += len(app.bad)
        context.close()
    return cold, warm, outside


def without_figures(browser: Browser, url: str) -> float:
    """Milliseconds to the first content on a first visit while the library that draws figures does not come."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    context.route("**/plotly.min.js*", lambda _: None)
    took = timed(lambda: (page.goto(f"{url}/?area=", wait_until="commit"), page.wait_for_function(FIRST)))
    context.close()
    return took


def in_figures(browser: Browser, url: str) -> list[float]:
    """Milliseconds from a click on a place of "load against growth" to its page."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    app, took = App(page, url), []
    for _ in range(TURNS):
        app.open("hotspots?area=51")
        plot = page.locator(".st-key-figure-spread .js-plotly-plot")
        plot.scroll_into_view_if_needed()
        box = page.locator(".st-key-figure-spread .js-plotly-plot .points path").first.bounding_box()
        assert box is not None
        before = page.url
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

        def click(box: Any = box, before: str = before) -> None:
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_function("(before) => location.href !== before", arg=before, timeout=30_000)
            app.settle()

        took.append(timed(click))
    page.close()
    return took


def briefs(client: Client, registry: Registry) -> list[float]:
    """Milliseconds of the month's brief of a province as PDF; the first sets fonts up and is left out."""
    scope, took = Scope("bench", "leadership", ("",)), []
    for code in ("51", "33", "51", "41"):
        now_us = time.time_ns() // 1000
        wish = wish_of("area", code, "month", "", now_us)
        took.append(timed(lambda wish=wish, now_us=now_us: written(client, scope, registry, wish, now_us, "pdf", "zh")))  # type: ignore[misc]
    return took[1:]


def surveys(client: Client, registry: Registry) -> tuple[list[float], list[float]]:
    """Milliseconds of one reading of what the situation page ranks and draws, the country: asked anew, and within the minute after."""
    scope, fresh, after = Scope("bench", "leadership", ("",)), [], []
    for _ in range(TURNS):
        engine = Engine(client, registry, Calendar.load())
        source, now_us = StoreSource(engine), time.time_ns() // 1000
        fresh.append(timed(lambda source=source, now_us=now_us: source.survey(scope, Place(), now_us)))  # type: ignore[misc]
        after.append(timed(lambda source=source, now_us=now_us: source.survey(scope, Place(), now_us)))  # type: ignore[misc]
    return fresh, after


def _counted(context: BrowserContext, page: Page) -> dict[str, int]:
    """What a page received, kept up to date."""
    seen = {"http": 0, "ws": 0, "frames": 0}
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def http(event: dict[str, Any]) -> None:
        seen["http"] += int(event["encodedDataLength"])

    def frame(event: dict[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        seen["ws"] += len(payload) * 3 // 4
        seen["frames"] += 1

    session.on("Network.loadingFinished", http)
    session.on("Network.webSocketFrameReceived", frame)
    return seen


def clicks(browser: Browser, url: str) -> tuple[list[float], list[float]]:
    """Milliseconds of another period, and of going down to a province that nobody looked at before."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    app = App(page, url)
    filters, downs = [], []
    provinces = ("32", "37", "41", "42", "43", "44", "61")
    for province in provinces:
        app.open("?area=")

        def go(href: str) -> None:
            page.locator(f"a[data-go*='{href}']").first.click()
            page.wait_for_function("(part) => location.search.includes(part)", arg=href, timeout=30_000)
            app.settle()

        filters.append(timed(lambda: go("days=7")))
        app.open("?area=")
        downs.append(timed(lambda province=province: go(f"area={province}")))  # type: ignore[misc]
    page.close()
    return filters, downs


def ticks(browser: Browser, url: str, process: int, sample: Sample) -> tuple[list[float], float, float]:
    """Milliseconds from a stored demand to the changed figure; CPU ms and bytes of one tick, what idling costs taken away."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    seen = _counted(context, page)
    App(page, url).open("?area=5101")
    page.evaluate(WATCH)
    page.wait_for_timeout(3_000)
    idle_cpu, idle_ws, began = _cpu(process), seen["ws"], time.monotonic()
    page.wait_for_timeout(10_000)
    idle = (_cpu(process) - idle_cpu) / (time.monotonic() - began)
    idle_bytes = (seen["ws"] - idle_ws) / (time.monotonic() - began)
    took, cpu, ws, started = [], _cpu(process), seen["ws"], time.monotonic()
    for turn in range(TICKS):
        page.evaluate("() => { window.__moved = 0; }")
        now_us = time.time_ns() // 1000
        sample.now_us = now_us
        sample.demand("510104-office", "request", "510104", "township", now_us - 1_000, 300 + turn, "报送基础数据的函")
        sample.flush()
        stored = time.time_ns() // 1_000_000
        page.wait_for_function("() => window.__moved > 0", timeout=30_000, polling=20)
        took.append(max(0.0, float(page.evaluate("() => window.__moved")) - stored))
        page.wait_for_timeout(1_000)
    passed = time.monotonic() - started
    one_cpu = ((_cpu(process) - cpu) - idle * passed) / TICKS * 1000
    one_ws = ((seen["ws"] - ws) - idle_bytes * passed) / TICKS
    context.close()
    return took, one_cpu, one_ws


def _cpu(process: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    """Resident bytes."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _dashboard(port: str) -> int:
    """The process that serves a port."""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        words = line.read_bytes().decode(errors="replace")
        if "dashboard.serve" in words and port in words:
            return int(line.parent.name)
    raise LookupError(f"port: {port}: no dashboard serves it")


async def crowd(url: str, minutes: float) -> list[float]:
    """Milliseconds of each full run of SESSIONS sessions, each asking for another place every PACE_S seconds."""
    took: list[float] = []
    until = time.monotonic() + minutes * 60

    async def one(number: int, http: aiohttp.ClientSession) -> None:
        address = url.replace("http", "ws", 1) + "/_stcore/stream"
        async with http.ws_connect(address, protocols=("streamlit",), max_msg_size=0, origin=url) as socket:
            await asyncio.sleep(number * PACE_S / SESSIONS)
            turn = 0
            while time.monotonic() < until:
                message = BackMsg()
                message.rerun_script.query_string = ADDRESSES[(number + turn) % len(ADDRESSES)]
                began = time.perf_counter()
                await socket.send_bytes(message.SerializeToString())
                while True:
                    answer = ForwardMsg.FromString((await socket.receive(60)).data)
                    if answer.WhichOneof("type") == "script_finished":
                        break
                took.append((time.perf_counter() - began) * 1000)
                turn += 1
                await asyncio.sleep(PACE_S)

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(one(number, http) for number in range(SESSIONS)))
    return took


def main() -> list[Row]:
    """The figures of the dashboard."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench_dashboard", description=__doc__)
    parser.add_argument("--keep", type=Path, default=None, help="directory of the store, kept")
    parser.add_argument("--minutes", type=float, default=2.0, help="how long the crowd stays")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address, client, registry, sample = ready(asked.keep or folder / "store", stack)
        url = stack.enter_context(serving(address, folder))
        browser = stack.enter_context(browsing())
        process = _dashboard(url.rsplit(":", 1)[1])
        time.sleep(8)  # the caches are warmed beside the first requests
        rows = [Row("load average of the machine as the first page is opened", os.getloadavg()[0], "")]
        rows += visited(browser, url)
        rows += clicked(browser, url)
        rows += read(client, registry)
        push, cpu, ws = ticks(browser, url, process, sample)
        rows += [
            at_most("stored to screen by push, median", statistics.median(push), "ms", 300),
            at_most("CPU of the dashboard for a live tick", cpu, "ms", 20),
            at_most("bytes of a live tick", ws / 1e3, "kB", 10),
        ]
        pool = stack.enter_context(ThreadPoolExecutor(1))  # the browser has the loop of this thread
        crowded = pool.submit(asyncio.run, crowd(url, asked.minutes / 4)).result()
        quarter = _memory(process)
        crowded += pool.submit(asyncio.run, crowd(url, asked.minutes * 3 / 4)).result()
        grown = _memory(process) - quarter
    return [
        *rows,
        at_most(f"{SESSIONS} sessions at once, p95 of a full run", float(np.quantile(crowded, 0.95)), "ms", 2_000),
        Row(f"memory after a quarter of {asked.minutes:.0f} min of the crowd", quarter / 1e6, "MB"),
        at_most("growth of memory from then to the end", grown / 1e6, "MB", 20),
        Row("load average at the end", os.getloadavg()[0], ""),
    ]


def visited(browser: Browser, url: str) -> list[Row]:
    """First and later visits of the first page."""
    cold, warm, outside = first_pages(browser, url)
    first, median = "first content (head, figures in numbers, lists)", statistics.median
    return [
        at_most(f"first visit, {first}, median", median(cold.first), "ms", 1_000),
        at_most("the same while the library of figures does not come", without_figures(browser, url), "ms", 1_000),
        at_most(f"later visit, {first}, median", median(warm.first), "ms", 1_000),
        at_most("first visit, all figures drawn, median", median(cold.whole), "ms", 4_000),
        at_most("later visit, all figures drawn, median", median(warm.whole), "ms", 2_500),
        at_most("sent on a first visit, compressed", cold.sent / 1e6, "MB", 3.0),
        at_most("sent on a later visit", warm.sent / 1e3, "kB", 150),
        at_most("requests that left this host", outside, "requests", 1),
    ]


def clicked(browser: Browser, url: str) -> list[Row]:
    """Clicks: a filter, another place, a place in a figure."""
    filters, downs = clicks(browser, url)
    return [
        at_most("another period, median", statistics.median(filters), "ms", 500),
        at_most("down to a province, median", statistics.median(downs), "ms", 1_000),
        at_most("a click in a figure, median", statistics.median(in_figures(browser, url)), "ms", 700),
    ]


def read(client: Client, registry: Registry) -> list[Row]:
    """What is read from the store without a page."""
    fresh, after = surveys(client, registry)
    return [
        at_most("month's brief of a province as PDF, largest", max(briefs(client, registry)) / 1000, "s", 5),
        Row("reading of the situation page, all asked anew, median", statistics.median(fresh), "ms"),
        Row("the same within the minute after, median", statistics.median(after), "ms"),
    ]


if __name__ == "__main__":
    from tests.bench.figures import table

    print(table(main()))
