"""``burdenwatch up``: the embedded system in the foreground."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path

from cyclopts import App

from streams.cli.outcome import PART_DOWN, WRONG_USE, Outcome


def add_to(app: App) -> None:
    app.command(up)


def up(
    *,
    data: Path | None = None,
    port: int = 8600,
    area: str = "",
    speed: float = 1.0,
    empty: bool = False,
    headless: bool = False,
    kafka: str | None = None,
    alerts: Path | None = None,
) -> None:
    """Start the embedded system with a live simulated stream; Ctrl-C stops it, started again it goes on.

    Parameters
    ----------
    data
        Directory of this installation (default: BURDENWATCH_DATA, else the user's data directory).
    port
        Port of the dashboard; the API takes the next. Another free one is taken when it is in use.
    area
        Division code that the simulated stream and the dashboard are about (51 = Sichuan; default the whole country).
    speed
        How many times faster than real time the simulated stream runs.
    empty
        No simulated stream: only what you send.
    headless
        No dashboard.
    kafka
        HOST:PORT of a broker of your own instead of the embedded one.
    alerts
        File that says who is told of findings, over what (docs/alerts.md); nobody is told without one.
    """
    from streams.system.layout import SystemFault, default_data
    from streams.system.up import System, Wish

    if not 0 < speed <= 3600:
        raise Outcome(WRONG_USE, f"--speed {speed}: must be above 0 and at most 3600; give for example --speed 10")
    if not 1024 <= port <= 65_000:
        raise Outcome(WRONG_USE, f"--port {port}: must be between 1024 and 65000; give for example --port 8600")
    _check_place(area, kafka)
    _check_alerts(alerts)
    wish = Wish(data or default_data(), port, area, speed, empty, headless, kafka, alerts)
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    logging.getLogger("kafka").setLevel(
        logging.CRITICAL
    )  # what it says of a broker that is away, the supervisor says in a line
    system = System(wish, say=lambda text: print(text, flush=True))
    try:
        running = system.start()
    except SystemFault as fault:
        system.stop()
        raise Outcome(PART_DOWN, str(fault)) from None
    except BaseException:
        system.stop()
        raise
    print("ready", flush=True)
    print(f"api {running.api}", flush=True)
    if running.dashboard:
        print(f"dashboard {running.dashboard}", flush=True)
    print(f"token {system.layout.secret('token')}", flush=True)
    ended.wait()
    system.stop()


def _check_place(area: str, kafka: str | None) -> None:
    """What is no division or no address is told before anything starts. Raises Outcome."""
    from streams.registry import load

    if area and not (area.isdecimal() and load().is_area(area)):
        raise Outcome(WRONG_USE, f"--area {area[:40]!r}: no such division; give its code, for example 51 for Sichuan")
    for part in (kafka or "").split(",") if kafka is not None else ():
        host, _, port = part.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise Outcome(WRONG_USE, f"--kafka {part[:80]!r}: must be HOST:PORT; give for example 127.0.0.1:9092")


def _check_alerts(path: Path | None) -> None:
    """A wrong policy is told before anything starts. Raises Outcome."""
    if path is None:
        return
    from streams.alerts.policy import load_policy
    from streams.rules import PackFaults

    try:
        load_policy(path)
    except PackFaults as error:
        raise Outcome(WRONG_USE, f"--alerts {str(error).splitlines()[0]}") from None
