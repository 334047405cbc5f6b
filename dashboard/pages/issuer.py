"""The page of an issuer: what its demands cause, and the check of a draft before it is issued."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import streamlit as st

from dashboard.drafts import draft_form
from dashboard.drawing import live_chart
from dashboard.figures.chart import Chart
from dashboard.figures.days import plain_days
from dashboard.figures.look import Look
from dashboard.frame import Frame, frame
from dashboard.panel import live
from dashboard.sheets.issuer import IssuerSheet
from dashboard.views.issuer import by_day, issuer, which
from dashboard.views.markup import Html
from streams.registry import RegistryError

FIRST: Final = "figures"
"""The part that says what is wrong with all of them."""


def draw(found: Frame, code: str, part: str) -> Html:
    """One part of the figures; without an issuer, the way to one."""
    place = replace(found.context.place, issuer=code)
    context = replace(found.context, place=place)
    try:
        return issuer(context, found.shared.board.sheet(IssuerSheet, found.viewer.scope, place), part)
    except RegistryError:
        return which(context) if part == "figures" else Html("")


def days(found: Frame, code: str, look: Look) -> Chart | None:
    """Load caused by day."""
    place = replace(found.context.place, issuer=code)
    try:
        rows = found.shared.board.sheet(IssuerSheet, found.viewer.scope, place).value
    except RegistryError:
        return None
    return plain_days(found.context, by_day(found.context, rows), look)


def page() -> None:
    """Draws the page of the issuer in the address bar, else of the reader's own."""
    found = frame("issuer")
    if found is None:
        return
    found.head()
    code = found.context.place.issuer or next(iter(found.viewer.scope.issuers), "")

    def words(part: str) -> None:
        live(
            part,
            partial(found.guarded, partial(draw, found, code, part), said=False, denied=part == FIRST),
            topic="survey",
            every_s=20,
        )

    words("figures")
    left, right = st.columns([2, 1], gap="medium")
    with left:
        live_chart(found, "causedays", partial(days, found, code))
        words("demands")
    with right:
        words("kinds")
    with st.container(key="desk-tools"):
        if code:
            draft_form(found, code)


page()
