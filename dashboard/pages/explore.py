"""Explore: loads crossed by what the reader chooses, as table and figure; and the way from issuers to receivers."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.data.sheets.explore import FlowSheet, PivotExport, PivotSheet
from dashboard.figures.chart import Cell
from dashboard.figures.flow import flow
from dashboard.figures.pivot import (
    AMOUNT_WORDS,
    DIMENSION_WORDS,
    LEVEL_WORDS,
    TIER_WORDS,
    crossed,
    table_of,
)
from dashboard.forms.choices import office, one_of, period, some_of
from dashboard.forms.exports import take_table
from dashboard.place import AMOUNTS, COLUMNS, ROWS
from dashboard.shell.drawing import live_chart
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import go, panel
from dashboard.views.explore import chosen_issuer, heading
from dashboard.words import moment
from streams.events.model import KINDS

SHOWN_HEIGHT = 460


def choices(found: Frame) -> None:
    """What is crossed, measured and left in."""
    say, place = found.context.say, found.context.place
    four = st.columns(4)
    with four[0]:
        one_of(found, say("Rows"), "rows", {one: say(DIMENSION_WORDS[one]) for one in ROWS})
    with four[1]:
        columns = [one for one in COLUMNS if one != place.rows]
        one_of(found, say("Columns"), "cols", {one: say(DIMENSION_WORDS[one]) for one in columns})
    with four[2]:
        one_of(found, say("Amount"), "amount", {one: say(AMOUNT_WORDS[one]) for one in AMOUNTS})
    with four[3]:
        today = moment(found.now_us).date()
        period(
            found, say("Period"), "span", place.span, today, years=False, chosen=lambda text: go(place.link(span=text))
        )
    five = st.columns(5)
    lines = {name: one.zh if say.lang == "zh" else one.en for name, one in sorted(found.shared.registry.lines.items())}
    with five[0]:
        some_of(found, say("Kinds"), "kinds", {kind: found.context.kind(n) for n, kind in enumerate(KINDS, start=1)})
    with five[1]:
        some_of(found, say("Receivers"), "tiers", {name: say(word) for name, word in TIER_WORDS.items()})
    with five[2]:
        some_of(found, say("Lines"), "lines", lines)
    with five[4]:
        office(found, say("Issuer"), "explore", place.issuer, lambda code: go(place.link(issuer=code)))
    with five[3]:
        some_of(found, say("Levels of issuers"), "levels", {name: say(word) for name, word in LEVEL_WORDS.items()})


def table(found: Frame) -> None:
    """The whole answer as a table that can be sorted and searched, and as files."""
    sheet = partial(found.shared.board.sheet, PivotSheet, found.viewer.scope, found.context.place)

    @st.fragment(run_every=20, key="live-table")
    def fragment() -> None:
        answer = found.guarded(sheet, said=False, denied=False)
        if isinstance(answer, str):
            return
        shown = table_of(found.context, answer.value)
        with st.container(key="figure-table"):
            panel("table-head", heading(found.context, answer), topic="survey")
            table = pd.DataFrame(list(shown.rows), columns=list(shown.columns))
            table = table.drop(columns=[found.context.say("Code")], errors="ignore")  # codes are for files
            numbers = {
                name: st.column_config.NumberColumn(format="localized")
                for name in shown.columns
                if name not in _texts(found)
            }
            st.dataframe(
                table, column_config=numbers, hide_index=True, placeholder="–",
                height=min(SHOWN_HEIGHT, 35 * len(shown.rows) + 38),
                alt=heading(found.context, answer, plain=True), key="pivot-table",
            )  # fmt: skip
            take_table(found, "pivot", partial(_whole, found))

    fragment()


def _texts(found: Frame) -> tuple[str, ...]:
    """The columns that hold words."""
    return found.context.say(DIMENSION_WORDS[found.context.place.rows]), found.context.say("Code")


def _whole(found: Frame) -> tuple[int, tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """What is taken away: read anew, with many more rows than the page lists."""
    sheet = found.shared.board.once(PivotExport, found.viewer.scope, found.context.place)
    made = table_of(found.context, sheet)
    return sheet.at_us, made.columns, made.rows


def page() -> None:
    """Draws the page for what the address asks for."""
    found = frame("explore")
    if found is None:
        return
    found.head()
    with st.container(key="choices"):
        choices(found)
    if found.context.place.issuer:
        panel("issuer", chosen_issuer(found.context))
    here = found.viewer.scope, found.context.place
    live_chart(found, "pivot", partial(found.shared.board.sheet, PivotSheet, *here), partial(crossed, found.context))
    table(found)
    live_chart(found, "flow", partial(found.shared.board.sheet, FlowSheet, *here), partial(flow, found.context))


page()
