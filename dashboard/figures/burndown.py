"""A yearly quota: what was used by day, the limit, and where the year will end at the rate so far, with its interval.

Pure. Flows in: a Context, a sheet. Flows out: ``Chart``, or words where no list says how much there may be.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate

import plotly.graph_objects as go

from dashboard.data.sheets.quota import Quota, QuotaSheet
from dashboard.figures.chart import Cell, Chart, Table
from dashboard.figures.look import Look
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, tag
from streams.analysis.projection import Projection, projected
from streams.events.model import KIND_IDS

COMPREHENSIVE = "综合"


def sort_name(context: Context, what: str) -> str:
    """What a sort of demand is called: meeting, document:综合, app:grassroots."""
    kind, _, more = what.partition(":")
    name = context.kind(KIND_IDS[kind]) if kind in KIND_IDS else kind
    if not more:
        return name
    word = {COMPREHENSIVE: context.say("comprehensive"), "grassroots": context.say("for the grassroots")}.get(
        more, more
    )
    return context.say("{kind}, {sort}", kind=name, sort=word)


def burndown(context: Context, found: QuotaSheet, place: int, look: Look) -> Chart | Html:
    """The quota at a place in the order of wear; words in place of the first where there is none, nothing beyond the last."""
    if place < len(found.quotas):
        return _chart(context, found, found.quotas[place], place, look)
    return no_quota(context, found) if place == 0 else tag("div", class_="bw")


def no_quota(context: Context, found: QuotaSheet) -> Html:
    """Why nothing is drawn, and what would bring it."""
    say = context.say
    text = (
        say("The lists in force hold no yearly plan or cap of this issuer, so there is nothing to count down.")
        if found.listed
        else say(
            "No list of yearly plans or caps is in force. One comes in with burdenwatch lists add FILE (list: plan or cap)."
        )
    )
    return tag(
        "div",
        card(say("Yearly quota"), tag("p", text, class_="none"), source=context.source(found.at_us), key="noquota"),
        class_="bw",
    )


def _chart(context: Context, found: QuotaSheet, quota: Quota, place: int, look: Look) -> Chart:
    say = context.say
    ahead = projected(quota.counts, found.shares, quota.limit)
    days = [found.first + timedelta(days=n) for n in range(len(found.shares))]
    used = list(accumulate(quota.counts))
    name = sort_name(context, quota.what)
    figure = go.Figure(_series(context, quota, ahead, days, used, look), _layout(context, quota, ahead, days, look))
    text = _sentence(context, quota, ahead, days, name)
    rows: list[tuple[Cell, ...]] = [
        (day.isoformat(), used[n], "", "", "") for n, day in enumerate(days[: ahead.today + 1])
    ]
    rows += [
        (day.isoformat(), "", *(round(one.by_day[n], 1) for one in (ahead.likely, ahead.late, ahead.early)))
        for n, day in enumerate(days[ahead.today :])
        if n
    ]
    note = say(
        "Demands that the issuer issued this year, counted as the rules count them: withdrawn ones, grounded emergencies and upward documents "
        "are left out. The projection carries the rate so far over the workdays that are left; its interval is that of a Poisson rate (80 %). "
        "A rate says nothing of what is planned."
    )
    heads = (say("Day"), say("Used"), say("Projected"), say("Projected, low"), say("Projected, high"))
    title = say("{sort}: used of the cap") if quota.capped else say("{sort}: used of the plan")
    return Chart(
        f"burndown{place}", title.format(sort=name), figure, text, Table(heads, tuple(rows)), note, context.source(found.at_us),
        say("number in the year"), lead=text,
    )  # fmt: skip


def _series(
    context: Context, quota: Quota, ahead: Projection, days: list[date], used: list[int], look: Look
) -> list[go.Scatter]:
    say = context.say
    left = days[ahead.today :]
    plain = {"hovertemplate": "%{x|%Y-%m-%d}: %{y:.0f}<extra>%{fullData.name}</extra>"}
    thin = {"width": 0, "color": look.other}
    return [
        go.Scatter(x=left, y=list(ahead.late.by_day), mode="lines", line=thin, showlegend=False, name=say("Projected, low"), **plain),
        go.Scatter(
            x=left, y=list(ahead.early.by_day), mode="lines", line=thin, fill="tonexty", fillcolor=look.band, name=say("80 % interval"), **plain
        ),
        go.Scatter(
            x=left, y=list(ahead.likely.by_day), mode="lines", line={"color": look.accent, "dash": "dot"}, name=say("Projected"), **plain
        ),
        go.Scatter(
            x=days[: ahead.today + 1], y=used, mode="lines", line={"color": look.accent, "width": 3, "shape": "hv"}, name=say("Used"), **plain
        ),
        go.Scatter(
            x=[days[0], days[-1]], y=[quota.limit] * 2, mode="lines", line={"color": look.up, "width": 2, "dash": "dash"},
            name=say("Cap") if quota.capped else say("Plan"), **plain,
        ),
    ]  # fmt: skip


def _layout(context: Context, quota: Quota, ahead: Projection, days: list[date], look: Look) -> dict[str, object]:
    most = max(quota.limit, ahead.early.by_day[-1], 1)
    months = [day for day in days if day.day == 1 and day.month % 2]
    return look.layout(
        300, showlegend=True, legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}, hovermode="closest",
        xaxis={
            "type": "date", "tickvals": months, "ticktext": [context.say.day(day) for day in months], "showgrid": False, "automargin": True,
            "fixedrange": True,
        },
        yaxis={"range": [0, most * 1.08], "automargin": True, "fixedrange": True, "zeroline": False},
    )  # fmt: skip


def _sentence(context: Context, quota: Quota, ahead: Projection, days: list[date], name: str) -> str:
    say = context.say

    def on(day: int | None) -> str:
        return say("not this year") if day is None else say.day(days[day])

    text = say(
        "{sort}: {used} of {limit} used; at this rate {likely} by the year's end ({low} to {high})", sort=name, used=say.number(ahead.used),
        limit=say.number(quota.limit), likely=say.number(ahead.likely.by_day[-1]), low=say.number(ahead.late.by_day[-1]),
        high=say.number(ahead.early.by_day[-1]),
    )  # fmt: skip
    if ahead.used > quota.limit:
        return text + say("; passed on {day}", day=on(ahead.likely.breach))
    return text + say(
        "; the limit is passed: {day} (earliest {early}, latest {late})", day=on(ahead.likely.breach), early=on(ahead.early.breach),
        late=on(ahead.late.breach),
    )  # fmt: skip
