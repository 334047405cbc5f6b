"""Tables in text: which encoding, which separator, and rows of which a bad one does not take the others with it.

Pure. Flows in: bytes, then text. Flows out: ``Row``s.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from streams.events.secrecy import has_mark
from streams.sheets.model import Row, SheetFault, Value

SEPARATORS: Final = (",", "\t", ";", "|")
SAMPLE: Final = 50
"""Rows from which the separator is judged."""
RECORD_LINES: Final = 500
"""The most lines of one row (line breaks within quotes): beyond it, a quote was never closed."""
_BROKEN: Final = "\ufffd"


class Decoded(NamedTuple):
    """A text, its encoding, and whether bytes of it could not be read (they are U+FFFD then)."""

    text: str
    encoding: str
    damaged: bool


def decode(content: bytes, name: str) -> Decoded:
    """UTF-8, UTF-16 by its mark, or GB18030, whichever fits; a few bad bytes do not change which. Raises SheetFault."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = _lenient(content, "utf-16")
    else:
        found = _lenient(content, "utf-8-sig")
        if found.damaged and not content.startswith(codecs.BOM_UTF8):
            # GB18030 reads nearly anything, so it is asked only where most of what is no ASCII is no UTF-8.
            foreign = sum(1 for char in found.text if char > "\x7f")
            if found.text.count(_BROKEN) * 5 > foreign:
                found = _lenient(content, "gb18030")
    broken = found.text.count(_BROKEN) if found.damaged else 0
    if "\0" in found.text or broken * 10 > len(found.text):
        raise SheetFault(
            "file", name, "is neither a table nor text that can be read", "save it as XLSX, or as CSV in UTF-8"
        )
    return found


def _lenient(content: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(content.decode(encoding), encoding, damaged=False)
    except UnicodeDecodeError:
        return Decoded(content.decode(encoding, errors="replace"), encoding, damaged=True)


def read_delimited(decoded: Decoded) -> list[Row]:
    """All rows that hold anything, each numbered by its first line."""
    lines = list(io.StringIO(decoded.text, newline=""))
    first = lines[0].rstrip("\r\n") if lines else ""
    skipped = 0
    if first.lower().startswith("sep=") and len(first) == 5:
        separator, skipped = first[4], 1
    else:
        separator = separator_of(lines)
    return [
        _row(*record, damaged=decoded.damaged, encoding=decoded.encoding)
        for record in _records(lines, separator, skipped)
    ]


def separator_of(lines: Sequence[str]) -> str:
    """The separator under which the first rows are read without a fault and most of them are of one width."""

    def fit(separator: str) -> tuple[float, int]:
        found = list(islice(_records(lines, separator, 0), SAMPLE))
        widths = Counter(len(cells) for _, cells, fault in found if fault is None and len(cells) > 1)
        if not widths:
            return 0.0, 0
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        return times / len(found), width

    return max(SEPARATORS, key=fit)


class _Records:
    """Feeds lines to a reader of rows, never more than RECORD_LINES of one row."""

    def __init__(self, lines: Sequence[str], start: int) -> None:
        self.lines, self.start, self.next = lines, start, start

    def __iter__(self) -> Iterator[str]:
        while self.next < len(self.lines) and self.next - self.start < RECORD_LINES:
            self.next += 1
            yield self.lines[self.next - 1]


def _records(lines: Sequence[str], separator: str, start: int) -> Iterator[tuple[int, list[str], str | None]]:
    """(line number, cells, what is wrong). After a row that cannot be read, reading goes on with the next line."""
    widest = 0
    while start < len(lines):
        feed = _Records(lines, start)
        reader = csv.reader(feed, delimiter=separator, strict=True)
        try:
            for cells in reader:
                begun, feed.start = feed.start, feed.next
                if len(cells) < widest and _swallowed(lines[begun + 1 : feed.next - 1], separator, widest):
                    feed.start = begun
                    raise csv.Error("a quote is not closed")
                widest = max(widest, len(cells))
                if cells:
                    yield begun + 1, cells, None
            start = feed.next
        except csv.Error as error:
            yield feed.start + 1, [lines[feed.start].rstrip("\r\n")], str(error)
            start = feed.start + 1


def _swallowed(inner: Sequence[str], separator: str, widest: int) -> bool:
    """Whether a row over several lines holds lines that are rows themselves: two stray quotes far apart do that."""
    return any(line.count(separator) >= widest - 1 for line in inner)


def _row(number: int, cells: Sequence[str], wrong: str | None, *, damaged: bool, encoding: str) -> Row:
    if wrong is not None:
        rule = f"is a line that cannot be read as cells ({wrong})"
        fault = SheetFault(
            "line", _open(cells[0]), rule, "remove the stray quote, or double it and put the whole cell in quotes"
        )
        return Row(number, (), fault=fault)
    if damaged and any(_BROKEN in cell for cell in cells):
        shown = next(cell for cell in cells if _BROKEN in cell)
        rule = f"holds bytes that are no {encoding.removesuffix('-sig').upper()}"
        return Row(
            number,
            (),
            fault=SheetFault("line", _open(shown), rule, "type the text anew and save the file as CSV in UTF-8"),
        )
    values: tuple[Value, ...] = tuple(cell or None for cell in cells)
    return Row(number, values)


def _open(text: str) -> str:
    """What may be said of a line: nothing where it carries a secrecy mark."""
    return "" if has_mark(text) else text
