"""The desk of supervising bodies: what stands open, one finding with its evidence, and what may be done with it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.data.sheets.desk import DeskSheet, FindingSheet
from dashboard.data.sheets.history import HistorySheet
from dashboard.forms.acts import act_form, silence_form
from dashboard.forms.bulk import done_together, keep, narrowing
from dashboard.forms.exports import export
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import live, panel
from dashboard.views.desk import desk, finding, own_findings
from dashboard.views.history import history
from dashboard.views.markup import Html
from streams.desk.findings import titles_of
from streams.store.saved import saved_filters


def draw(found: Frame) -> Html:
    """The finding or the history that the address names, else the list."""
    board, scope, context = found.shared.board, found.viewer.scope, found.context
    place = context.place
    if place.finding:
        return finding(context, board.sheet(FindingSheet, scope, place))
    if context.viewer is not None and not scope.areas:
        return own_findings(context)
    if asked_past(found):
        return history(context, board.sheet(HistorySheet, scope, place), titled(found))
    return desk(context, board.sheet(DeskSheet, scope, place), saved_filters(found.shared.client, scope))


def asked_past(found: Frame) -> bool:
    """Whether the address asks for the history of something that there is."""
    place = found.context.place
    return (place.past == "rule" and bool(titles_of(place.rule))) or (
        place.past == "issuer" and found.knows_issuer(place.issuer)
    )


def titled(found: Frame) -> str:
    """What the history is of, by name."""
    place = found.context.place
    if place.past == "issuer":
        return found.context.issuer(place.issuer)
    zh, en = titles_of(place.rule)[:2]
    return zh if found.context.say.lang == "zh" else en


def page() -> None:
    """Draws the page for the area and finding in the address bar."""
    found = frame("desk")
    if found is None:
        return
    wish, asked = st.session_state.pop("wish", ("", {}))
    found.head()
    if wish == "bulk":
        panel("outcome", found.guarded(partial(done_together, found, asked)))
    elif wish == "filter":
        keep(found, asked)
    lists = bool(found.viewer.scope.areas) and not found.context.place.finding and not asked_past(found)
    if lists:
        with st.container(key="choices"):
            found.guarded(partial(narrowing, found), said=False, denied=False)
    live("desk", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)
    with st.container(key="desk-tools"):
        if found.context.place.finding:
            if not found.context.place.at:  # nobody acts in the past
                act_form(found)
                silence_form(found)
        elif lists:
            export(found)


page()
