"""What a reader does on the desk: acts on cases, silences. The dashboard writes nowhere else, and here through ``streams.desk``.

Flows in: forms. Flows out: acts in the store, the evidence pack as a file. Touches the page being drawn, and the store through a user
that may write acts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import httpx
import streamlit as st
import structlog
from clickhouse_connect.driver.client import Client

from dashboard.data.sheets.desk import DeskSheet, FindingSheet
from dashboard.forms.sending import send
from dashboard.shell.frame import Frame
from dashboard.shell.installation import now_us
from dashboard.words import Words, moment
from streams.alerts.cases import GROUNDS, WrongAct
from streams.alerts.evidence import document
from streams.alerts.printing import docx
from streams.calendars import Calendar
from streams.calendars.periods import DAY_US
from streams.desk.acting import OVERSIGHT, ActWish, SilenceWish, acted, possible, silenced
from streams.desk.restating import VOID, correction
from streams.registry import RegistryError
from streams.store import OutOfScope

log = structlog.get_logger()
MAX_SILENCE_DAYS: Final = 90
VERDICTS: Final = ("upheld", "exempt", "corrected")
SHORTEST_WHY: Final = 3
MOST_MINUTES: Final = 1_000_000
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
    done_since(found)
    verbs = possible(scope, sheet.case["case"]["state"], sheet.finding["issuer"])
    if desk is None or not verbs:
        return
    asked = _wish(say, verbs, restates=bool(found.shared.settings.api_token and sheet.finding["events"]))
    if asked is None:
        return
    wish, effect = asked
    if not _recorded(found, desk, sheet, wish, effect):
        return
    found.noted("act", f"{wish.verb} {identity}")
    st.session_state["act-done"] = wish.verb
    found.shared.board.forget(FindingSheet)
    found.shared.board.forget(DeskSheet)
    st.rerun()


def _recorded(found: Frame, desk: Client, sheet: FindingSheet, wish: ActWish, effect: str) -> bool:
    """Whether the act is in the store, with its correction before it; what stood in the way is said."""
    context, scope = found.context, found.viewer.scope
    say, identity, verb = context.say, context.place.finding, wish.verb
    try:
        if (
            effect and sheet.finding is not None
        ):  # first: were the act stored alone, the totals would be wrong under a closed case
            event = correction(identity, sheet.finding["events"], sheet.case["case"]["acts"] + 1, effect, now_us())
            send(found.shared.settings, event)
        acted(desk, scope, found.shared.registry, Calendar.load(), identity, wish, now_us())
    except httpx.HTTPError as error:
        st.error(say("The correction was not taken in, so nothing was recorded. Try again."))
        log.warning("correction not taken", finding=identity, error=str(error))
    except OutOfScope as error:
        found.noted("denied", f"{verb} {identity}")
        st.error(say("This is not yours to do."))
        log.info("act refused", finding=identity, verb=verb, error=str(error))
    except WrongAct:
        st.error(
            say(
                "The case does not stand so that this can be done. Somebody may have acted at the same time: look again."
            )
        )
    except ValueError:
        st.error(say("The text cannot be stored: it holds a mark of secrecy or characters that do not belong there."))
    else:
        return True
    return False


FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "assign": ("owner", "note"), "explain": ("ground", "note"), "appeal": ("ground", "note"), "decide": ("verdict", "note"),
    "rule": ("verdict", "note"),
}  # fmt: skip
"""What is asked for beside the act; for all others a note."""
REASONED: Final = frozenset({"explain", "decide", "appeal", "rule", "note", "reopen"})
"""Acts that need their reasons in words."""


def _wish(say: Words, verbs: Sequence[str], *, restates: bool) -> tuple[ActWish, str] | None:
    """The act, then what belongs to it, and what the demands count from now on ("": as they do, void, or minutes); None until it is sent

    whole. ``restates``: this can be asked. What is missing is said beside the form.
    """
    verb = st.selectbox(say("What is done"), verbs, format_func=lambda one: say(f"act {one}"), key="act-verb")
    fields, verdict, ground, owner, effect = FIELDS.get(verb, ("note",)), "", "", "", ""
    with st.form(f"act-{verb}", clear_on_submit=False):
        if "verdict" in fields:
            verdict = st.selectbox(say("Verdict"), VERDICTS, format_func=lambda one: say(f"verdict {one}"))
        if "verdict" in fields and restates:
            effect = _effect(say)
        if "ground" in fields:
            ground = st.selectbox(say("Ground"), GROUNDS, format_func=lambda one: say(f"ground {one}"))
        if "owner" in fields:
            owner = st.text_input(say("In charge"), max_chars=200)
        note = st.text_area(say("Reasons") if verb in REASONED else say("Note, may stay empty"), max_chars=2_000)
        sent = st.form_submit_button(say("Record it"), type="primary")
    if not sent:
        return None
    if verb in REASONED and not note.strip():
        st.error(say("Say why: this act needs its reasons in words."))
        return None
    if verb == "assign" and not owner.strip():
        st.error(say("Name who is to be in charge."))
        return None
    if effect and verdict != "corrected":
        st.error(say("Loads are corrected only with the verdict “{verdict}”.", verdict=say("verdict corrected")))
        return None
    return ActWish(verb, note, owner.strip(), ground, verdict), effect


def _effect(say: Words) -> str:
    """What the demands behind the finding count from now on."""
    choice = st.selectbox(
        say("What the demands count from now on"),
        ("", VOID, "minutes"),
        format_func=lambda one: say(f"effect {one}".strip()),
    )
    minutes = st.number_input(
        say("Minutes that each really took of a unit"), min_value=0, max_value=MOST_MINUTES, value=0
    )
    return str(int(minutes)) if choice == "minutes" else choice


def done_since(found: Frame) -> None:
    """Says what was recorded before the page was drawn anew."""
    done = st.session_state.pop("act-done", "")
    if done:
        st.success(found.context.say("Recorded: {act}.", act=found.context.say(f"act {done}")))


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
    if len(why.strip()) < SHORTEST_WHY:
        st.error(say("Say why: a silence needs its reasons in words."))
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
        st.error(say("This is not yours to do."))
        log.info("silence refused", finding=context.place.finding, error=str(error))
        return
    except (ValueError, RegistryError):
        st.error(say("The text cannot be stored: it holds a mark of secrecy or characters that do not belong there."))
        return
    found.noted("act", f"silence {made.id}")
    found.shared.board.forget(FindingSheet)
    st.toast(say("Silent until {day}; the finding stays open and is counted.", day=say.day(moment(until_us).date())))
