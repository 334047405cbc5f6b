"""The page of an issuer: what its demands cause, and the check of a draft before it is issued."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.data.sheets.issuer import IssuerSheet
from dashboard.data.sheets.quota import QuotaSheet
from dashboard.figures.burndown import burndown
from dashboard.figures.chart import Chart
from dashboard.figures.days import plain_days
from dashboard.figures.look import Look
from dashboard.forms.briefs import brief_buttons
from dashboard.forms.drafts import draft_form
from dashboard.shell.drawing import live_chart, live_words
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import panel
from dashboard.views.context import Context
from dashboard.views.issuer import by_day, issuer, which
from dashboard.views.markup import Html
from dashboard.views.notices import no_access
from streams.registry import RegistryError
from streams.store import OutOfScope
from streams.store.issuing import require_issuer

# Quotas that are drawn, those first of which most is used. No text of its own here: Streamlit would show it on the page.
QUOTAS = 3


def draw(found: Frame, code: str, part: str) -> Html:
    """One part of the figures; without an issuer, the way to one."""
    place = replace(found.context.place, issuer=code)
    context = replace(found.context, place=place)
    try:
        return issuer(context, found.shared.board.sheet(IssuerSheet, found.viewer.scope, place), part)
    except RegistryError:
        return which(context) if part == "figures" else Html("")


def days(context: Context, rows: IssuerSheet, look: Look) -> Chart:
    """Load caused by day."""
    return plain_days(context, by_day(context, rows), look)


def _quota(context: Context, n: int, rows: QuotaSheet, look: Look) -> Chart | Html:
    """The quota that is worn most, the next, and so on."""
    return burndown(context, rows, n, look)


def _may_see(found: Frame, code: str) -> bool:
    """Whether the reader may see what this issuer causes; of another's nobody learns whether there is such an issuer."""
    try:
        require_issuer(found.viewer.scope, found.shared.registry, code)
    except OutOfScope:
        return False
    except RegistryError:  # the reader would see it if it were there
        return True
    return True


def page() -> None:
    """Draws the page of the issuer in the address bar, else of the reader's own."""
    found = frame("issuer")
    if found is None:
        return
    code = found.context.place.issuer or next(iter(found.viewer.scope.issuers), "")
    if code and not _may_see(found, code):
        found.turned_back()
        panel("notice", no_access(found.context))
        return
    found.head()
    words = partial(live_words, found, draw=partial(draw, found, code))
    place = replace(found.context.place, issuer=code)
    words("figures", first=True)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        if found.knows_issuer(code):
            sheet = partial(found.shared.board.sheet, IssuerSheet, found.viewer.scope, place)
            live_chart(found, "causedays", sheet, partial(days, found.context))
            quotas = partial(found.shared.board.sheet, QuotaSheet, found.viewer.scope, place)
            for n in range(QUOTAS):
                live_chart(found, f"burndown{n}", quotas, partial(_quota, found.context, n))
        words("demands")
    with right:
        words("kinds")
    if found.knows_issuer(code):
        brief_buttons(found, "issuer", code)
    with st.container(key="desk-tools"):
        if code and not found.context.place.at:
            draft_form(found, code)


page()
