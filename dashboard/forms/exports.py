"""Findings as files to take away: CSV and XLSX of all that the filter names, in words, saying of what and of when they are.

Flows in: the desk's rows. Flows out: bytes, behind two buttons. Touches the page being drawn; reads the store when a file is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Final

import streamlit as st
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from dashboard.data.sheets.desk import DeskExport, DeskSheet, Row
from dashboard.place import Place
from dashboard.shell.frame import Frame
from dashboard.views.context import AS_OF, Context
from dashboard.words import Words, moment
from streams.desk.spreadsheet import Cell, csv_of, plain
from streams.store import OutOfScope
from streams.store.findings import NOBODY

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(found: Frame) -> None:
    """All findings that the filter names, as CSV and XLSX, read when they are taken away; each file says what it is of."""
    context = found.context
    try:
        sheet = found.shared.board.sheet(DeskSheet, found.viewer.scope, context.place).value
    except OutOfScope:
        return
    if not sheet.total:
        return
    name = f"findings-{context.place.area or 'all'}-{moment(sheet.at_us):%Y%m%d-%H%M}"

    def made(write: Callable[[list[tuple[str, str]], tuple[Row, ...], Context], bytes]) -> bytes:
        whole = found.shared.board.once(DeskExport, found.viewer.scope, context.place)
        return write([*stated(found, whole.at_us), _counted(context.say, whole)], whole.rows, context)

    left, right = st.columns(2)
    for column, label, ending, mime, write in (
        (left, "CSV", "csv", "text/csv; charset=utf-8", as_csv), (right, "XLSX", "xlsx", XLSX, as_xlsx),
    ):  # fmt: skip
        file = f"{name}.{ending}"
        column.download_button(label, found.exported(file, partial(made, write)), file, mime, on_click="ignore")


def _counted(say: Words, whole: DeskExport) -> tuple[str, str]:
    """How many findings a file holds, and of how many."""
    held, total = len(whole.rows), max(whole.total, len(whole.rows))
    return say("Findings"), say("{n} of {total}", n=say.number(held), total=say.number(total))


def stated(found: Frame, at_us: int) -> list[tuple[str, str]]:
    """What every export says of itself: area, filter, instant and zone, rules."""
    context = found.context
    say, place = context.say, context.place
    layer = say(f"layer {place.layer}") if place.layer else ""
    whose = say("no single issuer") if place.issuer == NOBODY else context.issuer(place.issuer) if place.issuer else ""
    return [
        (say("Area"), context.name(place.unit or place.area)),
        (say("Filter"), " · ".join(filter(None, (say("open"), _rule(context), layer, whose, *_choices(context))))),
        *dated(context, at_us),
    ]


def dated(context: Context, at_us: int) -> list[tuple[str, str]]:
    """Of when a file is; of an instant of the past also what that means."""
    say = context.say
    lines = [(say("Figures of"), f"{moment(at_us).isoformat(timespec='seconds')} Asia/Shanghai")]
    return [*lines, (say("What as of means"), say(AS_OF))] if context.place.at else lines


def _rule(context: Context) -> str:
    return context.rule(context.place.rule) if context.place.rule else ""


def _choices(context: Context) -> list[str]:
    """How the desk is narrowed, in words."""
    say, place = context.say, context.place
    return [
        *([say(f"case {place.state}")] if place.state else ()), *([say("in charge: {who}", who=place.owner)] if place.owner else ()),
        *([say("desk due") if place.due == "due" else say("Overdue")] if place.due else ()), *([place.text] if place.text else ()),
    ]  # fmt: skip


def take_table(
    found: Frame, name: str, read: Callable[[], tuple[int, Sequence[Cell], Sequence[Sequence[Cell]]]]
) -> None:
    """A table as CSV and XLSX, each saying what it is of. ``read``: of when it is, its headings, its lines; called when a file is taken."""
    place = found.context.place
    whole = f"{name}-{place.area or 'all'}-{place.span}"

    def made(write: Callable[[Sequence[Sequence[Cell]]], bytes]) -> bytes:
        at_us, heads, lines = read()
        return write((*crossed_head(found, at_us), (), heads, *lines))

    left, right, _ = st.columns([1, 1, 4])
    for column, label, ending, mime, write in (
        (left, "CSV", "csv", "text/csv; charset=utf-8", csv_of), (right, "XLSX", "xlsx", XLSX, plain_book),
    ):  # fmt: skip
        file = f"{whole}.{ending}"
        column.download_button(
            label, found.exported(file, partial(made, write)), file, mime, on_click="ignore", key=f"{name}-{ending}"
        )


def crossed_head(found: Frame, at_us: int) -> list[tuple[str, str]]:
    """What a table that was taken away says of itself: area, address with every choice, instant and zone."""
    context = found.context
    say, place = context.say, context.place
    return [
        (say("Area"), context.name(place.unit or place.area)),
        (say("Filter"), place.link(lang=Place.lang, role="").removeprefix("?")),
        *dated(context, at_us),
    ]


def plain_book(lines: Sequence[Sequence[Cell]]) -> bytes:
    """One sheet with these lines."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append([plain(cell) for cell in line])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


COLUMNS: Final = (
    ("Rule", 14), ("What it is about", 30), ("Layer", 8), ("Severity", 8), ("Place", 24), ("Place code", 14), ("Issuer", 28),
    ("Issuer code", 22), ("Measured", 44), ("Value", 10), ("Limit", 10), ("Since", 18), ("Case", 10), ("Verdict", 10),
    ("Version of the rules", 22), ("Subject", 40), ("Finding", 34),
)  # fmt: skip
"""What a file of findings holds, and how wide."""


def cells(row: Row, context: Context) -> list[Cell]:
    """One finding as a line of a file, in words, codes beside them."""
    say, one = context.say, row.last
    return [
        one.rule, row.title[say.lang], say(f"layer {one.layer}"), say(f"severity {row.severity}"), context.name(one.place), one.place,
        context.issuer(one.issuer) if one.issuer else "", one.issuer, row.measured.get(say.lang, ""), one.value, one.limit,
        _local(one.since_us), say(f"case {row.case.state}"),
        say(f"verdict {row.case.verdict}") if row.case.verdict else "", one.edition, one.subject, one.finding,
    ]  # fmt: skip


def _local(at_us: int) -> datetime:
    """An instant as spreadsheets know it: without a zone, which the head of the file names."""
    return moment(at_us).replace(tzinfo=None, microsecond=0)


def as_csv(head: list[tuple[str, str]], rows: tuple[Row, ...], context: Context) -> bytes:
    """What the file is of, then the findings."""
    return csv_of((*head, (), [context.say(name) for name, _ in COLUMNS], *(cells(row, context) for row in rows)))


def as_xlsx(head: list[tuple[str, str]], rows: tuple[Row, ...], context: Context) -> bytes:
    """One sheet that can be filtered at once: its head stays, texts stay texts, instants are instants (Asia/Shanghai)."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [*head, (), [context.say(name) for name, _ in COLUMNS]]:
        sheet.append([plain(cell) for cell in line])
    first = len(head) + 2
    for row in rows:
        sheet.append([plain(cell) for cell in cells(row, context)])
    sheet.freeze_panes = f"A{first + 1}"
    sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(COLUMNS))}{first + len(rows)}"
    for number, (_, width) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    out = BytesIO()
    book.save(out)
    return out.getvalue()
