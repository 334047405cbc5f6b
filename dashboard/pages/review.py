"""The review: the year, what changed this week and why, who causes it, goals."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.drawing import live_chart, live_words
from dashboard.figures.chart import Chart
from dashboard.figures.heat import week, year
from dashboard.figures.look import Look
from dashboard.figures.why import waterfall
from dashboard.frame import Frame, frame
from dashboard.place import PERIODS
from dashboard.sheets.review import ReviewSheet
from dashboard.views.markup import Html
from dashboard.views.review import review


def draw(found: Frame, part: str) -> Html:
    """Cards in words."""
    return review(found.context, found.shared.board.sheet(ReviewSheet, found.viewer.scope, found.context.place), part)


def figure(found: Frame, part: str, look: Look) -> Chart:
    """A chart."""
    context, rows = found.context, found.shared.board.sheet(ReviewSheet, found.viewer.scope, found.context.place).value
    if part == "year":
        return year(context, rows.days, rows.workdays, rows.at_us, look)
    return waterfall(context, rows, look) if part == "why" else week(context, rows.hours, rows.at_us, look)


def page() -> None:
    """Draws the page for the area in the address bar."""
    found = frame("review")
    if found is None:
        return
    found.head(periods=PERIODS)

    words = partial(live_words, found, draw=partial(draw, found))

    words("figures", first=True)
    live_chart(found, "year", partial(figure, found, "year"))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        live_chart(found, "why", partial(figure, found, "why"))
        words("causes")
    with right:
        words("moves")
        live_chart(found, "week", partial(figure, found, "week"))
        words("goals")


page()
