"""A brief as a workbook: an overview, then each list on a sheet of its own, figures as numbers.

Pure. Flows in: ``Told``. Flows out: bytes.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from streams.brief.wording import Cell, Told
from streams.desk.spreadsheet import plain

NUMBERS: Final = {"minutes": "#,##0.0", "count": "#,##0", "number": "#,##0.##", "share": "0.0%"}
BOLD: Final = Font(bold=True)


def xlsx(one: Told) -> bytes:
    """Person-hours are numbers with all their decimals; texts that begin like a formula stay texts."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    _overview(sheet, one)
    days = _added(book, one.days_title)
    days.append([plain(one.days_title)])
    for day, minutes in one.days:
        days.append([day, minutes / 60])
        days.cell(days.max_row, 2).number_format = NUMBERS["minutes"]
    _widths(days, (14, 14))
    for grid in one.grids:
        page = _added(book, grid.title)
        page.append([plain(column.name) for column in grid.columns])
        for cell in page[1]:
            cell.font = BOLD
        for row in grid.rows:
            page.append([_value(column.sort, cell) for column, cell in zip(grid.columns, row, strict=True)])
            for place, column in enumerate(grid.columns, start=1):
                page.cell(page.max_row, place).number_format = NUMBERS.get(column.sort, "@")
        page.append([plain(grid.left)])
        page.freeze_panes = "A2"
        _widths(page, (44, *(16 if column.sort != "text" else 36 for column in grid.columns[1:])))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _overview(sheet: Worksheet, one: Told) -> None:
    sheet.title = _sheet_name(one.title, ())
    sheet.append([plain(one.title)])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in (
        *one.head,
        (),
        *((text,) for text in one.sentences),
        (),
        *one.figures,
        (),
        (one.definitions_title,),
        *one.definitions,
        (),
        (one.foot,),
    ):
        sheet.append([plain(cell) for cell in line])
    _widths(sheet, (28, 44, 60))
    for row in sheet.iter_rows(min_row=2, min_col=2, max_col=3):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _value(sort: str, cell: Cell) -> str | float:
    if isinstance(cell, str):
        return str(plain(cell))
    return cell / 60 if sort == "minutes" else cell


def _added(book: Workbook, title: str) -> Worksheet:
    made = book.create_sheet(_sheet_name(title, book.sheetnames))
    assert isinstance(made, Worksheet)
    return made


def _sheet_name(title: str, taken: object) -> str:
    """At most 31 characters, without what spreadsheets forbid there."""
    name = "".join(character for character in title if character not in "[]:*?/\\'").strip()[:28] or "-"
    return name if not isinstance(taken, list) or name not in taken else f"{name} 2"


def _widths(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    for letter, width in zip("ABCDEFGH", widths, strict=False):
        sheet.column_dimensions[letter].width = width
