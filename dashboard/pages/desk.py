"""The desk of supervising bodies: what stands open, one finding with its evidence, and what may be done with it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.acts import act_form, silence_form
from dashboard.exports import export
from dashboard.frame import Frame, frame
from dashboard.panel import live
from dashboard.sheets.desk import DeskSheet, FindingSheet
from dashboard.views.desk import desk, finding
from dashboard.views.markup import Html


def draw(found: Frame) -> Html:
    """The finding that the address names, else the list."""
    board, scope, context = found.shared.board, found.viewer.scope, found.context
    if context.place.finding:
        return finding(context, board.sheet(FindingSheet, scope, context.place))
    return desk(context, board.sheet(DeskSheet, scope, context.place))


def page() -> None:
    """Draws the page for the area and finding in the address bar."""
    found = frame("desk")
    if found is None:
        return
    found.head()
    live("desk", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)
    with st.container(key="desk-tools"):
        if found.context.place.finding:
            if not found.context.place.at:  # nobody acts in the past
                act_form(found)
                silence_form(found)
        else:
            export(found)


page()
