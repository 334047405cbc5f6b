"""Finds the table in a sheet: the row or rows of headings, the rows of data, and what is neither.

Pure. Flows in: ``Table``s, and the headings that are known with the field of each. Flows out: ``Found``. Titles and notes
above, totals, footers, headings that come again and rows of examples are set aside and named; nothing goes missing silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from streams.sheets.characters import plain
from streams.sheets.model import Row, SheetFault, Table, Value
from streams.sheets.values import text_of

SEARCHED: Final = 40
"""Rows that hold anything, from the top, in which headings are looked for."""
DEEPEST: Final = 3
"""Rows that headings may take."""
HEADING_LENGTH: Final = 30

_REMARK: Final = re.compile(r"[(\[【].*?[)\]】]")
_NOTE: Final = re.compile(r"[^(\[]{1,12}:.+")
_TOTAL: Final = re.compile(r"(?:本[页月季年周]|全[年月市县区镇]|累计)?(?:合计|总计|小计|共计|累计)(?:[:(].*)?")
_FOOTER: Final = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|填[表报]人|制表人?|审[核批签]人?|复核人?|[一-龥]{0,4}负责人|经办人|联系人|联系电话|"
    r"打印[时日][间期]|[填制][表报](?:单位|时间|日期))(?:签[字名章])?\d?(?:\([^)]*\))?\s?:.*",
    re.DOTALL,
)
_EXAMPLES: Final = frozenset({"例", "示例", "样例", "范例", "填写示例", "填报示例", "举例"})
_COUNTED: Final = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its place (from 0), its heading as written (上/下 where it has two), and the field it is known as."""

    index: int
    heading: str
    field: str | None


