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
from pathlib import Path
from typing import Any, Final

import aiohttp
import numpy as np
from clickhouse_connect.driver.client import Client
from playwright.sync_api import Browser, BrowserContext, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from infra.local.clickhouse import ClickHouseNode
from streams.ledger.postings import Postings
from streams.registry import Registry, load
from streams.store import Address, connect, insert_postings, migrate
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


def drawn(page: Page, url: str) -> None:
    """Opens an address; returns when everything on it has its figures."""
    page.goto(url, wait_until="commit")
    page.wait_for_function(READY, timeout=60_000)
    App(page, url).settle()


def first_pages(browser: Browser, url: str) -> tuple[list[float], list[float], float]:
    """Milliseconds with an empty browser cache, with a warm one, and bytes sent to the empty one."""
    cold, warm, sent = [], [], 0
    for _ in range(TURNS):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        bytes_ = _counted(context, page)
        cold.append(timed(lambda page=page: drawn(page, f"{url}/?area=")))  # type: ignore[misc]
        sent = max(sent, bytes_["http"] + bytes_["ws"])
        warm.append(timed(lambda page=page: drawn(page, f"{url}/?area=")))  # type: ignore[misc]
        context.close()
    return cold, warm, float(sent)


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
        if "streamlit" in words and f"--server.port={port}" in words:
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
        address, _, _, sample = ready(asked.keep or folder / "store", stack)
        url = stack.enter_context(serving(address, folder))
        browser = stack.enter_context(browsing())
        pool = stack.enter_context(ThreadPoolExecutor(1))  # the browser has the loop of this thread
        process = _dashboard(url.rsplit(":", 1)[1])
        time.sleep(8)  # the caches are warmed beside the first requests
        cold, warm, sent = first_pages(browser, url)
        filters, downs = clicks(browser, url)
        push, cpu, ws = ticks(browser, url, process, sample)
        crowded = pool.submit(asyncio.run, crowd(url, asked.minutes / 4)).result()
        quarter = _memory(process)
        crowded += pool.submit(asyncio.run, crowd(url, asked.minutes * 3 / 4)).result()
        grown = _memory(process) - quarter
    return [
        at_most("first page drawn, empty browser cache, median", statistics.median(cold), "ms", 2_500),
        at_most("first page drawn, warm browser cache, median", statistics.median(warm), "ms", 2_500),
        at_most("sent for the first page", sent / 1e6, "MB", 3.0),
        at_most("another period, median", statistics.median(filters), "ms", 1_000),
        at_most("down to a province, median", statistics.median(downs), "ms", 1_000),
        at_most("stored to screen by push, median", statistics.median(push), "ms", 300),
        at_most("CPU of the dashboard for a live tick", cpu, "ms", 20),
        at_most("bytes of a live tick", ws / 1e3, "kB", 10),
        at_most(f"{SESSIONS} sessions at once, p95 of a full run", float(np.quantile(crowded, 0.95)), "ms", 2_000),
        Row(f"memory after a quarter of {asked.minutes:.0f} min of the crowd", quarter / 1e6, "MB"),
        at_most("growth of memory from then to the end", grown / 1e6, "MB", 20),
    ]


if __name__ == "__main__":
    from tests.bench.figures import table

    print(table(main()))
