"""The share of each kind of demand in the load of the period.

Pure. Flows in: a Context and a survey. Flows out: HTML.
"""

from __future__ import annotations

import numpy as np

from dashboard.data.snapshot import Survey
from dashboard.figures.days import ranked
from dashboard.figures.look import colour_place
from dashboard.views.context import Context, minutes
from dashboard.views.markup import Html, card, tag


def shares(context: Context, survey: Survey) -> Html:
    """What each kind cost in the period, as a share of all."""
    say, inside = context.say, np.array([survey.first <= day <= survey.last for day in survey.series.days])
    rows = [(_colour(kind), kind, int(values[inside].sum())) for kind, values in ranked(survey)]
    total = sum(value for *_, value in rows)
    if total <= 0:
        return card(say("By kind"), tag("p", say("Nothing landed in this period."), class_="none"), key="shares")
    stack = tag(
        "div",
        [tag("i", style=f"flex-grow:{max(value, 0)};background:var({colour})") for colour, _, value in rows],
        class_="stack",
        aria_hidden="true",
    )
    items = [
        tag("li", tag("i", style=f"background:var({colour})"), tag("span", context.kind(kind)),
            tag("b", say.percent(value / total, 1)), tag("em", say.hours(value), title=say.exact(value)))
        for colour, kind, value in rows
    ]  # fmt: skip
    whole = tag("p", minutes(context, total), class_="whole")
    note = say(
        "Share of the person-hours of the period by kind of demand. An estimate of the effort has an interval; the middle value is used."
    )
    return card(
        say("By kind"),
        whole,
        stack,
        tag("ul", items),
        note=note,
        source=context.source(survey.at_us),
        aside=say.span(survey.first, survey.last),
        key="shares",
    )


def _colour(kind: int) -> str:
    """The style that holds a kind's colour."""
    return f"--kind{colour_place(kind)}" if kind else "--other"
