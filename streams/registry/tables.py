"""Rows of a CSV or XLSX file as texts by canonical column, each with its file and line.

Flows in: a path. Flows out: rows, and what made others unreadable. Touches that file only.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

LARGEST: Final = 64 * 1024 * 1024
HEADERS: Final = {
    "code": "code",
    "代码": "code",
    "区划代码": "code",
    "name": "name",
    "名称": "name",
    "tier": "tier",
    "level": "tier",
    "层级": "tier",
    "line": "line",
    "条线": "line",
    "staff": "staff",
    "编制": "staff",
    "valid_from": "valid_from",
    "生效日期": "valid_from",
    "valid_to": "valid_to",
    "失效日期": "valid_to",
}
FORM_FIX: Final = "use the columns code,name,tier,line,staff,valid_from,valid_to"

Unreadable = tuple[str, int, str, str, str, str]
"""File, line, field, value, rule, fix."""


class Row(NamedTuple):
    """One row: cells by canonical column; empty cells are left out."""

    file: str
    line: int
    cells: dict[str, str]


def rows_of(path: Path) -> tuple[list[Row], list[Unreadable]]:
    """The rows of a file by its ending (.csv, .xlsx), and why rows or the file cannot be read."""
    name = path.name
    readers = {".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        return [], [(name, 1, "file", path.suffix, "is neither .csv nor .xlsx", "save the table as one of them")]
    try:
        if path.stat().st_size > LARGEST:
            return [], [(name, 1, "file", str(path.stat().st_size), f"is larger than {LARGEST} bytes", "split it")]
        table = list(reader(path))
    except (OSError, UnicodeDecodeError, csv.Error, CalamineError, ValueError) as error:
        return [], [
            (
                name,
                1,
                "file",
                name,
                "cannot be read: " + " ".join(str(error).split())[:160],
                "save it again as UTF-8 CSV or XLSX",
            )
        ]
    if not table:
        return [], [(name, 1, "file", name, "is empty", FORM_FIX)]
    return _named(name, table)


def _named(name: str, table: Sequence[tuple[int, list[str]]]) -> tuple[list[Row], list[Unreadable]]:
    at, head = table[0]
    columns = [HEADERS.get(cell.lower(), "") for cell in head]
    faults: list[Unreadable] = [
        (name, at, "header", cell, "is no known column", FORM_FIX)
        for cell, column in zip(head, columns, strict=True)
        if cell and not column
    ]
    for need in ("code", "name"):
        if columns.count(need) != 1:
            faults.append((name, at, "header", need, "must stand in the first row once", FORM_FIX))
    doubled = {column for column in columns if column and columns.count(column) > 1} - {"code", "name"}
    faults.extend((name, at, "header", column, "stands there twice", FORM_FIX) for column in sorted(doubled))
    rows: list[Row] = []
    for line, cells in table[1:]:
        if not any(cells):
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            faults.append(
                (
                    name,
                    line,
                    "row",
                    ",".join(cells)[:64],
                    f"has more than {len(columns)} cells",
                    "quote cells that hold commas",
                )
            )
            continue
        rows.append(
            Row(name, line, {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell})
        )
    return rows, faults


def _clean(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Lines of a CSV in UTF-8, with or without a mark, or in GB 18030, as Chinese spreadsheets save it."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    read = csv.reader(text.splitlines(keepends=True), strict=True)
    for cells in read:
        yield read.line_num, [_clean(cell) for cell in cells]


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet."""
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield number, [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell as people read it: whole numbers without a point, dates as YYYY-MM-DD."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return _clean(str(cell))
