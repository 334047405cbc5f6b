"""Compare: two areas, periods or issuers side by side, and the published goals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.data.sheets.compare import Asked, CompareSheet, asked
from dashboard.figures.bullets import bullets
from dashboard.figures.chart import Chart
from dashboard.figures.look import Look
from dashboard.figures.sides import sides
from dashboard.forms.choices import office, period
from dashboard.shell.drawing import live_chart, live_words
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import go, panel
from dashboard.views.compare import compared
from dashboard.views.context import Context
from dashboard.views.markup import Html, tag
from dashboard.views.notices import no_access, unknown
from dashboard.words import moment


def side(found: Frame, name: str, now: Asked) -> None:
    """The fields of one side: a place by name or code, a period, an issuer by its name."""
    say, place = found.context.say, found.context.place

    def chosen(**changes: str) -> None:
        both = dict(zip(("left", "right"), (one.text for one in asked(place)), strict=True))
        go(place.link(**both | {name: now._replace(**changes).text}))

    st.markdown(f"**{say('Left') if name == 'left' else say('Right')} · {found.context.name(now.area)}**")
    shown = found.context.name(now.area) if now.area else ""
    typed = st.text_input(
        say("Place: name or code"), shown, placeholder=say("The whole country"), key=f"area-{name}-{now.text}"
    ).strip()
    if typed != shown:
        _moved(found, typed, lambda code: chosen(area=code))
    period(
        found,
        say("Period"),
        name,
        now.period,
        moment(found.now_us).date(),
        years=True,
        chosen=lambda text: chosen(period=text),
    )
    office(
        found, say("Issuer: name, empty for all"), f"{name}-{now.text}", now.issuer, lambda code: chosen(issuer=code)
    )


def _moved(found: Frame, typed: str, chosen: Callable[[str], None]) -> None:
    """Takes a code as it is, a name as the first place that is called so."""
    hits = found.shared.index.find(typed, found.viewer.home) if typed and not typed.isdecimal() else []
    code = hits[0].code if hits else typed
    if (code and not code.isdecimal()) or not found.shared.registry.is_area(code):
        st.warning(
            found.context.say("Nothing is called {q}. Type a part of a name, or the code of a village.", q=typed)
        )
        return
    chosen(code)


def goals(context: Context, found: CompareSheet, look: Look) -> Chart:
    """The goals of the left side's area."""
    return bullets(context, found.left.area, found.progress, found.at_us, look)


def draw(found: Frame, _part: str) -> Html:
    """The table."""
    return compared(found.context, found.shared.board.sheet(CompareSheet, found.viewer.scope, found.context.place))


def page() -> None:
    """Draws the page for the sides that the address names."""
    found = frame("compare")
    if found is None:
        return
    found.head()
    both = asked(found.context.place)
    if not all(found.viewer.scope.covers(one.area) for one in both):
        found.noted("denied", " ".join(one.text for one in both))
        panel("notice", no_access(replace(found.context, place=found.context.place.plain)))
        return
    if strange := next((one.area for one in both if not found.shared.registry.is_area(one.area)), ""):
        panel("notice", tag("div", unknown(replace(found.context, unknown=strange)), class_="bw"))
        return
    with st.container(key="choices"):
        for column, name, one in zip(st.columns(2, gap="medium"), ("left", "right"), both, strict=True):
            with column:
                side(found, name, one)
    sheet = partial(found.shared.board.sheet, CompareSheet, found.viewer.scope, found.context.place)
    live_chart(found, "sides", sheet, partial(sides, found.context))
    live_words(found, "compared", partial(draw, found), first=True)
    live_chart(found, "bullets", sheet, partial(goals, found.context))


page()
