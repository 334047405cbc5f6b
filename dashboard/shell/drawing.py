"""Puts charts on the page: a card with heading and definition, the figure, and below it what may be taken away.

Flows in: a function that makes a ``Chart``. Flows out: a fragment that redraws itself when its topic moves. Touches the page being drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

import pandas as pd
import plotly.io
import streamlit as st

from dashboard.assets import plotly_script
from dashboard.data.board import Answer
from dashboard.figures.chart import Chart
from dashboard.figures.look import BRUSHED, CONFIG, Look
from dashboard.shell.frame import Frame
from dashboard.shell.panel import bridge, go, ignore, live, packed, panel, shared
from dashboard.views.markup import Html, card, tag

T = TypeVar("T")
ANY_RANGE: Final = "FIRST_LAST"
"""Stands in an address for the days that somebody drags over; burden.js puts them in."""
_DRAW: Final = bridge("burden_figure", "figure")


def look(found: Frame) -> Look:
    """How figures look to whoever reads: the words, and light or dark as the browser shows the page."""
    return Look(found.context.say, st.context.theme.type == "dark")


def live_chart(
    found: Frame, key: str, read: Callable[[], Answer[T]], draw: Callable[[T, Look], Chart | Html | None]
) -> None:
    """A chart in a fragment of its own: redrawn by push, and every 20 seconds where push does not get through; greyed while the store is away.

    ``draw`` makes of what ``read`` gives a chart, HTML where there is nothing to draw, or None for nothing at all.
    """

    def made() -> tuple[Chart | Html | None, bool]:
        answer = read()
        return draw(answer.value, look(found)), bool(answer.failed)

    @st.fragment(run_every=20, key=f"live-{key}")
    def fragment() -> None:
        # What is wrong the head of the page says: then there is no figure.
        shown = found.guarded(made, said=False, denied=False)
        one, stale = (Html(""), False) if isinstance(shown, Html) else shown
        if isinstance(one, Chart):
            with st.container(key=f"figure-{key}"):
                chart(found, one, stale=stale)
        else:
            panel(f"{key}-head", one or tag("div", "", class_="bw"), topic="survey")

    fragment()


def live_words(found: Frame, part: str, draw: Callable[[str], Html], *, first: bool = False) -> None:
    """A part in words that moves on its own; the ``first`` of a page says what is wrong with all of them."""
    live(part, lambda: found.guarded(lambda: draw(part), said=False, denied=first), topic="survey", every_s=20)


def chart(found: Frame, made: Chart, *, stale: bool = False) -> None:
    """The card of one chart."""
    lead = tag("p", made.lead, class_="lead") if made.lead else ""
    scale = _scale(found, made) if made.scale else ""
    head = card(made.title, lead, scale, note=made.note, source=made.source, aside=made.aside, key=made.key)
    panel(
        f"{made.key}-head", tag("div", head, class_="bw figurehead stale" if stale else "bw figurehead"), topic="survey"
    )
    drawn = _DRAW(
        key=f"plot-{made.key}",
        data={
            **packed(str(plotly.io.to_json(made.figure, validate=False))),
            "config": BRUSHED if made.brush else CONFIG,
            "brush": found.context.place.link(range=ANY_RANGE) if made.brush else "",
            "alt": made.alt,
            "plotly": plotly_script(),
            "links": [replace(found.context.place, area=code, unit="", q="", note="").link() for code in made.links],
            **shared(),
        },
        on_go_change=ignore,
    )
    _taken(found, made)
    if drawn.go:
        go(str(drawn.go))


def _scale(found: Frame, made: Chart) -> Html:
    """From little to much."""
    say = found.context.say
    swatches = [tag("i", style=f"background:{colour}") for colour in made.scale]
    return tag("p", say("little"), swatches, say("much"), class_="scale", aria_hidden="true")


def _taken(found: Frame, made: Chart) -> None:
    """The table behind the figure, as CSV; the figure as a picture, which the reader's browser makes."""
    say = found.context.say
    drawer = st.popover(say("Table and pictures"), type="tertiary", on_change="rerun", key=f"take-{made.key}")
    with drawer:
        if not drawer.open:
            return
        st.dataframe(
            pd.DataFrame(list(made.table.rows), columns=list(made.table.columns)),
            hide_index=True,
            height=320,
            alt=made.alt,
            key=f"table-{made.key}",
        )
        st.download_button(
            "CSV",
            found.exported(f"{made.key}.csv", made.table.csv),
            f"{made.key}.csv",
            "text/csv",
            on_click="ignore",
            key=f"csv-{made.key}",
        )
        links = [
            tag("button", form.upper(), type="button", data_picture=form, data_of=made.key, class_="picture")
            for form in ("png", "svg")
        ]
        panel(f"pictures-{made.key}", tag("div", links, class_="bw pictures", data_title=made.title))
