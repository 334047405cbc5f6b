"""Two sides in one figure, day by day from the first of each; and the table of what they measured.

Pure. Flows in: a Context, a sheet. Flows out: ``Chart``.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import plotly.graph_objects as go

from dashboard.comparison import Line, Side, lines, why_not
from dashboard.data.sheets.compare import CompareSheet
from dashboard.figures.chart import Cell, Chart, Table
from dashboard.figures.look import Look, hours_axis
from dashboard.views.context import Context

MEASURE_WORDS: Final = {
    "likely": "Person-hours, likely", "low": "Person-hours, low", "high": "Person-hours, high", "day": "Person-hours a day, likely",
    "unit": "Minutes per unit and day", "receipts": "Demands landed", "demands": "Demands",
}  # fmt: skip
REASON_WORDS: Final = {
    "kinds": "{side}: some kinds of demands were not yet recorded in all of these days",
    "nothing": "{side}: nothing was reported here in these days",
    "days": "{side}: {n} of {all} days have reports, a smaller share than on the other side",
    "units": "{side}: {n} of {all} townships had reports in the 30 days to its end, a smaller share than on the other side",
}


def named(context: Context, side: Side) -> str:
    """A side in words."""
    say = context.say

    def on(day: date) -> str:
        return f"{day.year}年{say.day(day)}" if say.lang == "zh" else f"{say.day(day)} {day.year}"

    days = f"{on(side.first)} – {on(side.last)}"
    parts = [context.name(side.area), days, *((context.issuer(side.issuer),) if side.issuer else ())]
    return " · ".join(parts)


def reasons(context: Context, found: CompareSheet) -> list[str]:
    """Why no ratio is given, in words; empty where there is one."""
    say, out = context.say, []
    sides = {"left": (say("Left"), found.left), "right": (say("Right"), found.right)}
    for one in why_not(found.left, found.right, found.since):
        name, what = one.split()
        word, side = sides[name]
        n, all_ = (side.covered_units, side.all_units) if what == "units" else (side.covered_days, side.days)
        out.append(say(REASON_WORDS[what], side=word, n=say.number(n), all=say.number(all_)))
    return out


def verdict(context: Context, found: CompareSheet) -> str:
    """The comparison in a sentence."""
    say = context.say
    first, daily = (
        next(iter(lines(found.left, found.right, found.since))),
        lines(found.left, found.right, found.since)[3],
    )
    text = say("{left} against {right} person-hours", left=say.hours(first.left), right=say.hours(first.right))
    if why_not(found.left, found.right, found.since):
        return text + say("; not equally covered, so no change is told")
    if daily.ratio is None:
        return text + say("; the left side has no load to compare with")
    return text + say("; a day on the right is {ratio} times one on the left", ratio=say.number(daily.ratio, 2))


def shown(one: Line) -> tuple[float, float, float | None]:
    """Left, right and difference: hours, minutes per unit, or numbers; None where no change is told."""
    step = 60 if one.timed and one.measure != "unit" else 1
    digits = 2 if one.measure == "unit" else 1 if one.timed else 0
    moved = None if one.difference is None else round(one.difference / step, digits)
    return round(one.left / step, digits), round(one.right / step, digits), moved


def measure(context: Context, one: Line) -> str:
    """What a line measures."""
    return context.kind(int(one.measure)) if one.measure.isdecimal() else context.say(MEASURE_WORDS[one.measure])


def sides(context: Context, found: CompareSheet, look: Look) -> Chart:
    """One line for each side; the x axis counts days from the first of each."""
    say = context.say
    drawn = [
        _line(context, found.left, say("Left"), look.accent, "solid"),
        _line(context, found.right, say("Right"), look.up, "dash"),
    ]
    most = max((*found.left.by_day, *found.right.by_day), default=0)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    figure = go.Figure(
        drawn,
        look.layout(
            320, showlegend=True, legend=legend, hovermode="closest",
            xaxis={"title": {"text": say("Day of the period")}, "showgrid": False, "automargin": True, "fixedrange": True},
            yaxis=hours_axis(say, most),
        ),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for one in lines(found.left, found.right, found.since):
        left, right, moved = shown(one)
        ratio = "–" if one.ratio is None else round(one.ratio, 3)
        rows.append((measure(context, one), left, right, "–" if moved is None else moved, ratio))
    heads = (say("Measure"), say("Left"), say("Right"), say("Difference"), say("Ratio"))
    note = say(
        "Townships and villages, by the day (Asia/Shanghai) that a demand begins on; today is not over. Ratio is right to left. "
        "A change is told only where both sides are equally covered: each side's share of days with reports (whoever asked; below counties "
        "those of the county) and of townships reached in the 30 days to its end is at least four fifths of the other's, and both begin after "
        "every kind with a hundredth of the load was recorded. "
        "Sums have one only where both periods are equally long."
    )
    text = verdict(context, found)
    return Chart(
        "sides", say("Two sides, day by day"), figure, text, Table(heads, tuple(rows)), note, context.source(found.at_us),
        say("person-hours a day"), lead=text
    )  # fmt: skip


def _line(context: Context, side: Side, word: str, colour: str, dash: str) -> go.Scatter:
    tips = [f"{word}: {context.say.exact(load)}" for load in side.by_day]
    return go.Scatter(
        x=list(range(1, side.days + 1)), y=[load / 60 for load in side.by_day], mode="lines+markers" if side.days < 8 else "lines",
        name=f"{word}: {named(context, side)}", line={"color": colour, "width": 2, "dash": dash}, customdata=tips,
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
