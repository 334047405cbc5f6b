"""The page of one unit: its load, what is due, who asks, what is asked twice; and the notes that it may print."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.frame import Frame, frame
from dashboard.panel import live
from dashboard.sheets.unit import UnitSheet
from dashboard.views.markup import Html
from dashboard.views.note import note
from dashboard.views.unit import choose, sheet
from dashboard.voice import remarked, took_form


def draw(found: Frame) -> Html:
    """The sheet, or the note that the address asks for; without a unit, the way to one."""
    context = found.context
    if not context.place.unit:
        return choose(context)
    answer = found.shared.board.sheet(UnitSheet, found.viewer.scope, context.place)
    return note(context, answer) if context.place.note else sheet(context, answer)


def page() -> None:
    """Draws the page of the unit in the address bar."""
    found = frame("unit")
    if found is None:
        return
    wish, asked = st.session_state.pop("wish", ("", {}))
    if wish == "remark":
        remarked(found, asked)
    found.head()
    live("unit", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)
    with st.container(key="desk-tools"):
        if found.context.place.unit:
            took_form(found)


page()
