"""Tables of web pages, and of the XML that spreadsheet programs wrote in 2003; both come named .xls.

Pure. Flows in: text. Flows out: ``Table``s, one for each table that has rows; cells over several rows or columns count
for all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from streams.sheets.model import CELLS_LIMIT, Row, SheetFault, Table, Value

_CONDITIONS: Final = re.compile(r"<!\[(?:if|else|endif)[^\]>]*\]>", re.IGNORECASE)
_LEFT_OUT: Final = frozenset({"script", "style", "title", "head", "author", "styles", "documentproperties"})
_STRUCK: Final = frozenset({"s", "del", "strike"})
_ROWS: Final = frozenset({"tr", "row"})
_CELLS: Final = frozenset({"td", "th", "cell"})
_BREAKS: Final = frozenset({"br", "p", "div", "li"})
_BLANKS: Final = re.compile(r"[^\S\n]+")
COLUMNS_LIMIT: Final = 16_384

Attributes = dict[str, str]


@dataclass
class _Cell:
    down: int
    across: int
    text: list[str] = field(default_factory=list)
    plain: bool = False
    struck: bool = False

    def value(self) -> Value:
        lines = "".join(self.text).replace("\xa0", " ").split("\n")
        return "\n".join(line for line in (_BLANKS.sub(" ", line).strip() for line in lines) if line) or None


@dataclass
class _Sheet:
    """A table while it is read. ``reaching``: column -> (rows still to fill, value, struck) of cells from above."""

    name: str
    rows: list[Row] = field(default_factory=list)
    reaching: dict[int, tuple[int, Value, bool]] = field(default_factory=dict)
    cells: dict[int, Value] = field(default_factory=dict)
    struck: set[int] = field(default_factory=set)
    column: int = 0
    filled: int = 0
    in_row: bool = False
    cell: _Cell | None = None

    def begin_row(self) -> None:
        self.end_row()
        self.in_row = True
        for column, (left, value, struck) in list(self.reaching.items()):
            self._put(column, value, struck=struck)
            if left > 1:
                self.reaching[column] = (left - 1, value, struck)
            else:
                del self.reaching[column]

    def end_cell(self) -> None:
        if self.cell is None:
            return
        cell, self.cell = self.cell, None
        value, struck = cell.value(), cell.struck and not cell.plain
        while self.column in self.cells:
            self.column += 1
        for _ in range(min(cell.across, COLUMNS_LIMIT - self.column)):
            self._put(self.column, value, struck=struck)
            if cell.down > 1:
                self.reaching[self.column] = (cell.down - 1, value, struck)
            self.column += 1

    def end_row(self) -> None:
        self.end_cell()
        if self.in_row:
            width = max(self.cells, default=-1) + 1
            cells = tuple(self.cells.get(column) for column in range(width))
            self.rows.append(Row(len(self.rows) + 1, cells, frozenset(self.struck)))
            self.filled += width
            if self.filled > CELLS_LIMIT:
                raise SheetFault("file", self.name, f"has more than {CELLS_LIMIT:,} cells", "split the table")
        self.cells, self.struck, self.column, self.in_row = {}, set(), 0, False

    def _put(self, column: int, value: Value, *, struck: bool) -> None:
        self.cells[column] = value
        if struck:
            self.struck.add(column)


class _Page(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.open: list[_Sheet] = []
        self.found: list[_Sheet] = []
        self.unread = 0
        self.struck = 0
        self.sheet_name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag in _LEFT_OUT:
            self.unread += 1
        elif tag == "worksheet":
            self.sheet_name = given.get("ss:name", "")
        elif tag == "table":
            sheet = _Sheet(self.sheet_name or f"{self.name} {len(self.found) + 1}")
            self.open.append(sheet)
            self.found.append(sheet)
        elif self.open:
            self._inside(self.open[-1], tag, given)
        if tag in _STRUCK:
            self.struck += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _LEFT_OUT:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _LEFT_OUT:
            self.unread = max(0, self.unread - 1)
        elif tag in _STRUCK:
            self.struck = max(0, self.struck - 1)
        elif self.open and tag == "table":
            self.open.pop().end_row()
        elif self.open and tag in _ROWS:
            self.open[-1].end_row()
        elif self.open and tag in _CELLS:
            self.open[-1].end_cell()
            self.struck = 0

    def handle_data(self, data: str) -> None:
        cell = self.open[-1].cell if self.open else None
        if cell is None or self.unread:
            return
        cell.text.append(data.replace("\n", " ") if self.lasttag != "data" else data)
        if data.strip():
            cell.struck = cell.struck or bool(self.struck)
            cell.plain = cell.plain or not self.struck

    def _inside(self, sheet: _Sheet, tag: str, given: Attributes) -> None:
        if tag in _ROWS:
            sheet.begin_row()
        elif tag in _CELLS:
            if not sheet.in_row:
                sheet.begin_row()
            sheet.end_cell()
            sheet.column = _number(given.get("ss:index"), sheet.column + 1) - 1
            down = _number(given.get("rowspan"), 1 + _number(given.get("ss:mergedown"), 0))
            across = _number(given.get("colspan"), 1 + _number(given.get("ss:mergeacross"), 0))
            sheet.cell = _Cell(down, max(1, across))
        elif tag in _BREAKS and sheet.cell is not None:
            sheet.cell.text.append("\n")


def _number(text: str | None, otherwise: int) -> int:
    text = (text or "").strip()
    return min(int(text), COLUMNS_LIMIT * 64) if text.isascii() and text.isdecimal() and len(text) < 8 else otherwise


def is_page(text: str) -> bool:
    begin = text[:8192].lstrip("\ufeff \t\r\n").lower()
    return begin.startswith("<") and any(
        tag in begin or tag in text.lower() for tag in ("<table", "<html", "<workbook")
    )


def read_page(text: str, name: str) -> list[Table]:
    """All tables of a page that have rows, each under its sheet's name or the page's and a number."""
    page = _Page(name)
    try:
        page.feed(_CONDITIONS.sub("", text))
        page.close()
    except AssertionError as error:
        rule = f"is a web page that cannot be read ({error})"
        raise SheetFault("file", name, rule, "open it in the spreadsheet program and save it as XLSX") from None
    for sheet in page.open:
        sheet.end_row()
    tables = [Table(sheet.name, sheet.rows) for sheet in page.found if sheet.rows]
    if not tables:
        raise SheetFault(
            "file", name, "is a web page without a table", "open it in the spreadsheet program and save it as XLSX"
        )
    return tables
