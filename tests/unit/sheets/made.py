"""Makes the files of the tests: workbooks, archives, pages. Flows in: rows. Flows out: bytes. Touches nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from streams.sheets import Value

FIELD = Path(__file__).parent / "field"


def xlsx(rows: Sequence[Sequence[Any]], change: Callable[[Any, Worksheet], None] | None = None) -> bytes:
    """A workbook with one sheet of these rows; ``change`` may do to book and sheet what it likes."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(book, sheet)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def archive(parts: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return made.getvalue()


def repacked(content: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    assert old in parts[part]
    return archive(parts | {part: parts[part].replace(old, new)})


def ods(rows: str) -> bytes:
    """An ODS whose one sheet has these rows, as XML."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f"<office:document-content{spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="台账">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
        }
    )


def cells(rows: Sequence[Any]) -> list[tuple[Value, ...]]:
    return [row.cells for row in rows]
