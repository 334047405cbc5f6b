"""What a rule measured, as a histogram, with the limit in force and one that is tried: how much lies on either side.

Pure. Flows in: a Context, values, two limits. Flows out: ``Chart``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.figures.chart import Chart, Table
from dashboard.figures.look import Look
from dashboard.views.context import Context

BINS: Final = 40
SKEWED: Final = 500
"""From so many values in one bar on the axis is logarithmic, else few beyond a limit would not be seen."""
BEYOND: Final[dict[str, Callable[[Any, Any], Any]]] = {"above": gt, "at_least": ge, "below": lt, "at_most": le}


@dataclass(frozen=True)
class Measured:
    """``values`` that a rule compares with its limit, which it ``holds`` above, at_least, below or at_most; ``counts``: what they are of
    (units, rows); ``unit`` of a value ('' where it is a plain number)."""

    values: NDArray[np.float64]
    holds: str
    limit: float
    tried: float
    counts: str
    unit: str
    at_us: int

    def beyond(self, limit: float) -> int:
        """How many values lie where the rule holds."""
        return int(BEYOND[self.holds](self.values, limit).sum())


def edges(found: Measured) -> NDArray[np.float64]:
    """Edges of bars of equal width from the least value (at most 0) to beyond both limits; the last bar also holds what lies above it."""
    low = min(0.0, float(found.values.min(initial=0.0)))
    usual = float(np.quantile(found.values, 0.99)) if len(found.values) else 0.0
    high = max(usual, 1.25 * found.limit, 1.05 * found.tried, low + 1.0)
    return np.linspace(low, high, BINS + 1)


def histogram(context: Context, found: Measured, look: Look) -> Chart:
    """Bars of the side on which the rule would hold stand out, by colour, and in words."""
    say, marks = context.say, edges(found)
    counts, _ = np.histogram(np.clip(found.values, marks[0], marks[-1]), marks)
    middles = (marks[:-1] + marks[1:]) / 2
    hit = BEYOND[found.holds](middles, found.tried)
    last = len(counts) - 1
    names = [
        f"{say.number(a, 1)} – {say.number(b, 1)}" if n < last else say("{from_} and more", from_=say.number(a, 1))
        for n, (a, b) in enumerate(zip(marks[:-1], marks[1:], strict=True))
    ]
    figure = _drawn(context, found, look, (middles, counts, names, hit))
    n = found.beyond(found.tried)
    lead = say(
        "With the limit {limit}: {n} beyond it, {rest} not; with the limit in force, {now}: {before} beyond it.",
        limit=_amount(found, found.tried), n=say.number(n), rest=say.number(len(found.values) - n), now=_amount(found, found.limit),
        before=say.number(found.beyond(found.limit)),
    )  # fmt: skip
    note = say(
        "All that the rule measured, whatever its limit; red lies where the rule would hold. How long it must last, peers, seasons and "
        "exemptions are left aside. The last bar also holds what lies beyond it; with many values the axis is logarithmic."
    )
    rows = tuple(
        (name, int(count), say("yes") if one else say("no"))
        for name, count, one in zip(names, counts, hit, strict=True)
    )
    table = Table((found.unit or say("Value"), _counted(context, found), say("Beyond the limit tried")), rows)
    return Chart(
        "limits", say("What the rule measured"), figure, lead, table, note, context.source(found.at_us), lead=lead
    )


Bars = tuple[NDArray[np.float64], NDArray[np.int64], list[str], NDArray[np.bool_]]
"""Middles, counts, names, and whether the rule would hold there."""


def _drawn(context: Context, found: Measured, look: Look, rows: Bars) -> go.Figure:
    middles, counts, names, hit = rows
    bars = go.Bar(
        x=middles.tolist(), y=counts.tolist(), width=float(middles[1] - middles[0]) * 0.94, customdata=names,
        hovertemplate="%{customdata}: %{y}<extra></extra>",
        marker={"color": [look.up if one else look.accent for one in hit], "line": {"width": 0}},
    )  # fmt: skip
    most = int(counts.max(initial=0))
    yaxis: dict[str, Any] = {
        "automargin": True,
        "fixedrange": True,
        "rangemode": "tozero",
        "title": {"text": _counted(context, found)},
    }
    if most >= SKEWED:
        yaxis |= {"type": "log", "dtick": 1, "range": [-0.3, float(np.log10(most)) + 0.1]}
    xaxis = {
        "title": {"text": found.unit or context.say("Value")},
        "showgrid": False,
        "automargin": True,
        "fixedrange": True,
    }
    layout = look.layout(
        280, bargap=0, xaxis=xaxis, yaxis=yaxis, dragmode=False, margin={"l": 8, "r": 8, "t": 24, "b": 8},
        shapes=[_line(found.limit, look.soft, "dot"), _line(found.tried, look.up, "dash")],
        annotations=[_name(found.limit, context.say("in force"), 1.0), _name(found.tried, context.say("tried"), 0.9)],
    )  # fmt: skip
    return go.Figure([bars], layout)


def _amount(found: Measured, limit: float) -> str:
    return f"{limit:g} {found.unit}".strip()


def _counted(context: Context, found: Measured) -> str:
    return context.say({"units": "Number of units", "rows": "Number of cases"}[found.counts])


def _line(at: float, colour: str, dash: str) -> dict[str, Any]:
    line = {"width": 2, "dash": dash, "color": colour}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": line}


def _name(at: float, text: str, y: float) -> dict[str, Any]:
    return {
        "x": at, "y": y, "xref": "x", "yref": "paper", "text": f" {text} ", "showarrow": False, "xanchor": "left", "yanchor": "bottom",
        "font": {"size": 12},
    }  # fmt: skip
