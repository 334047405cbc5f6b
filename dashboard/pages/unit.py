"""The page of one unit: its load, what is due, who asks, what is asked twice; and the notes that it may print."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.data.sheets.unit import UnitSheet
from dashboard.figures.chart import Chart
from dashboard.figures.days import DayLoads, plain_days
from dashboard.figures.look import Look
from dashboard.figures.peers import peers
from dashboard.forms.briefs import brief_buttons
from dashboard.forms.voice import remarked, took_form
from dashboard.shell.drawing import live_chart, live_words
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import panel
from dashboard.views.context import Context
from dashboard.views.markup import Html
from dashboard.views.note import note
from dashboard.views.unit import alone, choose, sheet


def draw(found: Frame, part: str) -> Html:
    """One part of the sheet, or the note that the address asks for."""
    answer = found.shared.board.sheet(UnitSheet, found.viewer.scope, found.context.place)
    return note(found.context, answer) if part == "note" else sheet(found.context, answer, part)


def band(context: Context, rows: UnitSheet, look: Look) -> Chart | Html:
    """The unit among its peers."""
    return peers(context, rows.band, rows.at_us, look) if rows.band else alone(context, rows.at_us)


def days(context: Context, rows: UnitSheet, look: Look) -> Chart:
    """Two weeks back and ahead."""
    say = context.say
    known = sum(load for day, load, _ in rows.days if day > rows.today)
    bars = [(day, load, say("{n} demands", n=say.number(count))) for day, load, count in rows.days]
    about = say(
        "Load by the day that a demand begins on. Pale bars are still ahead: what is known already, more may come."
    )
    summary = say("Load by day; {ahead} are known of the next 14 days", ahead=say.exact(known))
    title = say("Two weeks back, two weeks ahead")
    return plain_days(
        context, DayLoads("days14", title, summary, about, bars, rows.workdays, rows.today, rows.at_us), look
    )


def page() -> None:
    """Draws the page of the unit in the address bar."""
    found = frame("unit")
    if found is None:
        return
    wish, asked = st.session_state.pop("wish", ("", {}))
    if wish == "remark":
        remarked(found, asked)
    found.head()
    if not found.context.place.unit:
        panel("choose", choose(found.context))
        return

    context, rows = found.context, partial(found.shared.board.sheet, UnitSheet, found.viewer.scope, found.context.place)
    words = partial(live_words, found, draw=partial(draw, found))
    if found.context.place.note:
        words("note", first=True)
        return
    words("figures", first=True)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        words("due")
        live_chart(found, "days14", rows, partial(days, context))
    with right:
        live_chart(found, "band", rows, partial(band, context))
        words("who")
    brief_buttons(found, "unit", found.context.place.unit)
    if found.context.place.at:  # nobody answers in the past
        return
    with st.container(key="desk-tools"):
        took_form(found)


page()
