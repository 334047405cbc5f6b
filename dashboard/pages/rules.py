"""The rules in force, one rule in full, and what another limit would have done."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.data.sheets.rules import RulesSheet
from dashboard.forms.listing import list_form
from dashboard.forms.trials import trial
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import live
from dashboard.views.markup import Html
from dashboard.views.rules import rules


def draw(found: Frame) -> Html:
    """The list, or one rule."""
    return rules(found.context, found.shared.board.sheet(RulesSheet, found.viewer.scope, found.context.place))


def page() -> None:
    """Draws the page for the area and rule in the address bar."""
    found = frame("rules")
    if found is None:
        return
    found.head()
    live("rules", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)
    with st.container(key="desk-tools"):
        if found.context.place.rule:
            trial(found)
        else:
            list_form(found)


page()