class Aside(NamedTuple):
    """A row that is no data: its number, why, and its first text."""

    number: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A table with its headings. ``header_row`` is the number of the first row of headings.

    ``rows`` are the rows of data, struck and faulty ones too; ``aside`` is what was left out, from top to bottom. Two
    columns may bear one field: what that means is for the caller to say.
    """

    sheet: Table
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    aside: tuple[Aside, ...]

    @property
    def known(self) -> int:
        return len({column.field for column in self.columns if column.field})


class _Headings(NamedTuple):
    at: int
    depth: int
    texts: tuple[str, ...]
    known: int


def find_table(tables: Sequence[Table], headings: Mapping[str, str]) -> Found:
    """The visible sheet with the most known headings, the first of equals. Raises SheetFault where none has any."""
    found = find_tables(tables, headings)
    if found:
        return max(found, key=lambda one: one.known)
    shown = "; ".join(table.name for table in tables if not table.hidden)
    examples = ", ".join(list(headings)[:8])
    raise SheetFault(
        "header", shown, "has no row with headings that are known", f"give the columns headings such as {examples}"
    )


def find_tables(tables: Sequence[Table], headings: Mapping[str, str]) -> list[Found]:
    """Every visible sheet that has known headings, in order: a register may keep a sheet for each month."""
    fields = {heading_of(heading): field for heading, field in headings.items()}
    each = ((table, _headings(table.rows, fields)) for table in tables if not table.hidden)
    return [_found(table, at, fields) for table, at in each if at is not None]


def heading_of(value: Value) -> str:
    """A heading as it is compared: folded, without blanks, marks of what is required, and letter case."""
    return plain(text_of(value)).replace(" ", "").strip("*★:").lower()


def field_of(heading: str, fields: Mapping[str, str]) -> str | None:
    """The field of a heading, whole, without its remark in brackets, or by its lowest part. Keys are ``heading_of``s."""
    lowest = heading.rpartition("/")[2]
    for text in (heading, heading.replace("/", ""), lowest):
        for form in (text, _REMARK.sub("", text).strip("*★:")):
            if form in fields:
                return fields[form]
    return None


def _headings(rows: Sequence[Row], fields: Mapping[str, str]) -> _Headings | None:
    """The best headings among the first rows: most fields known, then the deeper ones, then the higher ones."""
    filled = islice((index for index, row in enumerate(rows) if not row.empty and row.fault is None), SEARCHED)
    best: _Headings | None = None
    for at in filled:
        found = _headings_at(rows, at, fields)
        if found and (best is None or (found.known, found.depth) > (best.known, best.depth)):
            best = found
    return best


def _headings_at(rows: Sequence[Row], at: int, fields: Mapping[str, str]) -> _Headings | None:
    texts = [heading_of(value) for value in rows[at].cells]
    filled = [text for text in texts if text]
    if any(map(_is_note, filled)) or (len(set(filled)) < 2 and len(filled) > 1):
        return None
    depth = 1
    while depth < DEEPEST and at + depth < len(rows):
        joined = _joined(texts, rows[at + depth])
        if joined is None:
            break
        texts, depth = joined, depth + 1
    known = len({field for field in (field_of(text, fields) for text in texts) if field})
    named = len({text for text in texts if text})
    # One known heading among several is chance (a title, a row of data); of one or two it is half of them.
    if known < (2 if named > 2 else 1):
        return None
    return _Headings(at, depth, tuple(texts), known)


def _is_note(text: str) -> bool:
    return len(text) > HEADING_LENGTH or _NOTE.fullmatch(text) is not None


def _joined(upper: Sequence[str], below: Row) -> list[str] | None:
    """The headings of two rows in one, or None where the second is no row of headings.

    It is one where it says something only below headings that reach over several columns, and elsewhere is empty or,
    by a merged cell, the same again.
    """
    if below.fault is not None or any(not isinstance(value, str | None) for value in below.cells):
        return None
    width = max(len(upper), len(below.cells))
    tops = [*upper, *[""] * (width - len(upper))]
    lows = [heading_of(value) for value in below.cells] + [""] * (width - len(below.cells))
    parted, group, texts = 0, "", list[str]()
    for index, (top, low) in enumerate(zip(tops, lows, strict=True)):
        group = top or (group if low else "")
        if not low or low == top:
            texts.append(top)
            continue
        nearby = {tops[index - 1] if index else None, tops[index + 1] if index + 1 < width else None}
        over_more = top in nearby or (index + 1 < width and not tops[index + 1] and bool(lows[index + 1]))
        if not group or _is_note(low) or (top and not over_more):
            return None
        parted += 1
        texts.append(f"{group}/{low}")
    return texts if parted > 1 else None


def _found(table: Table, at: _Headings, fields: Mapping[str, str]) -> Found:
    columns = tuple(Column(index, text, field_of(text, fields)) for index, text in enumerate(at.texts) if text)
    aside = [_aside(row, "stands above the headings") for row in table.rows[: at.at] if not row.empty]
    begun = at.at + at.depth
    again = {row.cells for row in table.rows[at.at : begun]}
    kept: list[Row] = []
    for row in table.rows[begun:]:
        if row.empty:
            continue
        why = None if row.fault else _why(row, columns, again, first=not kept)
        if why:
            aside.append(_aside(row, why))
        else:
            kept.append(row)
    return Found(table, table.rows[at.at].number, columns, tuple(kept), tuple(aside))


def _why(row: Row, columns: Sequence[Column], again: set[tuple[Value, ...]], *, first: bool) -> str | None:
    """Why a row below the headings is no data; None where it is."""
    # Nearly every row is data and there may be a million: what a text must hold is looked for before it is folded.
    filled = [value for value in row.cells if value is not None]
    texts = [value for value in filled if isinstance(value, str)]
    if any("计" in text and _TOTAL.fullmatch(heading_of(text)) for text in texts if len(text) <= HEADING_LENGTH):
        return "is a total"
    if row.cells in again:
        return "repeats the headings"
    opening = filled[0]
    if isinstance(opening, str):
        if (":" in opening or "：" in opening) and len(set(filled)) <= 4 and _FOOTER.fullmatch(plain(opening)):
            return "is a footer"
        if "例" in opening and len(opening) <= HEADING_LENGTH and heading_of(opening) in _EXAMPLES:
            return "is an example"
        if len(filled) > 2 and opening == filled[-1] and len(set(filled)) == 1 and len(filled) >= len(columns) - 1:
            return "is a title between rows"
    if first and _counts_columns(filled):
        return "numbers the columns"
    return None


def _counts_columns(filled: Sequence[Value]) -> bool:
    """Whether a row says 1, 2, 3 (or 甲, 乙, 1, 2) under the headings, as printed forms do."""
    texts = [heading_of(value).strip("()") for value in filled]
    letters = sum(1 for text in texts if text in _COUNTED)
    counted = [str(number + 1) for number in range(len(texts) - letters)]
    return len(texts) > 2 and bool(counted) and texts == [*_COUNTED[:letters], *counted]


def _aside(row: Row, why: str) -> Aside:
    text = next((text_of(value) for value in row.cells if value is not None), "")
    return Aside(row.number, why, text)
