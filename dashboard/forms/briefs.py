"""The brief of what a page shows, to be taken away: week and month as DOCX, PDF and XLSX.

Flows in: what the page is about. Flows out: bytes, behind six buttons. Touches the page being drawn; reads the store when a file is taken.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.shell.frame import Frame
from dashboard.words import moment
from streams.brief import FORMATS, wish_of, written
from streams.brief.model import DAYS, Period, Sort


def brief_buttons(found: Frame, sort: Sort, code: str) -> None:
    """One line of buttons; none where the reader may not see what the page is about."""
    scope = found.viewer.scope
    if sort != "issuer" and not scope.covers(code):
        return
    say = found.context.say
    with st.container(key="briefs", horizontal=True, vertical_alignment="center"):
        st.markdown(say("Brief to take away"), width="content")
        for period in DAYS:
            for form, kind in FORMATS.items():
                label = say(f"brief {period}", form=form.upper())
                file = f"brief-{sort}-{code or 'all'}-{period}-{moment(found.now_us):%Y%m%d}.{form}"
                made = found.exported(file, partial(_made, found, sort, code, period, form))
                st.download_button(label, made, file, kind.media, key=f"brief-{period}-{form}", on_click="ignore")


def _made(found: Frame, sort: Sort, code: str, period: Period, form: str) -> bytes:
    shared, at_us = found.shared, found.now_us
    wish = wish_of(sort, code, period, "", at_us)
    return written(shared.client, found.viewer.scope, shared.registry, wish, at_us, form, found.context.say.language)
