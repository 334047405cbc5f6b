"""Makes the pictures of docs/img: ``python -m tests.browser.screenshots [DIRECTORY [BEGINNING OF NAMES]]``, sample data of the whole country.

Flows in: nothing but the registry and a Chromium. Flows out: PNG files, each below LIMIT bytes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Final, Literal, NamedTuple

from playwright.sync_api import Browser

from streams.registry import load
from tests.browser.sample import Sample
from tests.browser.stage import ROOT, App, browsing, serving, stored

LIMIT: Final = 600_000
TALLEST: Final = 2_400
DESKTOP: Final = (1440, 900)
PHONE: Final = (375, 812)


COUNTY: Final = "510104"
UNIT: Final = f"{COUNTY}017"


class Shot(NamedTuple):
    """One picture: file name, address, window, look."""

    name: str
    query: str
    window: tuple[int, int]
    scheme: Literal["light", "dark"] = "light"
    press: str = ""
    """What to click before the picture."""


SHOTS: Final = (
    Shot("situation-desktop-zh", "?lang=zh", DESKTOP),
    Shot("situation-desktop-en", "?lang=en", DESKTOP),
    Shot("situation-phone-zh", "?lang=zh", PHONE),
    Shot("situation-phone-en", "?lang=en", PHONE),
    Shot("situation-desktop-dark-zh", "?lang=zh", DESKTOP, "dark"),
    Shot("unit-desktop-zh", f"unit?unit={UNIT}&lang=zh", DESKTOP),
    Shot("unit-desktop-en", f"unit?unit={UNIT}&lang=en", DESKTOP),
    Shot("unit-phone-zh", f"unit?unit={UNIT}&lang=zh", PHONE),
    Shot("hotspots-desktop-zh", "hotspots?lang=zh", DESKTOP),
    Shot("hotspots-phone-en", "hotspots?lang=en", PHONE),
    Shot("desk-desktop-zh", "desk?lang=zh", DESKTOP),
    Shot("desk-phone-en", "desk?lang=en", PHONE),
    Shot("finding-desktop-zh", f"desk?lang=zh&finding={1:032x}", DESKTOP),
    Shot("finding-phone-en", f"desk?lang=en&finding={1:032x}", PHONE),
    Shot("review-desktop-zh", "review?lang=zh", DESKTOP),
    Shot("review-phone-en", "review?lang=en", PHONE),
    Shot("issuer-desktop-zh", "issuer?role=issuer&lang=zh", DESKTOP),
    Shot("issuer-phone-en", "issuer?role=issuer&lang=en", PHONE),
    Shot("rules-desktop-zh", "rules?lang=zh", DESKTOP),
    Shot("rule-desktop-en", "rules?lang=en&rule=R11-short-notice", DESKTOP),
    Shot("rules-phone-en", "rules?lang=en", PHONE),
    Shot("health-desktop-zh", "health?role=operator&lang=zh", DESKTOP),
    Shot("health-phone-en", "health?role=operator&lang=en", PHONE),
    Shot("unit-note-zh", f"unit?unit={UNIT}&lang=zh", DESKTOP, press=".card.twice .act"),
)


def take(browser: Browser, url: str, shot: Shot, directory: Path) -> Path:
    """The whole page, top to bottom."""
    width, height = shot.window
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        color_scheme=shot.scheme,
    )
    app = App(context.new_page(), url)
    app.open(shot.query)
    if shot.press:
        address = app.page.url
        app.page.locator(shot.press).first.click()
        app.page.wait_for_url(lambda url: url != address)
        app.page.wait_for_selector(".letter")
        app.settle()
    # Streamlit scrolls inside the page: a window as high as its content shows all of it.
    tall = app.page.evaluate(
        "() => Math.ceil(Math.max(...[...document.querySelectorAll('.bw-root')].map((e) => e.getBoundingClientRect().bottom))) + 24"
    )
    app.page.set_viewport_size({"width": width, "height": min(max(height, int(tall)), TALLEST)})
    app.settle()
    path = directory / f"{shot.name}.png"
    app.page.screenshot(path=path, animations="disabled")
    context.close()
    if app.bad:
        raise RuntimeError(f"{shot.name}: {app.bad}")
    size = path.stat().st_size
    if size > LIMIT:
        raise RuntimeError(f"{shot.name}: {size} bytes are more than {LIMIT}")
    return path


def main(arguments: list[str]) -> None:
    """Fills a store, starts a dashboard, takes every picture."""
    directory = Path(arguments[0]) if arguments else ROOT / "docs" / "img"
    begin = arguments[1] if len(arguments) > 1 else ""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, stored(Path(folder) / "store") as (node, client):
        sample = Sample(client, load(), time.time_ns() // 1000)
        sample.fill()
        sample.story(COUNTY)
        sample.health()
        sample.findings()
        with serving(node.address, Path(folder)) as url, browsing() as browser:
            for shot in (one for one in SHOTS if one.name.startswith(begin)):
                path = take(browser, url, shot, directory)
                print(f"{path.name} {path.stat().st_size // 1000} kB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
