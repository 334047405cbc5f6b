"""What every table that is taken away as a file has in common.

Pure. Flows in: lines of cells. Flows out: CSV; cells that are safe to open in a spreadsheet program.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from typing import Final

from streams.events.characters import printable

Cell = str | float | datetime
BOM: Final = "\ufeff"
"""Without it a spreadsheet reads Chinese in UTF-8 as something else."""


def plain(cell: Cell) -> Cell:
    """Text that begins like a formula gets an apostrophe; what no document can hold is left out."""
    if not isinstance(cell, str):
        return cell
    text = printable(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def csv_of(lines: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with BOM; lines that a spreadsheet would run are made plain text."""
    out = StringIO(newline="")
    csv.writer(out).writerows([plain(cell) for cell in line] for line in lines)
    return (BOM + out.getvalue()).encode()
