"""What is drawn over the load by day: the limit and where it is passed, the same days a year before, what happened.

Pure. Flows in: a Context, a survey. Flows out: traces, shapes, labels, columns and sentences for the figure of ``days``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import plotly.graph_objects as go

from dashboard.data.daily import Limit, Mark
from dashboard.data.snapshot import Survey
from dashboard.figures.chart import Cell, hours
from dashboard.figures.look import Look
from dashboard.views.context import Context

WEEK: Final = 7
LABELS: Final = 6
"""Marks that are named in the figure; the table has all."""
LABEL_CHARS: Final = 14
SORT_WORDS: Final = {"campaign": "Campaign", "flood": "Flood", "holiday": "Holiday", "edition": "Rule in force"}
DASH: Final = {"campaign": "dash", "flood": "solid", "holiday": "dot", "edition": "longdashdot"}


def traces(context: Context, survey: Survey, look: Look) -> list[go.Scatter]:
    """Lines over the bars; each has a name in the legend and can be hidden."""
    found, days = survey.overlay, survey.series.days
    out: list[go.Scatter] = []
    if found.year_ago is not None:
        out.append(
            _line(
                context,
                context.say("Same days a year before"),
                days[: len(found.year_ago)],
                found.year_ago,
                look.other,
                "dot",
            )
        )
    if (limit := found.limit) is not None:
        out += _limit(context, limit, look)
    return out


def _limit(context: Context, limit: Limit, look: Look) -> list[go.Scatter]:
    say = context.say
    weeks = dict(limit.weeks)
    days = tuple(weeks)
    mean = [load / WEEK for load in weeks.values()]
    drawn = [
        _line(
            context,
            say("Mean of seven days, held against the limit"),
            days,
            mean,
            look.soft,
            "solid",
        ),
        _line(
            context,
            say("Limit, a seventh of a week's"),
            days,
            [limit.weekly / WEEK] * len(days),
            look.up,
            "dash",
        ),
    ]
    if limit.passed:
        tips = [
            f"{say('Week above the limit')}: {say.exact(weeks[day])} / {say.exact(limit.weekly)}"
            for day in limit.passed
        ]
        drawn.append(
            go.Scatter(
                x=list(limit.passed), y=[weeks[day] / WEEK / 60 for day in limit.passed], mode="markers",
                name=say("Week above the limit"), customdata=tips, hovertemplate="%{customdata}<extra></extra>",
                marker={"color": look.up, "size": 9, "symbol": "diamond", "line": {"width": 1, "color": look.paper}},
            )
        )  # fmt: skip
    return drawn


def _line(context: Context, name: str, days: tuple[date, ...], loads: Any, colour: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=list(days), y=[load / 60 for load in loads], mode="lines", name=name, line={"color": colour, "width": 2, "dash": dash},
        customdata=[context.say.exact(load) for load in loads], hovertemplate="%{customdata}",
    )  # fmt: skip


def shapes(survey: Survey, look: Look) -> list[dict[str, Any]]:
    """A band for what lasted, a line for what began on a day."""
    out: list[dict[str, Any]] = []
    for one in survey.overlay.marks:
        line = {"width": 1.5, "dash": DASH[one.sort], "color": look.accent}
        begin, end = f"{one.first - timedelta(days=1)}T12:00", f"{one.last}T12:00"
        shape = {"type": "line", "xref": "x", "yref": "paper", "x0": begin, "x1": begin, "y0": 0, "y1": 1, "line": line}
        if one.first != one.last:
            shape |= {"type": "rect", "x1": end, "fillcolor": look.mark, "layer": "below"}
        out.append(shape)
    return out


def labels(context: Context, survey: Survey, look: Look) -> list[dict[str, Any]]:
    """Names at the top of the figure, one below the other where they would lie side by side."""
    return [
        {
            "x": f"{one.first - timedelta(days=1)}T12:00", "y": 1 - 0.085 * (n % 3), "xref": "x", "yref": "paper", "text": _short(context, one),
            "showarrow": False, "xanchor": "right" if _late(survey, one) else "left", "yanchor": "top", "font": {"size": 11},
            "bgcolor": look.label,
            "hovertext": told(context, one),
        }
        for n, one in enumerate(survey.overlay.marks[:LABELS])
    ]  # fmt: skip


def _late(survey: Survey, one: Mark) -> bool:
    """Whether a name to the right would leave the figure."""
    days = survey.series.days
    return (one.first - days[0]).days > 0.7 * len(days)


def _short(context: Context, one: Mark) -> str:
    text = f"{context.say(SORT_WORDS[one.sort])}: {one.title[context.say.lang]}"
    most = LABEL_CHARS * (1 if context.say.lang == "zh" else 2)
    return f" {text if len(text) <= most else text[: most - 1] + '…'} "


def told(context: Context, one: Mark) -> str:
    """A mark in full: what, where, when, from which document."""
    say = context.say
    days = say.day(one.first) if one.first == one.last else f"{say.day(one.first)} – {say.day(one.last)}"
    return " · ".join((say(SORT_WORDS[one.sort]), one.title[say.lang], context.name(one.area), days, one.source))


def columns(context: Context, survey: Survey) -> tuple[str, ...]:
    """Headings of what stands over the bars."""
    say, found = context.say, survey.overlay
    return (
        *((say("Same day a year before"),) if found.year_ago is not None else ()),
        *((say("Week to this day"), say("Limit a week"), say("Above the limit")) if found.limit is not None else ()),
        *((say("What happened"),) if found.marks else ()),
    )


def cells(context: Context, survey: Survey, n: int) -> tuple[Cell, ...]:
    """The same for one day."""
    say, found, day = context.say, survey.overlay, survey.series.days[n]
    out: list[Cell] = []
    if found.year_ago is not None:
        out.append(hours(found.year_ago[n]) if n < len(found.year_ago) else "–")
    if (limit := found.limit) is not None:
        week = dict(limit.weeks).get(day)
        above = "–" if week is None else say("yes") if week > limit.weekly else say("no")
        out += ["–" if week is None else hours(week), hours(limit.weekly), above]
    if found.marks:
        out.append("; ".join(told(context, one) for one in found.marks if one.first <= day <= one.last))
    return tuple(out)


def words(context: Context, survey: Survey) -> list[str]:
    """What the definition says of the limit and of the year before."""
    say, found = context.say, survey.overlay
    out = []
    if (limit := found.limit) is not None:
        out.append(
            say(
                "The limit is that of the rule “{title}”, edition of {day}: {own} person-hours a week for each of {n} ({tier}), drawn as a "
                "seventh a day beside the mean of the seven days that it looks at. A diamond is a week above it; the rule itself finds only "
                "what lasts and, where it says so, what lies beyond peers.",
                title=limit.title[say.lang], day=limit.edition.partition("@")[2], own=say.hours(limit.own), n=say.number(limit.units),
                tier=say(TIERS[limit.tier]),
            )
        )  # fmt: skip
    else:
        out.append(
            say(
                "No limit of load holds for this place as a whole: rule R20 has one for counties, townships and villages."
            )
        )
    if found.year_ago is None:
        out.append(say("The same days a year before are not equally covered, so they are not drawn."))
    return out


TIERS: Final = {"township": "Townships", "village": "Villages", "county": "Counties"}


def passed(context: Context, survey: Survey) -> str:
    """A sentence above the figure: on how many days the week stood above the limit; '' where there is no limit."""
    say, limit = context.say, survey.overlay.limit
    if limit is None:
        return ""
    n = sum(survey.first <= day <= survey.last for day in limit.passed)
    if not n:
        return say("In no week of the period the load stood above the limit ({rule}).", rule=limit.title[say.lang])
    return say(
        "On {n} days of the period the week stood above the limit ({rule}).",
        n=say.number(n),
        rule=limit.title[say.lang],
    )
