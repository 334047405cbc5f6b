"""Heat maps: a year day by day, and the hours of the week. Classes hold equally many cells, so that one great day hides no other.

Pure. Flows in: a Context, the review's rows. Flows out: ``Chart``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from dashboard.data.sheets.review import ReviewSheet
from dashboard.figures.chart import Chart, Table, hours
from dashboard.figures.days import WEEKDAYS, off_word
from dashboard.figures.look import RAMP, Look
from dashboard.views.context import Context

CLASSES: Final = len(RAMP[False]) - 1
FLAT: Final[dict[str, Any]] = {"showgrid": False, "fixedrange": True, "automargin": True}


def classes(values: Sequence[int]) -> list[int]:
    """A class from 0 (nothing) to CLASSES for each value, by quantiles of those that are not 0."""
    some = [value for value in values if value > 0]
    if not some:
        return [0] * len(values)
    edges = np.quantile(some, np.linspace(0, 1, CLASSES + 1)[1:-1])
    return [0 if value <= 0 else int(np.searchsorted(edges, value, side="right")) + 1 for value in values]


def _map(x: Any, y: Any, z: Any, text: Any, look: Look) -> go.Heatmap:
    return go.Heatmap(
        x=x, y=y, z=z, customdata=text, hovertemplate="%{customdata}<extra></extra>", colorscale=look.steps,
        zmin=-0.5, zmax=CLASSES + 0.5, xgap=2, ygap=2, showscale=False,
    )  # fmt: skip


def year(context: Context, found: ReviewSheet, look: Look) -> Chart:
    """A cell a day, a column a week; a dot marks a day off."""
    say, days, workdays = context.say, found.days, found.workdays
    first = days[0][0]
    monday = first - timedelta(days=first.weekday())
    weeks = (days[-1][0] - monday).days // 7 + 1
    z: list[list[float | None]] = [[None] * weeks for _ in WEEKDAYS]
    text = [[""] * weeks for _ in WEEKDAYS]
    for (day, load), step in zip(days, classes([load for _, load in days]), strict=True):
        week, weekday = divmod((day - monday).days, 7)
        z[weekday][week] = step
        off = f" · {say('day off')}" if day not in workdays else ""
        text[weekday][week] = f"{day.isoformat()} {say(WEEKDAYS[weekday])}{off}<br>{say.exact(load)}"
    columns = [(monday + timedelta(days=7 * n)).isoformat() for n in range(weeks)]
    names = [say(name) for name in WEEKDAYS]
    off_days = [day for day, _ in days if day not in workdays]
    dots = go.Scatter(
        x=[(day - timedelta(days=day.weekday())).isoformat() for day in off_days], y=[names[day.weekday()] for day in off_days],
        mode="markers", marker={"size": 3, "color": look.other}, hoverinfo="skip",
    )  # fmt: skip
    starts = [
        column
        for n, column in enumerate(columns)
        if date.fromisoformat(column).day <= 7 and (monday + timedelta(days=7 * n)) >= first
    ]
    figure = go.Figure(
        [_map(columns, names, z, text, look), dots],
        look.layout(
            190,
            xaxis=FLAT | {"type": "category", "tickvals": starts, "ticktext": [_month(context, one) for one in starts], "tickangle": 0,
                          "range": [-0.5, weeks - 0.5]},
            yaxis=FLAT | {"autorange": "reversed", "tickvals": names[::2]},
        ),
    )  # fmt: skip
    top = max(days, key=lambda one: one[1])
    alt = say("Load by day; the heaviest was {day} with {load}", day=say.day(top[0]), load=say.exact(top[1]))
    rows = tuple((day.isoformat(), off_word(context, day, workdays), hours(load)) for day, load in days)
    note = say(
        "Load by the day that a demand begins on, townships and villages of the area. Six shades hold equally many days; "
        "a dot marks a day off by the calendar of workdays."
    )
    return Chart(
        "yeargrid", say("The year, day by day"), figure, alt, Table((say("Day"), say("day off"), say("person-hours")), rows), note,
        context.source(found.at_us), say("person-hours a day"), scale=RAMP[look.dark],
    )  # fmt: skip


def _month(context: Context, monday: str) -> str:
    day = date.fromisoformat(monday)
    return f"{day.month}月" if context.say.lang == "zh" else day.strftime("%b")


def week(context: Context, found: ReviewSheet, look: Look) -> Chart:
    """Hours of the day down, days of the week across."""
    say = context.say
    loads = {(one.weekday, one.hour): one.likely for one in found.hours}
    grid = [(hour, weekday) for hour in range(24) for weekday in range(1, 8)]
    shown = classes([loads.get((weekday, hour), 0) for hour, weekday in grid])
    z = np.array(shown).reshape(24, 7).tolist()
    marks = [f"{hour:02d}" for hour in range(24)]
    names = [say(name) for name in WEEKDAYS]
    text = [
        [f"{names[day]} {hour:02d}–{hour + 1:02d}<br>{say.exact(loads.get((day + 1, hour), 0))}" for day in range(7)]
        for hour in range(24)
    ]
    figure = go.Figure(
        [_map(names, marks, z, text, look)],
        look.layout(
            400,
            xaxis=FLAT,
            yaxis=FLAT | {"autorange": "reversed", "tickvals": marks[::3], "type": "category"},
        ),
    )  # fmt: skip
    busiest = max(found.hours, key=lambda one: one.likely, default=None)
    alt = (
        say(
            "Load by hour of the week; most begins on {day} at {hour} o'clock",
            day=say(WEEKDAYS[busiest.weekday - 1]),
            hour=busiest.hour,
        )
        if busiest
        else say("No load in this time")
    )
    rows = tuple((names[weekday - 1], f"{hour:02d}:00", hours(loads.get((weekday, hour), 0))) for hour, weekday in grid)
    note = say("When demands begin, the last 28 days: load by hour of the day and day of the week, Beijing time.")
    return Chart(
        "hourgrid", say("Hours of the week"), figure, alt, Table((say("Weekday"), say("Hour"), say("person-hours")), rows), note,
        context.source(found.at_us), scale=RAMP[look.dark],
    )  # fmt: skip
