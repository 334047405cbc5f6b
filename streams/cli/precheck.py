"""The command ``precheck``: what a draft would do, asked of a running system before the demand is issued."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyclopts import App

from streams.cli.files import existing
from streams.cli.outcome import REFUSED
from streams.cli.reads import show
from streams.cli.target import target


def add_to(app: App) -> None:
    """The command."""
    app.command(precheck)


def precheck(
    file: Path, *, json: bool = False, csv: bool = False, to: str | None = None, data: Path | None = None
) -> int:
    """What a draft would do: units over a limit, duplicates, collisions, rule breaches; exit 1 when there are any.

    Parameters
    ----------
    file
        One event as JSON; id, source and time may be missing.
    json
        Print JSON.
    csv
        Print CSV.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    answer = target(to, data).post("/v1/precheck", existing([file])[0].read_bytes())
    show(answer, rows_of(answer), as_json=json, as_csv=csv)
    return 0 if answer["clean"] else REFUSED


def rows_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """One line for the reach and one for everything that speaks against issuing the draft."""
    minutes = answer["minutes"]
    cost = f"{minutes['likely'] / 60:.1f} person-hours ({minutes['low'] / 60:.1f} to {minutes['high'] / 60:.1f})"
    rows = [_row("reach", f"{answer['receivers']} units, {answer['occurrences']} times", cost)]
    for one in answer["over"]:
        first = one["worst"][0]
        worst = f"{first['unit']} {first['name']}: {first['before']} to {first['after']}, level {first['level']}"
        rows.append(_row("over", f"{one['rule']}: {one['units']} units over {one['metric']}", worst))
    for one in answer["duplicates"]:
        rows.append(
            _row("duplicate", f"{one['title']} ({one['issuer']})", f"{one['units']} units: {', '.join(one['shared'])}")
        )
    for one in answer["collisions"]:
        rows.append(_row("collision", f"{one['title']} ({one['issuer']})", f"{one['units']} units on the same day"))
    if answer["better_days"]:
        rows.append(_row("better days", ", ".join(answer["better_days"]), "fewer gatherings for the same units"))
    for one in answer["breaches"]:
        rows.append(
            _row(
                one["layer"],
                f"{one['rule']}: {one['title'].get('zh', '')}",
                f"{one['value']:g}, limit {one['limit']:g}",
            )
        )
    return rows


def _row(what: str, which: str, detail: str) -> dict[str, Any]:
    return {"what": what, "which": which, "detail": detail}
