"""Hotspots by several measures: load, growth, per head, and neighbourhoods beyond chance."""

from __future__ import annotations

from functools import partial

from dashboard.data.sheets.hotspots import HotspotSheet
from dashboard.figures.spread import hotspot_map
from dashboard.place import PERIODS
from dashboard.shell.drawing import live_chart
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import live
from dashboard.views.hotspots import hotspots
from dashboard.views.markup import Html


def draw(found: Frame) -> Html:
    """The four cards."""
    return hotspots(found.context, found.shared.board.sheet(HotspotSheet, found.viewer.scope, found.context.place))


def page() -> None:
    """Draws the page for the area in the address bar."""
    found = frame("hotspots")
    if found is not None:
        found.head(periods=PERIODS)
        survey = partial(found.shared.board.survey, found.viewer.scope, found.context.place)
        live_chart(found, "spread", survey, partial(hotspot_map, found.context))
        live("hotspots", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)


page()
