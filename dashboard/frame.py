"""What every page begins with: the reader, the place in the address bar, and the head of the page.

Flows in: the address bar. Flows out: ``Frame``, or a notice where the place lies outside the reader's area. Touches the page being drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from clickhouse_connect.driver.exceptions import ClickHouseError

from dashboard.access import Viewer, demo_viewer
from dashboard.installation import Installation, installation, now_us
from dashboard.panel import live, panel
from dashboard.place import read_place
from dashboard.search import Hit
from dashboard.views.context import Context
from dashboard.views.markup import Html, tag
from dashboard.views.masthead import masthead, results, whereabouts
from dashboard.views.notices import no_access, no_store, unknown
from dashboard.words import words
from streams.store import OutOfScope


@dataclass(frozen=True)
class Frame:
    """Who reads what. ``failed`` of an answer is shown by greying it."""

    shared: Installation
    viewer: Viewer
    context: Context
    hits: list[Hit]

    def guarded(self, draw: Callable[[], Html], *, said: bool = True) -> Html:
        """What ``draw`` gives, or what is wrong: no access, or (where ``said``) that the store does not answer."""
        try:
            return draw()
        except OutOfScope:
            return no_access(self.context)
        except (ClickHouseError, OSError) as error:
            return no_store(self.context, str(error)) if said else Html("")

    def head(self, *, periods: tuple[int, ...] = ()) -> None:
        """The masthead and where the reader is; moves with every event."""

        def draw() -> Html:
            context = self.context
            pulse = self.shared.board.pulse(self.viewer.scope, context.place)
            value = pulse.value
            return tag(
                "div",
                masthead(context, value.health, value.at_us, pulse.failed, now_us()),
                results(context, self.hits),
                unknown(context),
                whereabouts(context, periods=periods, measured=False),
                class_="bw",
                lang=context.say.locale.replace("_", "-"),
            )

        live("top", lambda: self.guarded(draw), topic="pulse", every_s=10)


def frame(page: str = "") -> Frame | None:
    """The frame of a page; None where the reader may not see the place, which is then said."""
    shared = installation()
    viewer = demo_viewer(shared.settings.area)
    place = read_place(dict(st.query_params.items()), viewer.home, shared.settings.language)
    context = Context.of(shared.registry, words(place.lang), place, viewer.home, shared.settings, page)
    if not viewer.scope.covers(context.place.unit or context.place.area):
        panel("notice", no_access(context))
        return None
    hits = shared.index.find(place.q, viewer.home) if place.q else []
    return Frame(shared, viewer, context, hits)
