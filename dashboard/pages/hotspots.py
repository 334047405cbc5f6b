"""Hotspots by several measures: load, growth, per head, and neighbourhoods beyond chance."""

from __future__ import annotations

from functools import partial

from dashboard.drawing import live_chart
from dashboard.figures.chart import Chart
from dashboard.figures.look import Look
from dashboard.figures.spread import hotspot_map
from dashboard.frame import Frame, frame
from dashboard.panel import live
from dashboard.place import PERIODS
from dashboard.sheets.hotspots import HotspotSheet
from dashboard.views.hotspots import hotspots
from dashboard.views.markup import Html


def draw(found: Frame) -> Html:
    """The four cards."""
    return hotspots(found.context, found.shared.board.sheet(HotspotSheet, found.viewer.scope, found.context.place))


def spread(found: Frame, look: Look) -> Chart | None:
    """The places below this one by load and growth."""
    answer = found.shared.board.survey(found.viewer.scope, found.context.place)
    return hotspot_map(found.context, answer.value, look)


def page() -> None:
    """Draws the page for the area in the address bar."""
    found = frame("hotspots")
    if found is not None:
        found.head(periods=PERIODS)
        live_chart(found, "spread", partial(spread, found))
        live("hotspots", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)


page()
