"""The situation: what leadership opens. Load now and trend, hottest places, issuers, kinds, and how far the figures can be trusted."""

from __future__ import annotations

from functools import partial

import streamlit as st
from clickhouse_connect.driver.exceptions import ClickHouseError

from dashboard.access import demo_viewer
from dashboard.installation import installation, now_us
from dashboard.panel import live, panel
from dashboard.place import read_place
from dashboard.views.context import Context
from dashboard.views.notices import no_access, no_store
from dashboard.views.situation import body, foot, top
from dashboard.words import words
from streams.store import OutOfScope


def page() -> None:
    """Draws the page for the place in the address bar."""
    shared = installation()
    viewer = demo_viewer(shared.settings.area)
    place = read_place(dict(st.query_params.items()), viewer.home, shared.settings.language)
    context = Context.of(shared.registry, words(place.lang), place, viewer.home, shared.settings)
    if not viewer.scope.covers(context.place.unit or context.place.area):
        panel("notice", no_access(context))
        return
    hits = shared.index.find(place.q, viewer.home) if place.q else []

    def draw(part: str) -> str:
        try:
            pulse = shared.board.pulse(viewer.scope, context.place)
            survey = shared.board.survey(viewer.scope, context.place)
        except OutOfScope:
            return no_access(context)
        except (ClickHouseError, OSError) as error:
            return no_store(context, str(error)) if part == "top" else ""
        if part == "top":
            return top(context, pulse, survey, hits, now_us())
        return body(context, survey) if part == "body" else foot(context, pulse, survey, now_us())

    live("top", partial(draw, "top"), topic="pulse", every_s=10)
    live("body", partial(draw, "body"), topic="survey", every_s=30)
    live("foot", partial(draw, "foot"), topic="pulse", every_s=10)


page()
