"""The situation: what leadership opens. Load now and trend, hottest places, issuers, kinds, and how far the figures can be trusted."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.figures.days import load_by_day
from dashboard.forms.briefs import brief_buttons
from dashboard.shell.drawing import live_chart
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import live
from dashboard.views.markup import Html
from dashboard.views.situation import body, foot, kinds, top


def draw(found: Frame, part: str) -> Html:
    """One part of the page."""
    context, board, scope = found.context, found.shared.board, found.viewer.scope
    pulse, survey = board.pulse(scope, context.place), board.survey(scope, context.place)
    if part == "top":
        return top(context, pulse, survey, found.hits, found.now_us)
    if part == "kinds":
        return kinds(context, survey)
    return body(context, survey) if part == "body" else foot(context, pulse, survey, found.now_us)


def page() -> None:
    """Draws the page for the place in the address bar."""
    found = frame()
    if found is None:
        return

    def show(part: str, topic: str, every_s: int) -> None:
        live(
            part,
            partial(found.guarded, partial(draw, found, part), said=part == "top", denied=part == "top"),
            topic=topic,
            every_s=every_s,
        )

    show("top", "pulse", 10)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        survey = partial(found.shared.board.survey, found.viewer.scope, found.context.place)
        live_chart(found, "trend", survey, partial(load_by_day, found.context))
    with right:
        show("kinds", "survey", 20)
    show("body", "survey", 20)
    show("foot", "pulse", 10)
    place = found.context.place
    brief_buttons(found, "unit" if place.unit else "area", place.unit or place.area)


page()
