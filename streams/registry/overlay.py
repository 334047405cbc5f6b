"""Own organisations laid over the national list: one normalised file under an ``extra`` directory.

Flows in: ``organisations.csv`` as the import wrote it. Flows out: added and closed divisions by level, units and names of imported
lines, names, establishment (编制) and validity by code. Reads that one file only.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from streams.registry.model import LEVELS, WIDTHS, Line

FILE: Final = "organisations.csv"
COLUMNS: Final = ("code", "name", "tier", "line", "line_id", "staff", "valid_from", "valid_to", "state")
LISTED, CLOSED, PLANNED = "listed", "closed", "planned"


class Organisation(NamedTuple):
    """One imported row; ``staff`` is 编制.

    ``code`` is a division code, CODE-LINE or 000000-LINE; ``line_id`` is 0 unless the line is imported.
    """

    code: str
    name: str
    tier: str
    line: str = ""
    line_id: int = 0
    staff: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state: str = LISTED


@dataclass(frozen=True)
class Overlay:
    """What imported rows change. ``rows``: all of them by code, ``listed``: those in force; ``added`` and ``closed``: division numbers by
    level (1-5); ``bureaus`` and ``gone``: the same by tier name, for bureaus."""

    version: str = ""
    rows: dict[str, Organisation] = field(default_factory=dict)
    listed: dict[str, Organisation] = field(default_factory=dict)
    added: dict[int, set[int]] = field(default_factory=dict)
    closed: dict[int, set[int]] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    bureaus: dict[str, set[int]] = field(default_factory=dict)
    gone: dict[str, set[int]] = field(default_factory=dict)


def dumped(rows: Iterable[Organisation]) -> str:
    """The normalised text of ``rows``: by code, one line each; the same rows give the same bytes."""
    lines: list[str] = []

    class Sink:
        def write(self, text: str) -> int:
            lines.append(text)
            return len(text)

    out = csv.writer(Sink(), lineterminator="\n")
    out.writerow(COLUMNS)
    for row in sorted(rows):
        staff = "" if row.staff is None else row.staff
        dates = [day.isoformat() if day else "" for day in (row.valid_from, row.valid_to)]
        out.writerow([row.code, row.name, row.tier, row.line, row.line_id, staff, *dates, row.state])
    return "".join(lines)


def loaded(text: str) -> list[Organisation]:
    """The rows of a normalised text; raises ValueError when it is not one."""
    read = csv.reader(text.splitlines())
    if tuple(next(read, ())) != COLUMNS:
        raise ValueError(f"{FILE}:1: header: must be {','.join(COLUMNS)}; import the organisations again")
    rows: list[Organisation] = []
    for number, cells in enumerate(read, start=2):
        try:
            code, name, tier, line, line_id, staff, start, end, state = cells
            days = [date.fromisoformat(day) if day else None for day in (start, end)]
            rows.append(
                Organisation(
                    code, name, tier, line, int(line_id), int(staff) if staff else None, days[0], days[1], state
                )
            )
        except ValueError as error:
            raise ValueError(f"{FILE}:{number}: {error}; import the organisations again") from error
    return rows


def overlay_of(rows: Iterable[Organisation], catalogue: dict[str, Line]) -> Overlay:
    """What ``rows`` change, with the version that their bytes stand for."""
    kept = list(rows)
    if not kept:
        return Overlay()
    laid = Overlay(version=hashlib.blake2b(dumped(kept).encode(), digest_size=4).hexdigest())
    for row in kept:
        laid.rows[row.code] = row
        if row.state == LISTED:
            laid.listed[row.code] = row
        if row.line and row.line not in catalogue:
            laid.lines.setdefault(row.line, _imported_line(row))
        if row.tier == "centre" or row.state == PLANNED:
            continue
        number, listed = int(row.code.split("-", 1)[0]), row.state == LISTED
        if row.line:
            (laid.bureaus if listed else laid.gone).setdefault(f"{row.tier}-{row.line}", set()).add(number)
        else:
            (laid.added if listed else laid.closed).setdefault(LEVELS.index(row.tier) + 1, set()).add(number)
    return laid


def _imported_line(row: Organisation) -> Line:
    """The line of an imported row: it has no names of its own, its issuers and bureaus are named one by one."""
    return Line(row.line_id, row.line, row.line, row.line, "government", row.line, row.line, {}, imported=True)


def read_overlay(extra: Path | None, catalogue: dict[str, Line]) -> Overlay:
    """The overlay under ``extra``; an empty one where there is no directory or no file."""
    if extra is None or not (extra / FILE).is_file():
        return Overlay()
    return overlay_of(loaded((extra / FILE).read_text(encoding="utf-8")), catalogue)


def level_of(code: str) -> int:
    """Level (1-5) of an unpadded division code by its width; 0 when no level has that width."""
    return WIDTHS.index(len(code)) + 1 if code.isascii() and code.isdigit() and len(code) in WIDTHS else 0
