"""Workbooks of spreadsheet programs: XLSX, XLSM, XLSB, XLS, ODS, and ET, which is one of them inside.

Pure. Flows in: bytes. Flows out: ``Table``s in which merged cells count for all their rows and columns.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from streams.sheets import compound, strikes
from streams.sheets.model import CELLS_LIMIT, NONE_STRUCK, Row, SheetFault, Table, Value

UNPACKED_LIMIT: Final = 2_000_000_000
"""Bytes of a workbook once it is unpacked."""
_DAMAGE: Final = (CalamineError, zipfile.BadZipFile, zlib.error, ParseError, OSError, EOFError)
_DAMAGE_OF_PARTS: Final = (
    *_DAMAGE,
    ValueError,
    KeyError,
    RuntimeError,
    NotImplementedError,
    OverflowError,
    LookupError,
    StopIteration,
    struct.error,
)
_OTHER_KINDS: Final = {"word/document.xml": "a text document", "ppt/presentation.xml": "slides"}


def read_zipped(content: bytes, name: str) -> list[Table]:
    """A workbook that is an archive: XLSX, XLSM, XLSB, ODS."""
    try:
        book = zipfile.ZipFile(io.BytesIO(content))
    except (*_DAMAGE_OF_PARTS,) as error:
        raise _damaged(name, error) from None
    with book:
        parts = set(book.namelist())
        for part, kind in _OTHER_KINDS.items():
            if part in parts:
                raise SheetFault("file", name, f"is {kind}, no table", "copy its table into a spreadsheet")
        if not parts & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
            raise SheetFault("file", name, "is an archive, no workbook", "unpack it and give the files in it")
        if sum(info.file_size for info in book.infolist()) > UNPACKED_LIMIT:
            raise _too_large(name)
        return _read(content, name, book if "xl/workbook.xml" in parts else None)


def read_compound(content: bytes, name: str) -> list[Table]:
    """A workbook in the compound files of before 2007: XLS, ET; or what a password turns any workbook into."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _locked(name)
    if "WordDocument".encode("utf-16-le") in content:
        raise SheetFault("file", name, "is a text document, no table", "copy its table into a spreadsheet")
    return _read(content, name, None)


def _read(content: bytes, name: str, book: zipfile.ZipFile | None) -> list[Table]:
    try:
        return _tables(content, name, book)
    except SheetFault:
        raise
    except PasswordError:
        raise _locked(name) from None
    except (*_DAMAGE_OF_PARTS,) as error:
        raise _damaged(name, error) from None
    except BaseException as error:
        # What the reader did not foresee arrives as a panic that is no Exception; everything else goes on upwards.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(name, error) from None


def _tables(content: bytes, name: str, book: zipfile.ZipFile | None) -> list[Table]:
    if book and strikes.largest(book) > CELLS_LIMIT:
        raise _too_large(name)
    parts = strikes.sheet_parts(book) if book else {}
    styles = strikes.struck_styles(book) if book else frozenset()
    late = strikes.epoch_1904(book) if book else content[:2] != b"PK" and _compound_1904(content, name)
    tables: list[Table] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for sheet in workbook.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            part = parts.get(sheet.name, "")
            struck = strikes.struck_cells(book, part, styles) if book and part and styles else {}
            rows = _rows(workbook.get_sheet_by_name(sheet.name), struck)
            tables.append(Table(sheet.name, rows, sheet.visible != SheetVisibleEnum.Visible, late))
    return tables


def _compound_1904(content: bytes, name: str) -> bool:
    """Whether an XLS counts days from 1904. Raises SheetFault where its cells reach too far to be held."""
    stream = compound.stream(content)
    if compound.size(stream) > CELLS_LIMIT:
        raise _too_large(name)
    return compound.epoch_1904(stream)


def _rows(sheet: Any, struck: strikes.Places) -> list[Row]:
    grid: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        _spread(grid, top, left, bottom, right)
    return [
        Row(number + 1, tuple(map(_value, cells)), frozenset(struck[number]) if number in struck else NONE_STRUCK)
        for number, cells in enumerate(grid)
    ]


def _spread(grid: Sequence[list[Any]], top: int, left: int, bottom: int, right: int) -> None:
    """Gives the value of a merged cell to all its places within the sheet."""
    if top >= len(grid) or left >= len(grid[top]):
        return
    value = grid[top][left]
    for cells in grid[top : bottom + 1]:
        for column in range(left, min(right + 1, len(cells))):
            cells[column] = value


def _value(cell: Any) -> Value:
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool | int | float | date | datetime):
        return cell
    if isinstance(cell, time):
        return cell.isoformat("seconds")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return None


def _damaged(name: str, error: BaseException) -> SheetFault:
    rule = f"is a workbook that cannot be read ({' '.join(str(error).split())[:120]})"
    return SheetFault("file", name, rule, "open it in the spreadsheet program and save it again as XLSX")


def _locked(name: str) -> SheetFault:
    return SheetFault("file", name, "is protected by a password", "save it again without the password")


def _too_large(name: str) -> SheetFault:
    return SheetFault(
        "file", name, f"reaches over more than {CELLS_LIMIT:,} cells", "delete stray cells far outside the table"
    )
