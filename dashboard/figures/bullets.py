"""Published goals as bullets: the cut so far as a bar, the goal as a mark, on one scale.

Pure. Flows in: a Context, goals with their progress. Flows out: ``Chart``.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.data.sheets.review import Progress
from dashboard.figures.chart import Cell, Chart, Table
from dashboard.figures.look import Look
from dashboard.views.context import Context
from streams.events.model import KIND_IDS, KINDS


def without_goal(progress: Sequence[Progress]) -> list[str]:
    """Kinds for which no goal was published."""
    named = {kind for one in progress for kind in one.goal.kinds}
    return [kind for kind in KINDS if kind not in named]


def bullets(context: Context, area: str, progress: Sequence[Progress], at_us: int, look: Look) -> Chart:
    """One bullet for each goal; those without figures of the year before have the mark alone."""
    say = context.say
    names = [_name(context, one) for one in progress]
    cuts = [1 - one.now / one.before if one.before else None for one in progress]
    texts = [_state(context, one, cut) for one, cut in zip(progress, cuts, strict=True)]
    figure = _figure(context, progress, names, cuts, texts, look)
    others = ("、" if say.lang == "zh" else ", ").join(context.kind(KIND_IDS[kind]) for kind in without_goal(progress))
    stated = "; ".join(f"{name.replace('<br>', ' ')}: {text}" for name, text in zip(names, texts, strict=True))
    lead = stated or say("no published figure")
    rows: list[tuple[Cell, ...]] = [
        (name.replace("<br>", " "), say.percent(one.goal.cut), text, one.before, one.now, one.goal.instrument)
        for name, one, text in zip(names, progress, texts, strict=True)
    ]
    rows += [
        (context.kind(KIND_IDS[kind]), "–", say("no published figure"), "–", "–", "–")
        for kind in without_goal(progress)
    ]
    note = say(
        "Receipts (demands times units reached) from 1 January to yesterday against the same days of the year before. The texts name a cut "
        "and no base; comparing with the year before is our reading. Where less than a year is known, nothing is compared."
    )
    heads = (say("Kinds"), say("Goal"), say("Cut so far"), say("A year before"), say("This year"), say("Text"))
    full = lead + (" · " + say("no published figure: {kinds}", kinds=others) if others else "")
    return Chart(
        "bullets", f"{say('Published goals')} · {context.name(area)}", figure, full, Table(heads, tuple(rows)), note, context.source(at_us),
        say("cut against the year before"), lead=full,
    )  # fmt: skip


def _figure(
    context: Context,
    progress: Sequence[Progress],
    names: list[str],
    cuts: list[float | None],
    texts: list[str],
    look: Look,
) -> go.Figure:
    """The way to the goal as ground, the cut so far as a bar, the goal as a mark."""
    say = context.say
    reached = [cut is not None and cut >= one.goal.cut for cut, one in zip(cuts, progress, strict=True)]
    lowest = min(-0.1, *(cut for cut in cuts if cut is not None), 0.0)
    ground = go.Bar(
        x=[one.goal.cut for one in progress], y=names, orientation="h", width=0.7, hoverinfo="skip",
        marker={"color": look.band, "line": {"width": 0}},
        name=say("goal"),
    )  # fmt: skip
    bar = go.Bar(
        x=cuts, y=names, orientation="h", width=0.3, marker={"color": [look.down if one else look.up for one in reached], "line": {"width": 0}},
        customdata=texts, hovertemplate="%{y}<br>%{customdata}<extra></extra>", name=say("cut so far"),
    )  # fmt: skip
    mark = go.Scatter(
        x=[one.goal.cut for one in progress], y=names, mode="markers", name=say("goal"), hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        customdata=[say("goal: down by {cut}", cut=say.percent(one.goal.cut)) for one in progress],
        marker={"symbol": "line-ns", "size": 26, "line": {"width": 3, "color": look.accent}},
    )  # fmt: skip
    axis = {
        "tickformat": ".0%",
        "zeroline": True,
        "automargin": True,
        "fixedrange": True,
        "range": [max(-1.0, lowest * 1.1), 1.0],
    }
    return go.Figure(
        [ground, bar, mark],
        look.layout(
            90 + 62 * max(1, len(names)), barmode="overlay", xaxis=axis,
            yaxis={"type": "category", "autorange": "reversed", "showgrid": False, "automargin": True, "fixedrange": True},
        ),
    )  # fmt: skip


def _name(context: Context, one: Progress) -> str:
    return "<br>".join(context.kind(KIND_IDS[kind]) for kind in one.goal.kinds)


def _state(context: Context, one: Progress, cut: float | None) -> str:
    say = context.say
    if cut is None:
        return say("no figures of the year before")
    moved = ("−" if cut >= 0 else "+") + say.percent(abs(cut), 1)
    return f"{moved} ({say('reached') if cut >= one.goal.cut else say('not reached')})"
