"""Load by day: stacked by kind, or one series; days off on a darker ground, today marked, what is still ahead paler.

Pure. Flows in: a Context, days with loads. Flows out: ``Chart``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.data.snapshot import Survey
from dashboard.figures import overlays
from dashboard.figures.chart import Cell, Chart, Table, hours
from dashboard.figures.look import Look, hours_axis
from dashboard.views.context import Context
from dashboard.words import moment

SHOWN_KINDS: Final = 6
OTHER: Final = 0
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PALE: Final = 0.35
HEIGHT: Final = 300


def ranked(survey: Survey) -> list[tuple[int, NDArray[np.int64]]]:
    """The kinds with most load in the period, most first, each with its load by day; the rest together as OTHER."""
    series = survey.series
    inside = np.array([survey.first <= day <= survey.last for day in series.days])
    sums = series.likely[:, inside].sum(axis=1) if len(series.kinds) else np.zeros(0, np.int64)
    order = [int(place) for place in np.argsort(-sums, kind="stable")]
    out = [(series.kinds[place], series.likely[place]) for place in order[:SHOWN_KINDS]]
    rest = order[SHOWN_KINDS:]
    if rest:
        out.append((OTHER, series.likely[rest].sum(axis=0)))
    return out


def load_by_day(context: Context, survey: Survey, look: Look) -> Chart:
    """Bars by kind, those outside the chosen period and those still ahead paler; over them the limit, the year before, what happened.

    The legend hides and shows; days that are dragged over become the period.
    """
    say, kinds, days = context.say, ranked(survey), survey.series.days
    totals = [sum(int(values[place]) for _, values in kinds) for place in range(len(days))]
    ground = Days(days, survey.workdays, moment(survey.at_us).date())
    lines = overlays.traces(context, survey, look)
    most = max((*totals, *(float(y) * 60 for line in lines for y in line.y)), default=0)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "traceorder": "normal"}
    figure = go.Figure(
        [*_bars(context, survey, kinds, look), *lines],
        look.layout(
            HEIGHT + 40, barmode="relative", bargap=0.25, hovermode="x unified", showlegend=True, legend=legend,
            xaxis=ground.axis(context), yaxis=hours_axis(say, most), shapes=[*ground.shapes(look), *overlays.shapes(survey, look)],
            annotations=overlays.labels(context, survey, look), dragmode="select", selectdirection="h",
        ),
    )  # fmt: skip
    inside = [total for total, day in zip(totals, days, strict=True) if survey.first <= day <= survey.last]
    summary = say(
        "Daily load, {first} to {last}: {total}", first=say.day(survey.first), last=say.day(survey.last), total=say.exact(sum(inside)),
    )  # fmt: skip
    lead = overlays.passed(context, survey)
    note = say(
        "Each bar is the load that began on that day (Asia/Shanghai), by kind of demand; today is not over yet, pale bars after it are what is "
        "known ahead. Days off follow the official calendar, worked weekends count as workdays. Drag over days to see the page for them alone."
    )
    return Chart(
        "trend", say("Load by day"), figure, f"{summary} {lead}".strip(), _table(context, survey, kinds, totals),
        " ".join((note, *overlays.words(context, survey))), context.source(survey.at_us), say("person-hours a day"), lead=lead, brush=True,
    )  # fmt: skip


Kinds = list[tuple[int, NDArray[np.int64]]]


def _bars(context: Context, survey: Survey, kinds: Kinds, look: Look) -> list[go.Bar]:
    days = survey.series.days
    opacity = [1.0 if survey.first <= day <= survey.last else PALE for day in days]
    return [
        go.Bar(
            x=list(days), y=[int(value) / 60 for value in values], name=context.kind(kind),
            marker={"color": look.kind(kind), "opacity": opacity, "line": {"width": 0}},
            customdata=[context.say.exact(int(value)) for value in values], hovertemplate="%{customdata}",
        )
        for kind, values in kinds
    ]  # fmt: skip


def _table(context: Context, survey: Survey, kinds: Kinds, totals: Sequence[int]) -> Table:
    say = context.say
    columns = (
        say("Day"),
        say("day off"),
        *(context.kind(kind) for kind, _ in kinds),
        say("Together"),
        *overlays.columns(context, survey),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            day.isoformat(), off_word(context, day, survey.workdays), *(hours(int(values[n])) for _, values in kinds), hours(totals[n]),
            *overlays.cells(context, survey, n),
        )
        for n, day in enumerate(survey.series.days)
    )  # fmt: skip
    return Table(columns, rows)


@dataclass(frozen=True)
class DayLoads:
    """One series by day and its words: ``rows`` are day, person-minutes and a further line of the tip ('' for none)."""

    key: str
    title: str
    alt: str
    note: str
    rows: Sequence[tuple[date, int, str]]
    workdays: Collection[date]
    today: date
    at_us: int


def plain_days(context: Context, found: DayLoads, look: Look) -> Chart:
    """One bar a day; those after today are paler."""
    say = context.say
    days = [day for day, _, _ in found.rows]
    loads = [load for _, load, _ in found.rows]
    ground = Days(tuple(days), found.workdays, found.today)
    tips = ["<br>".join(filter(None, (say.exact(load), more))) for _, load, more in found.rows]
    bar = go.Bar(
        x=days, y=[load / 60 for load in loads], customdata=tips, hovertemplate="%{x|%Y-%m-%d}<br>%{customdata}<extra></extra>",
        marker={"color": look.accent, "opacity": [PALE if day > found.today else 1.0 for day in days], "line": {"width": 0}},
    )  # fmt: skip
    layout = look.layout(
        HEIGHT - 60, bargap=0.25, xaxis=ground.axis(context), yaxis=hours_axis(say, max(loads, default=0)), shapes=ground.shapes(look)
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (day.isoformat(), off_word(context, day, found.workdays), hours(load)) for day, load, _ in found.rows
    ]
    table = Table((say("Day"), say("day off"), say("person-hours")), tuple(rows))
    return Chart(
        found.key, found.title, go.Figure([bar], layout), found.alt, table, found.note, context.source(found.at_us),
        say("person-hours a day"),
    )  # fmt: skip


def off_word(context: Context, day: date, workdays: Collection[date]) -> str:
    """Whether it is a day off, in words."""
    return context.say("no") if day in workdays else context.say("yes")


@dataclass(frozen=True)
class Days:
    """The days along an axis."""

    days: tuple[date, ...]
    workdays: Collection[date]
    today: date

    def axis(self, context: Context) -> dict[str, Any]:
        """About six dates, the last day among them."""
        every = max(1, round(len(self.days) / 6))
        named = [day for place, day in enumerate(self.days) if (len(self.days) - 1 - place) % every == 0]
        return {
            "type": "date",
            "tickvals": named,
            "ticktext": [context.say.day(day) for day in named],
            "hoverformat": "%Y-%m-%d",
            "showgrid": False,
            "automargin": True,
        }

    def shapes(self, look: Look) -> list[dict[str, Any]]:
        """A darker ground behind days off, a line around today."""
        shapes: list[dict[str, Any]] = [
            _box(first, last, fillcolor=look.band, line={"width": 0}, layer="below") for first, last in self._off()
        ]
        if self.today in self.days:
            line = {"width": 1, "dash": "dot", "color": look.other}
            shapes.append(_box(self.today, self.today, fillcolor="rgba(0,0,0,0)", line=line, layer="below"))
        return shapes

    def _off(self) -> Iterator[tuple[date, date]]:
        """Days off that follow each other, as first and last."""
        first: date | None = None
        for day in self.days:
            if day not in self.workdays:
                first = first or day
            elif first is not None:
                yield first, day - timedelta(days=1)
                first = None
        if first is not None:
            yield first, self.days[-1]


def _box(first: date, last: date, **more: Any) -> dict[str, Any]:
    """A rectangle over whole days."""
    begin, end = f"{first - timedelta(days=1)}T12:00", f"{last}T12:00"
    return {"type": "rect", "xref": "x", "yref": "paper", "x0": begin, "x1": end, "y0": 0, "y1": 1} | more
