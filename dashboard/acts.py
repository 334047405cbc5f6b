"""What a reader does on the desk: acts on cases, silences. The dashboard writes nowhere else, and here through ``streams.desk``.

Flows in: forms. Flows out: acts in the store, the evidence pack as a file. Touches the page being drawn, and the store through a user
that may write acts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard.frame import Frame
from dashboard.installation import now_us
from dashboard.sheets.desk import DeskSheet, FindingSheet
from dashboard.words import Words, moment
from streams.alerts.cases import GROUNDS
from streams.alerts.evidence import document
from streams.alerts.printing import docx
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.desk.acting import OVERSIGHT, ActWish, SilenceWish, acted, possible, silenced
from streams.registry import RegistryError
from streams.store import OutOfScope

MAX_SILENCE_DAYS: Final = 90
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def act_form(found: Frame) -> None:
    """The acts that the case allows now to this reader, and the evidence pack as a file."""
    context, scope = found.context, found.viewer.scope
    say, identity = context.say, context.place.finding
    try:
        sheet = found.shared.board.sheet(FindingSheet, scope, context.place).value
    except OutOfScope:
        return
    if sheet.finding is None:
        return
    made = document(sheet.finding, sheet.case, sheet.like, sheet.at_us, say.language, context.name, context.issuer)
    st.download_button(
        say("Evidence pack (DOCX)"),
        found.exported(f"{identity}.docx", partial(docx, made)),
        f"{identity}.docx",
        DOCX,
        on_click="ignore",
    )
    desk = found.shared.desk
    verbs = possible(scope, sheet.case["case"]["state"], sheet.finding["issuer"])
    if desk is None or not verbs:
        return
    wish = _wish(say, verbs)
    if wish is None:
        return
    verb = wish.verb
    try:
        acted(desk, scope, found.shared.registry, Calendar.load(), identity, wish, now_us())
    except OutOfScope as error:
        found.noted("denied", f"{verb} {identity}")
        st.error(str(error))
        return
    except ValueError as error:
        st.error(str(error))
        return
    found.noted("act", f"{verb} {identity}")
    found.shared.board.forget(FindingSheet)
    found.shared.board.forget(DeskSheet)
    st.rerun()


def _wish(say: Words, verbs: Sequence[str]) -> ActWish | None:
    """The form; None until it is sent."""
    with st.form("act", clear_on_submit=True):
        verb = st.selectbox(say("What is done"), verbs, format_func=lambda one: say(f"act {one}"))
        verdict = st.selectbox(
            say("Verdict"),
            ("", "upheld", "exempt", "corrected"),
            format_func=lambda one: say(f"verdict {one}") if one else "–",
        )
        ground = st.selectbox(
            say("Ground"), ("", *GROUNDS), format_func=lambda one: say(f"ground {one}") if one else "–"
        )
        owner = st.text_input(say("In charge"), max_chars=200)
        note = st.text_area(say("Reasons"), max_chars=2_000)
        sent = st.form_submit_button(say("Record it"), type="primary")
    if not sent:
        return None
    return ActWish(
        verb,
        note,
        owner,
        ground if verb in ("explain", "appeal") else "",
        verdict if verb in ("decide", "rule") else "",
    )


def silence_form(found: Frame) -> None:
    """A silence for the rule and place of the finding that is shown: who, why, until when; never without an end."""
    context, scope, desk = found.context, found.viewer.scope, found.shared.desk
    say = context.say
    if desk is None or scope.role not in OVERSIGHT:
        return
    try:
        sheet = found.shared.board.sheet(FindingSheet, scope, context.place).value
    except OutOfScope:
        return
    if sheet.finding is None:
        return
    with st.expander(say("Silence messages about it")), st.form("silence", clear_on_submit=True):
        wide = st.selectbox(
            say("What falls silent"), ("finding", "rule"), format_func=lambda one: say(f"silence {one}")
        )
        days = st.number_input(say("For how many days"), min_value=1, max_value=MAX_SILENCE_DAYS, value=7)
        why = st.text_input(say("Reasons"), max_chars=500)
        sent = st.form_submit_button(say("Silence it"))
    if not sent:
        return
    until_us = now_us() + int(days) * DAY_US
    about = (
        {"finding": context.place.finding}
        if wide == "finding"
        else {"rule": sheet.finding["rule"], "area": sheet.finding["place"][:12]}
    )
    try:
        made = silenced(desk, scope, found.shared.registry, SilenceWish(why=why, until_us=until_us, **about), now_us())
    except OutOfScope as error:
        found.noted("denied", f"silence {context.place.finding}")
        st.error(str(error))
        return
    except (ValueError, RegistryError) as error:
        st.error(str(error))
        return
    found.noted("act", f"silence {made.id}")
    found.shared.board.forget(FindingSheet)
    st.toast(say("Silent until {day}; the finding stays open and is counted.", day=say.day(moment(until_us).date())))
