"""Where load is high and grows: the places below an area by load a unit and by growth.

Pure. Flows in: a Context, a survey. Flows out: ``Chart``; a click on a place leads there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from dashboard.data.snapshot import Survey
from dashboard.figures.chart import Chart, Table, hours
from dashboard.figures.look import Look
from dashboard.views.context import Context
from streams.store.answers import AreaLoad

FEWEST: Final = 3
LARGEST: Final = 46
SMALLEST: Final = 9
NAMED: Final = 8
APART: Final = (0.11, 0.07)
"""How far apart two names must lie, as shares of the figure."""
BOUND: Final = 2.0
"""Growth beyond three times is drawn at the edge: one new source must not press all others together."""


def hotspot_map(context: Context, survey: Survey, look: Look) -> Chart | None:
    """None where fewer than three places have a figure for both periods, or the periods cannot be compared."""
    say = context.say
    if not survey.alike:
        return None
    before = {one.code: one for one in survey.places_before}
    both = [(one, before[one.code]) for one in survey.places if one.units and one.code in before]
    both = [(now, then) for now, then in both if then.likely > 0]
    if len(both) < FEWEST:
        return None
    most = max(now.units for now, _ in both)
    named = _apart(both)
    growth = [now.likely / then.likely - 1 for now, then in both]
    points = go.Scatter(
        x=[_unit_hours(now) for now, _ in both], y=[min(one, BOUND) for one in growth], mode="markers+text",
        text=[context.name(now.code) if now.code in named else "" for now, _ in both], textposition="top center",
        customdata=[_tip(context, now, then) for now, then in both], hovertemplate="%{customdata}<extra></extra>",
        ids=[now.code for now, _ in both],
        marker={
            "size": [max(SMALLEST, LARGEST * (now.units / most) ** 0.5) for now, _ in both], "color": look.accent, "opacity": 0.65,
            "line": {"width": 1, "color": look.other},
        },
    )  # fmt: skip
    figure = go.Figure([points], look.layout(380, hovermode="closest", xaxis=_across(context), yaxis=_up(context)))
    middle = sorted(_unit_hours(now) for now, _ in both)[len(both) // 2]
    figure.add_vline(middle, line={"width": 1, "dash": "dot", "color": look.other})
    figure.add_hline(0, line={"width": 1, "color": look.other})
    hot = [now for (now, _), rate in zip(both, growth, strict=True) if rate > 0 and _unit_hours(now) > middle]
    alt = say("{n} places; {hot} carry more than the middle one and grow", n=len(both), hot=len(hot))
    rows = tuple(
        (now.code, context.name(now.code), now.units, hours(now.likely / now.units), hours(now.likely), hours(then.likely))
        for now, then in both
    )  # fmt: skip
    columns = (
        say("Code"), say("Place"), say("Units"), say("Hours per unit"), say("person-hours"), say("the period before"),
    )  # fmt: skip
    note = say(
        "Each circle is a place below this area, as large as it has units. To the right: more load a unit in the period. Above the line: "
        "more than in the period before; growth above 200 % is drawn at 200 %. The dotted line is the middle place. A click leads there."
    )
    links = tuple(now.code for now, _ in both)
    return Chart(
        "spread", say("Load against growth"), figure, alt, Table(columns, rows), note, context.source(survey.at_us),
        say.span(survey.first, survey.last), alt, links=links,
    )  # fmt: skip


def _apart(both: Sequence[tuple[AreaLoad, AreaLoad]]) -> set[str]:
    """The places with most load a unit that can be named without their names lying on each other."""
    highest = max(_unit_hours(now) for now, _ in both)
    taken: list[tuple[float, float]] = []
    named: set[str] = set()
    for now, then in sorted(both, key=lambda pair: (-_unit_hours(pair[0]), pair[0].code)):
        spot = _unit_hours(now) / highest, min(now.likely / then.likely - 1, BOUND) / BOUND
        if len(named) < NAMED and all(abs(spot[0] - x) > APART[0] or abs(spot[1] - y) > APART[1] for x, y in taken):
            named.add(now.code)
            taken.append(spot)
    return named


def _unit_hours(one: AreaLoad) -> float:
    return one.likely / one.units / 60


def _tip(context: Context, now: AreaLoad, then: AreaLoad) -> str:
    say = context.say
    change = say.percent(now.likely / then.likely - 1)
    return "<br>".join(
        (
            context.name(now.code),
            say("{load} a unit, {n} units", load=say.exact(now.likely / now.units), n=say.number(now.units)),
            say("{change} against the period before", change=("+" if now.likely > then.likely else "") + change),
        )
    )


def _across(context: Context) -> dict[str, object]:
    title = {"text": context.say("person-hours a unit"), "standoff": 6}
    return {"title": title, "zeroline": False, "automargin": True, "rangemode": "tozero"}


def _up(context: Context) -> dict[str, object]:
    title = {"text": context.say("against the period before"), "standoff": 4}
    return {"title": title, "tickformat": "+.0%", "zeroline": False, "automargin": True}
