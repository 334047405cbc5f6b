"""The review: the year, what changed this week and why, who causes it, goals."""

from __future__ import annotations

from functools import partial

from dashboard.frame import Frame, frame
from dashboard.panel import live
from dashboard.place import PERIODS
from dashboard.sheets.review import ReviewSheet
from dashboard.views.markup import Html
from dashboard.views.review import review


def draw(found: Frame) -> Html:
    """The cards."""
    return review(found.context, found.shared.board.sheet(ReviewSheet, found.viewer.scope, found.context.place))


def page() -> None:
    """Draws the page for the area in the address bar."""
    found = frame("review")
    if found is not None:
        found.head(periods=PERIODS)
        live("review", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)


page()
