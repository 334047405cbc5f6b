"""What a reader does on the desk: acts on cases, and files to take away. The dashboard writes nowhere else, and here through ``streams.desk``.

Flows in: forms. Flows out: acts in the store, files. Touches the page being drawn, and the store through a user that may write acts.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO, StringIO
from typing import Final

import streamlit as st
from openpyxl import Workbook

from dashboard.frame import Frame
from dashboard.installation import now_us
from dashboard.sheets.desk import DeskExport, DeskSheet, FindingSheet, Row
from dashboard.words import Words, moment
from streams.alerts.cases import GROUNDS, WrongAct
from streams.alerts.evidence import document
from streams.alerts.printing import docx
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.desk.acting import OVERSIGHT, ActWish, SilenceWish, acted, possible, silenced
from streams.registry import RegistryError
from streams.store import OutOfScope

MAX_SILENCE_DAYS: Final = 90
BOM: Final = "\ufeff"
"""Without it a spreadsheet reads Chinese in UTF-8 as something else."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def act_form(found: Frame) -> None:
    """The acts that the case allows now to this reader, and the evidence pack as a file."""
    context, scope = found.context, found.viewer.scope
    say, identity = context.say, context.place.finding
    try:
        sheet = found.shared.board.sheet(FindingSheet, scope, context.place).value
    except OutOfScope:
        return
    if sheet.finding is None:
        return
    language = "zh" if say.lang == "zh" else "en"
    made = document(sheet.finding, sheet.case, sheet.like, sheet.at_us, language, context.name)  # type: ignore[arg-type]
    st.download_button(
        say("Evidence pack (DOCX)"),
        found.exported(f"{identity}.docx", partial(docx, made)),
        f"{identity}.docx",
        DOCX,
        on_click="ignore",
    )
    desk = found.shared.desk
    verbs = possible(scope, sheet.case["case"]["state"])
    if desk is None or not verbs:
        return
    wish = _wish(say, verbs)
    if wish is None:
        return
    verb = wish.verb
    try:
        acted(desk, scope, found.shared.registry, Calendar.load(), identity, wish, now_us())
    except (WrongAct, OutOfScope) as error:
        st.error(str(error))
        return
    found.noted("act", f"{verb} {identity}")
    found.shared.board.forget(FindingSheet)
    found.shared.board.forget(DeskSheet)
    st.rerun()


def _wish(say: Words, verbs: Sequence[str]) -> ActWish | None:
    """The form; None until it is sent."""
    with st.form("act", clear_on_submit=True):
        verb = st.selectbox(say("What is done"), verbs, format_func=lambda one: say(f"act {one}"))
        verdict = st.selectbox(
            say("Verdict"),
            ("", "upheld", "exempt", "corrected"),
            format_func=lambda one: say(f"verdict {one}") if one else "–",
        )
        ground = st.selectbox(
            say("Ground"), ("", *GROUNDS), format_func=lambda one: say(f"ground {one}") if one else "–"
        )
        owner = st.text_input(say("In charge"), max_chars=200)
        note = st.text_area(say("Reasons"), max_chars=2_000)
        sent = st.form_submit_button(say("Record it"), type="primary")
    if not sent:
        return None
    return ActWish(
        verb,
        note,
        owner,
        ground if verb in ("explain", "appeal") else "",
        verdict if verb in ("decide", "rule") else "",
    )


def silence_form(found: Frame) -> None:
    """A silence for the rule and place of the finding that is shown: who, why, until when; never without an end."""
    context, scope, desk = found.context, found.viewer.scope, found.shared.desk
    say = context.say
    if desk is None or scope.role not in OVERSIGHT:
        return
    sheet = found.shared.board.sheet(FindingSheet, scope, context.place).value
    if sheet.finding is None:
        return
    with st.expander(say("Silence messages about it")), st.form("silence", clear_on_submit=True):
        wide = st.selectbox(
            say("What falls silent"), ("finding", "rule"), format_func=lambda one: say(f"silence {one}")
        )
        days = st.number_input(say("For how many days"), min_value=1, max_value=MAX_SILENCE_DAYS, value=7)
        why = st.text_input(say("Reasons"), max_chars=500)
        sent = st.form_submit_button(say("Silence it"))
    if not sent:
        return
    until_us = now_us() + int(days) * DAY_US
    about = (
        {"finding": context.place.finding}
        if wide == "finding"
        else {"rule": sheet.finding["rule"], "area": sheet.finding["place"][:12]}
    )
    try:
        made = silenced(desk, scope, found.shared.registry, SilenceWish(why=why, until_us=until_us, **about), now_us())
    except (ValueError, OutOfScope, RegistryError) as error:
        st.error(str(error))
        return
    found.noted("act", f"silence {made.id}")
    found.shared.board.forget(FindingSheet)
    st.toast(say("Silent until {day}; the finding stays open and is counted.", day=say.day(moment(until_us).date())))


def export(found: Frame) -> None:
    """All findings that the filter names, as CSV and XLSX, read when they are taken away; each file says what it is of."""
    context = found.context
    try:
        sheet = found.shared.board.sheet(DeskSheet, found.viewer.scope, context.place).value
    except OutOfScope:
        return
    if not sheet.rows:
        return
    name = f"findings-{context.place.area or 'all'}-{moment(sheet.at_us):%Y%m%d-%H%M}"

    def made(write: Callable[[list[tuple[str, str]], tuple[Row, ...], Words], bytes]) -> bytes:
        whole = found.shared.board.once(DeskExport, found.viewer.scope, context.place)
        return write([*stated(found, whole.at_us), _counted(context.say, whole)], whole.rows, context.say)

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
    return [
        (say("Area"), f"{context.name(place.unit or place.area)} {place.unit or place.area}".strip()),
        (say("Filter"), f"phase=firing rule={place.rule or '*'} layer={place.layer or '*'}"),
        (say("Figures of"), f"{moment(at_us).isoformat(timespec='seconds')} Asia/Shanghai"),
    ]


def cells(row: Row, say: Words) -> list[str | float]:
    """One finding as a line of a file."""
    one = row.last
    return [
        one.finding, one.rule, row.title[say.lang], one.layer, row.severity, one.place, one.subject, one.issuer, one.value, one.limit,
        moment(one.since_us).isoformat(timespec="seconds"), row.case.state, row.case.verdict, one.edition,
    ]  # fmt: skip


HEAD: Final = (
    "finding", "rule", "title", "layer", "severity", "place", "subject", "issuer", "value", "limit", "since", "case", "verdict", "edition",
)  # fmt: skip


def as_csv(head: list[tuple[str, str]], rows: tuple[Row, ...], say: Words) -> bytes:
    """UTF-8 with BOM; lines that a spreadsheet would run are made plain text."""
    out = StringIO()
    write = csv.writer(out)
    write.writerows([*head, (), HEAD])
    write.writerows([[_plain(cell) for cell in cells(row, say)] for row in rows])
    return (BOM + out.getvalue()).encode()


def as_xlsx(head: list[tuple[str, str]], rows: tuple[Row, ...], say: Words) -> bytes:
    """One sheet; texts stay texts."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [*head, (), HEAD]:
        sheet.append(list(line))
    for row in rows:
        sheet.append([_plain(cell) for cell in cells(row, say)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(cell: str | float) -> str | float:
    """Text that begins like a formula gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
