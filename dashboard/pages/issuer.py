"""The page of an issuer: what its demands cause, and the check of a draft before it is issued."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.drafts import draft_form
from dashboard.frame import Frame, frame
from dashboard.panel import live
from dashboard.sheets.issuer import IssuerSheet
from dashboard.views.issuer import issuer, which
from dashboard.views.markup import Html
from streams.registry import RegistryError


def draw(found: Frame, code: str) -> Html:
    """The figures; without an issuer, the way to one."""
    place = replace(found.context.place, issuer=code)
    context = replace(found.context, place=place)
    try:
        return issuer(context, found.shared.board.sheet(IssuerSheet, found.viewer.scope, place))
    except RegistryError:
        return which(context)


def page() -> None:
    """Draws the page of the issuer in the address bar, else of the reader's own."""
    found = frame("issuer")
    if found is None:
        return
    found.head()
    code = found.context.place.issuer or next(iter(found.viewer.scope.issuers), "")
    live("issuer", partial(found.guarded, partial(draw, found, code), said=False), topic="survey", every_s=20)
    with st.container(key="desk-tools"):
        if code:
            draft_form(found, code)


page()
