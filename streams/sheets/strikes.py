"""What calamine does not tell of an XLSX: which cells are struck through, which epoch, how far the cells reach.

Pure. Flows in: the opened archive. Flows out: per sheet a set of cells; the epoch; the size. The parts are read as XML
as they stand: a reader of styles that knows all of the format stops at the slips that office programs make in it.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_EPOCH: Final = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904=[\"'](?:1|true|on)[\"']")
_CELL: Final = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Za-z]+)(\d+)[\"'](?:[^>]*[^/>])?>")
_FAR: Final = re.compile(rb"\sr\s*=\s*[\"'](?!(?:[A-Za-z]?\d{1,6})[\"'])")
"""A place beyond column Z or row 999,999, or none that can be read: a sheet without one is never too large."""
_UNPLACED: Final = re.compile(rb"<(?:\w+:)?c(?=[\s/>])(?![^>]*?\sr\s*=)")
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*[\"'](\d+)[\"']")

Places = dict[int, set[int]]
"""Row -> columns, both from 0."""


def epoch_1904(book: zipfile.ZipFile) -> bool:
    return _EPOCH.search(_part(book, "xl/workbook.xml")) is not None


def sheet_parts(book: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet -> the part that holds it."""
    targets = {
        link.get("Id"): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
        for link in ElementTree.fromstring(_part(book, "xl/_rels/workbook.xml.rels"))
    }
    found: dict[str, str] = {}
    for sheet in ElementTree.fromstring(_part(book, "xl/workbook.xml")).iter():
        if _local(sheet) == "sheet":
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            found[sheet.get("name", "")] = targets.get(link, "")
    return found


def size(xml: bytes) -> int:
    """Rows times columns up to the last cell that holds something, 0 where that is little: what a dense reader must hold."""
    unplaced = _UNPLACED.search(xml) is not None
    if not unplaced and _FAR.search(xml) is None:
        return 0
    last_row, letters = 0, set[bytes]()
    for found in _CELL.finditer(xml):
        letters.add(found[1])
        last_row = max(last_row, int(found[2]))
    last_column = max((_column(text.decode().upper()) + 1 for text in letters), default=0)
    if unplaced:  # such cells follow one another in the row that they stand in
        last_row = max(map(int, _ROW.findall(xml)), default=last_row)
        last_column = max(last_column, *(row.count(b"<c") + row.count(b":c ") for row in xml.split(b"row ")))
    return last_row * last_column


def largest(book: zipfile.ZipFile) -> int:
    """The size of the largest sheet of the archive, whichever part it is in."""
    parts = (book.read(info) for info in book.infolist())
    return max((size(part) for part in parts if b"sheetData" in part), default=0)


def struck_styles(book: zipfile.ZipFile) -> frozenset[str]:
    """The numbers of the cell styles whose font is struck through; none without reading more where no font is."""
    styles = _part(book, "xl/styles.xml")
    if b"strike" not in styles:
        return frozenset()
    root = ElementTree.fromstring(styles)
    fonts = [any(map(_strikes, font)) for font in _children(root, "fonts")]
    formats = enumerate(_children(root, "cellXfs"))
    return frozenset(str(number) for number, xf in formats if _at(fonts, xf.get("fontId", "0")))


def struck_cells(book: zipfile.ZipFile, part: str, styles: frozenset[str]) -> Places:
    """The cells of a sheet that have one of the styles."""
    numbers = "|".join(styles).encode()
    styled = re.compile(
        rb"<(?:\w+:)?c\s(?=[^>]*?\bs=[\"'](?:" + numbers + rb")[\"'])[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']"
    )
    found: Places = {}
    for cell in styled.finditer(_part(book, part)):
        found.setdefault(int(cell[2]) - 1, set()).add(_column(cell[1].decode()))
    return found


def _part(book: zipfile.ZipFile, name: str) -> bytes:
    try:
        return book.read(name)
    except KeyError:
        return b""


def _children(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    for space in (_MAIN, _STRICT):
        for group in root.iter(space + name):
            yield from group


def _strikes(element: ElementTree.Element) -> bool:
    return _local(element) == "strike" and element.get("val", "1") not in {"0", "false", "off"}


def _at(fonts: list[bool], number: str) -> bool:
    return number.isdecimal() and int(number) < len(fonts) and fonts[int(number)]


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
