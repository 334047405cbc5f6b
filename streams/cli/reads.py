"""Commands that ask a running system: ``load`` of a unit, ``hotspots``. Scoped by the token, like every read."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

from cyclopts import App

from streams.cli.target import target


def add_to(app: App) -> None:
    app.command(load)
    app.command(hotspots)


def show(answer: Any, rows: list[dict[str, Any]], *, as_json: bool, as_csv: bool) -> None:
    """Print an answer as JSON, CSV or aligned text."""
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    names = list(rows[0]) if rows else []
    if as_csv:
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*names, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


def load(
    code: str,
    *,
    metric: list[str] | None = None,
    at: str | None = None,
    json: bool = False,
    csv: bool = False,
    to: str | None = None,
    data: Path | None = None,
) -> None:
    """The load of a unit, in person-minutes (or occurrences for a count).

    Parameters
    ----------
    code
        Division code (510104017) or bureau (510104-education).
    metric
        KIND.MEASURE.WINDOW; may be given several times.
    at
        The instant, ISO 8601 with offset (default now).
    json
        Print JSON.
    csv
        Print CSV.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    answer = target(to, data).get(f"/v1/units/{code}/load", {"metric": ",".join(metric or []), "at": at or ""})
    rows = [
        {"unit": answer["unit"], "metric": name, "value": value, "at": answer["at"]}
        for name, value in answer["load"].items()
    ]
    show(answer, rows, as_json=json, as_csv=csv)


def hotspots(
    *,
    tier: str = "township",
    metric: str = "all.minutes.30d",
    area: str = "",
    limit: int = 20,
    at: str | None = None,
    json: bool = False,
    csv: bool = False,
    to: str | None = None,
    data: Path | None = None,
) -> None:
    """The most loaded units of a tier inside an area.

    Parameters
    ----------
    tier
        province, prefecture, county, township, village, or county-LINE.
    metric
        KIND.MEASURE.WINDOW.
    area
        Division code (default the whole country).
    limit
        How many.
    at
        The instant, ISO 8601 with offset (default now).
    json
        Print JSON.
    csv
        Print CSV.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    params = {"tier": tier, "metric": metric, "area": area, "limit": str(limit), "at": at or ""}
    answer = target(to, data).get("/v1/hotspots", params)
    show(answer, answer["hotspots"], as_json=json, as_csv=csv)
