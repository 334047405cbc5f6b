"""Commands about files: ``send`` into a running system, ``simulate`` a stream, ``replay`` files through the pure core, ``registry import``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cyclopts import App

from streams.cli.outcome import REFUSED, WRONG_USE, Outcome

registry = App(name="registry", help="Own units and issuers.")


def add_to(app: App) -> None:
    app.command(send)
    app.command(simulate)
    app.command(replay)
    app.command(registry)
    registry.command(import_organisations, name="import")


def instant_us(text: str, option: str) -> int:
    """Microseconds of an ISO 8601 instant with offset. Raises Outcome 2."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Outcome(
            WRONG_USE, f"{option} {text}: must be an instant with offset, for example 2026-03-03T15:00:00+08:00"
        )
    return int(moment.replace(microsecond=0).timestamp()) * 1_000_000 + moment.microsecond


def existing(files: Iterable[Path]) -> list[Path]:
    """The files, all there. Raises Outcome 2 naming the first that is not."""
    found = list(files)
    if not found:
        raise Outcome(WRONG_USE, "no FILE named: give at least one")
    for path in found:
        if not path.is_file():
            raise Outcome(WRONG_USE, f"{path}: no such file; check the name")
    return found


def lines_of(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Each line that is not blank with its place (FILE:LINE)."""
    for path in files:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path}:{number}", line.rstrip(b"\r\n")


def replay(
    *files: Path,
    at: str,
    metric: str,
    tier: str | None = None,
    area: str | None = None,
    data: Path | None = None,
) -> int:
    """Compute loads from files of events (NDJSON) with the pure core, without any broker or store.

    Prints ``unit,value`` for every unit with a value other than 0, by code; refused lines go to standard error, exit 1.

    Parameters
    ----------
    at
        The instant, ISO 8601 with offset.
    metric
        KIND.MEASURE.WINDOW, for example all.minutes.7d.
    tier
        Only units of this tier.
    area
        Only units inside this division code.
    data
        Directory of an installation whose own organisations count too.
    """
    from streams import effort
    from streams.events import Refused, decode
    from streams.ledger.metrics import Metric
    from streams.ledger.replay import replay as compute
    from streams.registry import RegistryError, load

    try:
        wanted = Metric.parse(metric)
    except ValueError as error:
        raise Outcome(WRONG_USE, f"--metric {metric}: {error}") from None
    at_us = instant_us(at, "--at")
    own = load(data / "registry" if data else None)
    refused = 0

    def good() -> Iterator[Any]:
        nonlocal refused
        for place, line in lines_of(existing(files)):
            try:
                event = decode(line)
            except Refused as refusal:
                refused += 1
                print(f"{place}: {refusal}", file=sys.stderr)
                continue
            yield event

    try:
        for unit, value in compute(good(), own, effort.estimate, at_us, wanted, tier=tier, area=area):
            print(f"{unit},{value}")
    except RegistryError as error:
        raise Outcome(WRONG_USE, str(error)) from None
    return REFUSED if refused else 0


def simulate(
    *,
    seed: int,
    from_: date,
    to: date,
    out: Path,
    area: str = "",
    scale: float = 1.0,
    labels: Path | None = None,
) -> None:
    """Write a calibrated stream as NDJSON, and the truth about the violations in it; same seed, same bytes.

    Parameters
    ----------
    seed
        Any whole number.
    from_
        First day.
    to
        Last day.
    out
        The file of events.
    area
        Division code (default the whole country).
    scale
        Share of the real volume, above 0.
    labels
        The file of labelled violations.
    """
    from streams.registry import RegistryError, load
    from streams.simulate import write

    if to < from_:
        raise Outcome(WRONG_USE, f"--to {to}: must not be before --from {from_}")
    if not scale > 0:
        raise Outcome(WRONG_USE, f"--scale {scale}: must be above 0; give for example --scale 0.1")
    try:
        written = write(
            load(),
            seed=seed,
            start=from_,
            end=to + timedelta(days=1),
            area=area,
            scale=scale,
            out=out,
            labels_out=labels,
        )
    except RegistryError as error:
        raise Outcome(WRONG_USE, str(error)) from None
    print(f"{written.events} events, {written.labels} labels")


def send(
    *files: Path,
    to: str | None = None,
    data: Path | None = None,
    issuer: str = "",
    kind: str = "",
    areas: str = "",
    tiers: str = "",
    unit: str = "",
) -> int:
    """Send NDJSON, registers (XLSX, XLS, ODS, ET, CSV, TSV, web pages) or ICS calendars into a running system; exit 1 if any line was

    refused. Titles, totals and columns that nothing is known of are left out and named.

    Parameters
    ----------
    to
        URL of the API (token from BURDENWATCH_TOKEN); default the embedded system.
    data
        Directory of the embedded system.
    issuer
        Who demands, for register rows that do not say (AREA6-LINE).
    kind
        What it is, for register rows that do not say: 会议, 文件, 报表 ... or the English word.
    areas
        Division codes that it reaches, for register rows that do not say.
    tiers
        Tiers that it reaches, for register rows that do not say.
    unit
        The unit that it reaches, for register rows that do not say.
    """
    from rich.console import Console
    from rich.progress import Progress

    from streams.cli.outcome import PART_DOWN
    from streams.cli.target import target
    from streams.intake.files import Unreachable, send_files

    chosen = target(to, data)
    found = existing(files)
    asked = {"issuer": issuer, "kind": kind, "areas": areas, "tiers": tiers, "units": unit}
    common = {name: value for name, value in asked.items() if value}
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("sending", total=None)
        try:
            report = send_files(
                found, chosen.url, chosen.token, progress=lambda count: bar.update(task, completed=count), common=common
            )
        except Unreachable as error:
            raise Outcome(PART_DOWN, str(error)) from None
    for line in (*report.notices, *report.refused):
        print(line, file=sys.stderr)
    print(f"accepted {report.accepted}, duplicate {report.duplicate}, refused {len(report.refused)}")
    return REFUSED if report.refused else 0


def import_organisations(*files: Path, data: Path | None = None) -> int:
    """Take own units and issuers from CSV or XLSX into an installation; nothing is taken if any row is refused.

    Parameters
    ----------
    data
        Directory of the installation.
    """
    from streams.registry.importing import ImportRefused, import_files
    from streams.system.layout import Layout, default_data

    layout = Layout(data or default_data())
    layout.prepare()
    try:
        imported = import_files(existing(files), layout.registry, as_of=datetime.now(ZoneInfo("Asia/Shanghai")).date())
    except ImportRefused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        return REFUSED
    print(f"{imported.rows} organisations imported; they count from the next start of the system")
    return 0
