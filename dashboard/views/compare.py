"""The table of two sides, and why no change is told where they are not equally covered.

Pure. Flows in: a Context, a sheet. Flows out: HTML.
"""

from __future__ import annotations

from dashboard.comparison import Line, lines
from dashboard.data.board import Answer
from dashboard.data.sheets.compare import CompareSheet
from dashboard.figures.sides import measure, named, reasons, shown
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, tag


def compared(context: Context, answer: Answer[CompareSheet]) -> Html:
    """One line for each measure."""
    say, found = context.say, answer.value
    heads = (
        tag("th", say("Measure"), scope="col"),
        *(tag("th", say(word), scope="col", class_="num") for word in ("Left", "Right", "Difference", "Ratio")),
    )
    rows = [_row(context, one) for one in lines(found.left, found.right, found.since)]
    who = [
        tag("p", tag("b", word), " ", named(context, side), class_="hint")
        for word, side in ((say("Left"), found.left), (say("Right"), found.right))
    ]
    why = [tag("p", text, class_="none") for text in reasons(context, found)]
    body = tag("div", tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows)), class_="table", tabindex="0")
    made = card(say("Side by side"), who, why, body, source=context.source(found.at_us), key="compared")
    return tag("div", made, class_="bw stale" if answer.failed else "bw")


def _row(context: Context, one: Line) -> Html:
    say = context.say
    digits = 2 if one.measure == "unit" else 1 if one.timed else 0
    left, right, difference = shown(one)
    moved = (
        "–"
        if difference is None
        else ("+" if difference > 0 else "−" if difference < 0 else "") + say.number(abs(difference), digits)
    )
    return tag(
        "tr", tag("td", measure(context, one)), tag("td", say.number(left, digits), class_="num"),
        tag("td", say.number(right, digits), class_="num"),
        tag("td", moved, class_="num"),
        tag("td", "–" if one.ratio is None else say.number(one.ratio, 2), class_="num"),
    )  # fmt: skip
