"""What changed and why: from the week before to this week in steps that leave no rest.

Pure. Flows in: a Context, the explained change. Flows out: ``Chart``.
"""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.data.sheets.review import ReviewSheet
from dashboard.figures.chart import Chart, Table, hours
from dashboard.figures.look import Look
from dashboard.views.context import Context


def waterfall(context: Context, found: ReviewSheet, look: Look) -> Chart:
    """The week before, four reasons, this week."""
    say, moved = context.say, found.change
    reasons = [
        (say("More or fewer demands"), moved.volume),
        (say("Wider or narrower reach"), moved.scope),
        (say("More or less effort each"), moved.effort),
        (say("Senders not heard of before"), moved.coverage),
    ]
    names = [say("The week before"), *(name for name, _ in reasons), say("This week")]
    values = [moved.before, *(value for _, value in reasons), moved.after]
    texts = [say.hours(moved.before), *(signed(context, value) for _, value in reasons), say.hours(moved.after)]
    steps = go.Waterfall(
        x=[value / 60 for value in values], y=names, orientation="h", measure=["absolute", *["relative"] * len(reasons), "total"],
        text=texts, textposition="auto", customdata=[say.exact(value) for value in values], hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        increasing={"marker": {"color": look.up}}, decreasing={"marker": {"color": look.down}}, totals={"marker": {"color": look.accent}},
        connector={"line": {"color": look.other, "width": 1}},
    )  # fmt: skip
    figure = go.Figure(
        [steps],
        look.layout(
            300,
            xaxis={"showticklabels": False, "showgrid": False, "zeroline": False, "fixedrange": True},
            yaxis={"autorange": "reversed", "showgrid": False, "fixedrange": True, "automargin": True},
        ),
    )
    alt = say(
        "{days}: {after} person-hours, {change} against the week before.",
        days=say.span(*found.week),
        after=say.hours(moved.after),
        change=signed(context, moved.after - moved.before),
    )
    note = say(
        "The change of load is split without a rest into number of demands, units per demand and minutes per unit, kind by kind "
        "(logarithmic mean Divisia index). Senders from whom nothing came in the 56 days before count apart: new data is not new burden."
    )
    table = Table(
        (say("Reason"), say("person-hours")),
        tuple((name, hours(value)) for name, value in zip(names, values, strict=True)),
    )
    return Chart(
        "reasons", say("What changed this week, and why"), figure, alt, table, note, context.source(found.at_us), say("person-hours"),
        lead=alt,
    )  # fmt: skip


def signed(context: Context, minutes: float) -> str:
    """Person-minutes as hours with a sign."""
    return ("+" if minutes > 0 else "−" if minutes < 0 else "") + context.say.hours(abs(minutes))
