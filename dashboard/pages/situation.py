"""The situation: what leadership opens. Load now and trend, hottest places, issuers, kinds, and how far the figures can be trusted."""

from __future__ import annotations

from functools import partial

from dashboard.frame import Frame, frame
from dashboard.installation import now_us
from dashboard.panel import live
from dashboard.views.markup import Html
from dashboard.views.situation import body, foot, top


def draw(found: Frame, part: str) -> Html:
    """One of the three parts of the page."""
    context, board, scope = found.context, found.shared.board, found.viewer.scope
    pulse, survey = board.pulse(scope, context.place), board.survey(scope, context.place)
    if part == "top":
        return top(context, pulse, survey, found.hits, now_us())
    return body(context, survey) if part == "body" else foot(context, pulse, survey, now_us())


def page() -> None:
    """Draws the page for the place in the address bar."""
    found = frame()
    if found is None:
        return
    for part, topic, every_s in (("top", "pulse", 10), ("body", "survey", 20), ("foot", "pulse", 10)):
        live(part, partial(found.guarded, partial(draw, found, part), said=part == "top"), topic=topic, every_s=every_s)


page()
