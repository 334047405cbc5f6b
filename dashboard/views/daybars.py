"""A row of bars, one a day: days off hatched, today outlined, days ahead pale.

Pure. Flows in: a Context, days with loads. Flows out: HTML; the bars are drawn by styles alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from dashboard.views.context import Context
from dashboard.views.markup import Html, tag
from dashboard.views.trend import WEEKDAYS, axis


def daybars(
    context: Context,
    days: Sequence[tuple[date, int, str]],
    workdays: Collection[date],
    today: date,
    summary: str,
    *,
    labelled: int,
) -> Html:
    """``days``: day, person-minutes and a further line of its tip ('' for none); every seventh day from ``labelled`` on has its name below."""
    say = context.say
    marks = axis(max((load for _, load, _ in days), default=0))
    columns = []
    for place, (day, load, more) in enumerate(days):
        names = ["off"] * (day not in workdays) + ["today"] * (day == today) + ["ahead"] * (day > today)
        tip = "\n".join(filter(None, (f"{say.day(day)} {say(WEEKDAYS[day.weekday()])}", say.exact(load), more)))
        label = tag("span", say.day(day)) if place % 7 == labelled else Html()
        height = f"height:{max(load, 0) / marks[-1] * 100:.2f}%"
        columns.append(tag("div", tag("b", style=height), label, class_=" ".join(names) or None, data_tip=tip))
    lines = [tag("span", tag("em", say.hours(mark)), style=f"bottom:{mark / marks[-1] * 100:.1f}%") for mark in marks]
    return tag(
        "div",
        tag("div", lines, class_="lines", aria_hidden="true"),
        tag("div", columns, class_="days plain"),
        class_="plot",
        role="img",
        aria_label=summary,
    )
