"""The review: the year, what changed this week and why, who causes it, goals."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.data.sheets.review import ReviewSheet
from dashboard.figures.heat import week, year
from dashboard.figures.why import waterfall
from dashboard.place import PERIODS
from dashboard.shell.drawing import live_chart, live_words
from dashboard.shell.frame import Frame, frame
from dashboard.views.markup import Html
from dashboard.views.review import review


def draw(found: Frame, part: str) -> Html:
    """Cards in words."""
    return review(found.context, found.shared.board.sheet(ReviewSheet, found.viewer.scope, found.context.place), part)


def page() -> None:
    """Draws the page for the area in the address bar."""
    found = frame("review")
    if found is None:
        return
    found.head(periods=PERIODS)

    context, sheet = (
        found.context,
        partial(found.shared.board.sheet, ReviewSheet, found.viewer.scope, found.context.place),
    )
    words = partial(live_words, found, draw=partial(draw, found))
    words("figures", first=True)
    live_chart(found, "year", sheet, partial(year, context))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        live_chart(found, "why", sheet, partial(waterfall, context))
        words("causes")
    with right:
        words("moves")
        live_chart(found, "week", sheet, partial(week, context))
        words("goals")


page()
