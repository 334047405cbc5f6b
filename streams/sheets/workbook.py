"""Reads the tables of a file. What its bytes hold decides how; its name is only repeated in what is said about it.

Pure. Flows in: the bytes of a file and its name. Flows out: ``Table``s, or a ``SheetFault`` that says what the file is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from streams.sheets.delimited import Decoded, decode, read_delimited
from streams.sheets.model import Row, SheetFault, Table, Value
from streams.sheets.page import is_page, read_page
from streams.sheets.spreadsheet import read_compound, read_zipped

_CHARSET: Final = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_CHINESE: Final = frozenset({"gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80", "gb18030"})
_WORKBOOKS: Final[dict[bytes, Callable[[bytes, str], list[Table]]]] = {
    b"PK\x03\x04": read_zipped,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": read_compound,
}
_NO_TABLES: Final = {
    b"%PDF": ("is a PDF", "ask for the table that it was printed from, or copy it into a spreadsheet"),
    b"{\\rtf": ("is a text document", "copy its table into a spreadsheet"),
    b"MIME-Version:": ("is a web archive", "open it in the spreadsheet program and save it as XLSX"),
    b"Rar!": ("is an archive", "unpack it and give the files in it"),
    b"7z\xbc\xaf": ("is an archive", "unpack it and give the files in it"),
    b"\x89PNG": ("is a picture", "type the table into a spreadsheet"),
    b"\xff\xd8\xff": ("is a picture", "type the table into a spreadsheet"),
}


def read_tables(content: bytes, name: str) -> list[Table]:
    """All tables of a file in order, hidden ones too. Raises SheetFault where the file as a whole cannot be read."""
    if not content.strip(b"\0 \t\r\n"):
        raise SheetFault("file", name, "is empty", "give the file that holds the table")
    for begin, (rule, fix) in _NO_TABLES.items():
        if content.startswith(begin):
            raise SheetFault("file", name, rule, fix)
    for begin, read in _WORKBOOKS.items():
        if content.startswith(begin):
            return read(content, name)
    title = PurePath(name).stem or name
    if content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        page = _page_text(content, name)
        if is_page(page):
            return read_page(page, title)
    return [Table(title, read_delimited(decode(content, name)))]


def _page_text(content: bytes, name: str) -> str:
    """The text of a page by the encoding that it names itself, else as any other text."""
    said = _CHARSET.search(content[:4096])
    marked = content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if said is not None and not marked and said[1].decode().lower() in _CHINESE:
        return content.decode("gb18030", errors="replace")
    return decode(content, name).text


__all__ = ["Decoded", "Row", "SheetFault", "Table", "Value", "read_tables"]
