"""Where a unit stands among its peers, who stay unnamed: the quartiles of the others and the unit's own mark.

Pure. Flows in: a Context, a band. Flows out: ``Chart``.
"""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from dashboard.data.sheets.unit import Band
from dashboard.figures.chart import Chart, Table, hours
from dashboard.figures.look import Look
from dashboard.views.context import Context

STANDS: Final = {
    "lower": "less is asked of this unit than of three in four others",
    "middle": "as much is asked of this unit as of the middle half of the others",
    "upper": "more is asked of this unit than of three in four others",
}


def peers(context: Context, found: Band, at_us: int, look: Look) -> Chart:
    """A box of the middle half, a line at the median, a diamond for the unit."""
    say = context.say
    half = go.Bar(
        x=[(found.high - found.low) / 60], base=[found.low / 60], y=[""], orientation="h", width=0.5,
        marker={"color": look.other, "opacity": 0.5, "line": {"width": 0}}, name=say("middle half of the others"),
        customdata=[f"{say.exact(found.low)} – {say.exact(found.high)}"], hovertemplate="%{customdata}",
    )  # fmt: skip
    median = go.Scatter(
        x=[found.median / 60], y=[""], mode="markers", name=say("the middle of the others"), customdata=[say.exact(found.median)],
        hovertemplate="%{customdata}", marker={"symbol": "line-ns", "size": 34, "line": {"width": 2, "color": look.other}},
    )  # fmt: skip
    own = go.Scatter(
        x=[found.own / 60], y=[""], mode="markers", name=say("this unit"), customdata=[say.exact(found.own)], hovertemplate="%{customdata}",
        marker={"symbol": "diamond", "size": 16, "color": look.accent, "line": {"width": 1, "color": "#ffffff"}},
    )  # fmt: skip
    legend = {"orientation": "h", "yanchor": "top", "y": -0.25, "x": 0}
    figure = go.Figure(
        [half, median, own],
        look.layout(
            170, showlegend=True, legend=legend, hovermode="closest",
            xaxis={"rangemode": "tozero", "zeroline": False, "automargin": True, "fixedrange": True, "range": [0, _top(found) / 60]},
            yaxis={"showgrid": False, "fixedrange": True},
        ),
    )  # fmt: skip
    facts = say(
        "this unit {own}; middle half of {n} others in {area}: {low} to {high}", own=say.hours(found.own), n=found.n,
        area=context.name(found.area), low=say.hours(found.low), high=say.hours(found.high),
    )  # fmt: skip
    note = say(
        "Load of the last 30 days of the other units of the same kind in the named area, as quartiles rounded to the hour. Shown for five or "
        "more others only; no other unit is named. A high load says how much is asked of this unit, not how it works."
    )
    rows = (
        (say("a quarter of the others lies below"), hours(found.low)),
        (say("the middle of the others"), hours(found.median)),
        (say("a quarter of the others lies above"), hours(found.high)),
        (say("this unit"), hours(found.own)),
    )
    return Chart(
        "band", say("Compared with others"), figure, f"{say(STANDS[found.stands])}: {facts}", Table((say("What"), say("person-hours")), rows),
        note, context.source(at_us), say("hours, 30 days"), lead=say(STANDS[found.stands]),
    )  # fmt: skip


def _top(found: Band) -> float:
    return max(found.high * 1.35, found.own * 1.15, 60.0)
