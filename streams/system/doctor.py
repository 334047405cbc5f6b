"""What is wrong with an installation and how to mend it: one finding a line.

Flows in: a data directory. Flows out: ``Finding`` rows, worst first. Reads files, asks the parts; changes nothing.
"""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import httpx

from streams.config import clock
from streams.system.layout import Layout, Running, SystemFault
from streams.system.logs import last_error

if TYPE_CHECKING:
    from streams.store.parts import PartState
    from streams.store.rounds import FaultRow

Level = Literal["bad", "warn", "ok"]
DISK_FLOOR_GIB = 2.0
"""Below which the room is short; nothing is taken in below FLOOR_BYTES of the door."""
LAG_BOUND = 100_000
YOUNG_US = 120_000_000
"""A system that was started so lately may have parts that completed nothing yet."""


@dataclass(frozen=True)
class Finding:
    """One observation: how bad, what about, what is so, what to do ('' when nothing)."""

    level: Level
    about: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.level:4} {self.about}: {self.what}" + (f"; {self.fix}" if self.fix else "")


def examine(data: Path) -> list[Finding]:
    """All findings about the installation at ``data``, worst first."""
    layout = Layout(data)
    found = [*_machine(data), *_secrets(layout)]
    try:
        running = layout.running()
    except SystemFault:
        found.append(Finding("warn", "system", "not running", "start it with `burdenwatch up`"))
    else:
        found += _parts(layout, running)
    order = {"bad": 0, "warn": 1, "ok": 2}
    return sorted(found, key=lambda finding: order[finding.level])


def _machine(data: Path) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    level: Level = "ok" if sys.version_info >= (3, 11) else "bad"
    yield Finding(
        level, "python", version, "" if level == "ok" else "install Python 3.11 or newer and run `make setup`"
    )
    place = data if data.exists() else data.parent
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 2**30
    if free < DISK_FLOOR_GIB:
        yield Finding(
            "bad", "disk", f"{free:.1f} GiB free at {place}", f"make room: at least {DISK_FLOOR_GIB:.0f} GiB are needed"
        )
    else:
        yield Finding("ok", "disk", f"{free:.0f} GiB free at {place}")


def _secrets(layout: Layout) -> Iterator[Finding]:
    folder = layout.data / "secrets"
    if not folder.exists():
        yield Finding("warn", "secrets", f"{layout.data} has none yet", "they are made at the first `burdenwatch up`")
        return
    for path in sorted(folder.iterdir()):
        if path.stat().st_mode & 0o077:
            yield Finding("bad", "secrets", f"{path} can be read by others", f"chmod 600 {path}")
    if layout.data.stat().st_mode & 0o077:
        yield Finding("warn", "secrets", f"{layout.data} can be entered by others", f"chmod 700 {layout.data}")


def _parts(layout: Layout, running: Running) -> Iterator[Finding]:
    logs = layout.logs
    yield _kafka(running)
    yield Finding("ok", "store", f"at {running.store_host}:{running.store_port}")
    for name, url in (
        ("api", f"{running.api}/readyz"),
        ("dashboard", running.dashboard and f"{running.dashboard}/healthz"),
    ):
        if not url:
            continue
        yield _asked(name, url, f"its log is {logs / name}.log; it is started again by itself")
    yield from _stream(layout, running)


def _kafka(running: Running) -> Finding:
    """The broker, by a record that is written and read again."""
    from streams.agents.topics import probe

    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        probe(running.brokers())
    except Exception as error:  # whatever it is, the broker does not do its work
        fix = "a broker of this installation is replaced by itself within a minute; mend one of your own"
        return Finding("bad", "kafka", f"at {running.kafka}: takes no record ({type(error).__name__})", fix)
    return Finding("ok", "kafka", f"at {running.kafka}: takes records and gives them back")


def _asked(name: str, url: str, fix: str) -> Finding:
    try:
        reply = httpx.get(url, timeout=5, trust_env=False)
    except httpx.HTTPError as error:
        return Finding("bad", name, f"no answer at {url} ({type(error).__name__})", fix)
    if reply.status_code != 200:
        return Finding("bad", name, f"{url} says {reply.status_code}: {reply.text[:200]}", fix)
    return Finding("ok", name, f"answers at {url}")


LOGS: Final = {"worker": "worker", "judge": "judge", "notifier": "notify"}


def _rounds(
    parts: Sequence[PartState], faults: Sequence[FaultRow], layout: Layout, *, young: bool
) -> Iterator[Finding]:
    """Each part by the age of what it last completed, and rules that are set aside. ``young``: the system was started a moment ago."""
    for part in parts:
        about = f"{part.part} {part.name}"
        log = layout.logs / f"{LOGS[part.part]}.log"
        error = last_error(log)
        fix = f"its log is {log}{f' ({error})' if error else ''}; it is started again by itself"
        if part.condition == "never" and young:
            yield Finding("ok", about, "has only just begun")
        elif part.condition == "never":
            yield Finding("bad", about, "has completed no round within a day", fix)
        elif part.condition == "late":
            yield Finding(
                "bad", about, f"completed its last round {part.age_s} s ago, {part.bound_s} s are usual at most", fix
            )
        elif part.condition == "still":
            yield Finding("bad", about, f"{part.waiting} records wait and none is taken", fix)
        elif part.waiting > LAG_BOUND:
            yield Finding("warn", about, f"{part.waiting} records behind", "add workers, or wait: nothing is lost")
        else:
            waiting = f", {part.waiting} records behind" if part.part == "worker" else ""
            yield Finding("ok", about, f"completed its last round {part.age_s} s ago{waiting}")
    for fault in faults:
        what = f"{fault.rule} of {fault.edition} cannot be asked: {fault.error}"
        yield Finding(
            "warn", "rules", what, "correct its pack; all other rules go on, this one is tried again by itself"
        )


def _stream(layout: Layout, running: Running) -> Iterator[Finding]:
    """Lag and refusals, as the store tells them."""
    from streams.store import Address, connect
    from streams.store.parts import part_states
    from streams.store.reads import stream_health
    from streams.store.rounds import restarts
    from streams.store.scope import Scope
    from streams.store.workers import open_rule_faults

    address = Address(running.store_host, running.store_port, "reader", layout.secret("store-reader"))
    try:
        client = connect(address, readonly=True)
        now_us = clock.now_us()
        health = stream_health(client, Scope("doctor", "operator"), now_us)
        parts, faults, deaths = part_states(client, now_us), open_rule_faults(client), restarts(client, now_us)
        client.close()
    except Exception as error:  # whatever keeps the store from answering is the finding
        yield Finding("bad", "store", f"does not answer ({error})", f"its log is in {layout.logs}")
        return
    yield from _rounds(parts, faults, layout, young=now_us - running.since_us < YOUNG_US)
    for death in deaths:
        why = last_error(layout.logs / f"{death.name}.log") or "see its log"
        what = f"died {death.items} times within ten minutes: {why}"
        yield Finding("bad", death.name, what, "it rests and is started again by itself")
    for row in health.refused:
        text = f"{row.n} events of {row.source} in the last day: {row.code}"
        yield Finding("warn", "refused", text, "topic burden.refused has each with its reason")
