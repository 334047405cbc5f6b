"""Daily load by kind: one bar a day, days off marked; and the share of each kind in the period.

Pure. Flows in: a Context and a survey. Flows out: HTML; the bars are drawn by styles alone.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from dashboard.snapshot import Survey
from dashboard.views.context import Context, minutes
from dashboard.views.markup import Html, card, tag

SHOWN_KINDS = 6
OTHER = 0
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


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


def axis(highest: float) -> list[float]:
    """Marks of the axis in minutes, from 0 to at or above the highest bar: three to six of them, at round numbers of hours."""
    hours = max(highest / 60, 1.0)
    size = 10.0 ** np.floor(np.log10(hours / 5))
    step = float(size) * next(step for step in (1, 2, 2.5, 5, 10) if step * size * 5 >= hours * 0.999)
    return [step * n * 60 for n in range(int(np.ceil(hours * 0.999 / step)) + 1)]


def _gradient(values: list[tuple[int, int]], total: int) -> str:
    """Stops of one stacked bar, from the bottom up."""
    stops, done = [], 0
    for place, value in values:
        begin, done = done, done + value
        stops.append(f"var(--k{place}) {begin / total * 100:.1f}% {done / total * 100:.1f}%")
    return f"linear-gradient(to top,{','.join(stops)})"


def _tip(context: Context, day: date, kinds: list[tuple[int, int]], total: int, off: bool) -> str:
    say = context.say
    head = f"{say.day(day)} {say(WEEKDAYS[day.weekday()])}" + (f" · {say('day off')}" if off else "")
    lines = [f"{context.kind(kind)}  {say.hours(value)}" for kind, value in kinds if value]
    return "\n".join([head, f"{say('Together')}  {say.exact(total)}", *lines])


def trend(context: Context, survey: Survey) -> Html:
    """Bars of the last days; those outside the chosen period are paler."""
    say, kinds = context.say, ranked(survey)
    totals = [sum(int(values[place]) for _, values in kinds) for place in range(len(survey.series.days))]
    marks = axis(max(totals, default=0))
    lines = [tag("span", tag("em", say.hours(mark)), style=f"bottom:{mark / marks[-1] * 100:.1f}%") for mark in marks]
    summary = say(
        "Daily load, {first} to {last}: {total}", first=say.day(survey.first), last=say.day(survey.last),
        total=say.exact(sum(total for total, day in zip(totals, survey.series.days, strict=True) if day >= survey.first)),
    )  # fmt: skip
    plot = tag(
        "div",
        tag("div", lines, class_="lines", aria_hidden="true"),
        tag("div", _bars(context, survey, kinds, totals, marks[-1]), class_="days"),
        class_="plot",
        role="img",
        aria_label=summary,
    )
    keys = [
        tag("span", tag("i", style=f"background:var(--k{n if kind else 9})"), context.kind(kind))
        for n, (kind, _) in enumerate(kinds)
    ]
    legend = tag("div", keys, tag("span", tag("i", class_="offkey"), say("day off")), class_="legend")
    note = say(
        "Each bar is the load that began on that day (Asia/Shanghai), by kind of demand; today is not over yet. "
        "Days off follow the official calendar, worked weekends count as workdays."
    )
    source, aside = context.source(survey.at_us), say("person-hours a day")
    return card(say("Load by day"), plot, legend, note=note, source=source, aside=aside, key="trend")


def _bars(
    context: Context, survey: Survey, kinds: list[tuple[int, NDArray[np.int64]]], totals: list[int], top: float
) -> list[Html]:
    """One stacked bar a day."""
    columns = []
    for place, day in enumerate(survey.series.days):
        parts = [(n if kind else 9, max(0, int(values[place]))) for n, (kind, values) in enumerate(kinds)]
        named = [(kind, int(values[place])) for kind, values in kinds]
        total, off = totals[place], day not in survey.workdays
        fill = (
            f"height:{max(total, 0) / top * 100:.2f}%;background:{_gradient(parts, sum(v for _, v in parts))}"
            if total > 0
            else "height:0"
        )
        names = ["off"] * off + ["today"] * (day == survey.last) + ["out"] * (day < survey.first)
        tip = _tip(context, day, named, total, off)
        label = _label(context, place, survey.series.days)
        columns.append(tag("div", tag("b", style=fill), label, class_=" ".join(names) or None, data_tip=tip))
    return columns


def _label(context: Context, place: int, days: tuple[date, ...]) -> Html:
    """About six dates below the axis, the last among them; every other one gives way on a narrow screen."""
    every = max(1, round(len(days) / 6))
    steps, rest = divmod(len(days) - 1 - place, every)
    return Html() if rest else tag("span", context.say.day(days[place]), class_="even" if steps % 2 else None)


def shares(context: Context, survey: Survey) -> Html:
    """What each kind cost in the period, as a share of all."""
    say, inside = context.say, np.array([survey.first <= day <= survey.last for day in survey.series.days])
    rows = [(n if kind else 9, kind, int(values[inside].sum())) for n, (kind, values) in enumerate(ranked(survey))]
    total = sum(value for *_, value in rows)
    if total <= 0:
        return card(say("By kind"), tag("p", say("Nothing landed in this period."), class_="none"), key="shares")
    stack = tag(
        "div",
        [tag("i", style=f"flex-grow:{max(value, 0)};background:var(--k{n})") for n, _, value in rows],
        class_="stack",
        aria_hidden="true",
    )
    items = [
        tag("li", tag("i", style=f"background:var(--k{n})"), tag("span", context.kind(kind)),
            tag("b", say.percent(value / total, 1)), tag("em", say.hours(value), title=say.exact(value)))
        for n, kind, value in rows
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
