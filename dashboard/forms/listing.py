"""Lists brought in from the rules page: a file is dropped, its rows are shown as they were understood, then it is added whole or not at all.

Flows in: a form and a file. Flows out: a version in the store, through ``streams.desk`` and a user that may write lists. Touches the page
being drawn.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import streamlit as st
import structlog

from dashboard.data.sheets.rules import RulesSheet
from dashboard.shell.frame import Frame
from dashboard.shell.installation import now_us
from dashboard.shell.panel import panel
from dashboard.views.lists import understood_view
from dashboard.words import Words, moment
from streams.desk.listing import listed, may_list, read_for
from streams.events import Refused
from streams.rules.list_files import ENDINGS, Reading
from streams.rules.lists import KINDS
from streams.store import OutOfScope

log = structlog.get_logger()
LARGEST_MB: Final = 32
SORTS: Final = ("", "meeting", "document", "inspection", "evaluation", "request")


def list_form(found: Frame) -> None:
    """The form, for readers who may bring lists in, where the installation lets its pages write."""
    say, shared = found.context.say, found.shared
    if shared.desk is None or not may_list(found.viewer.scope):
        return
    if "list-added" in st.session_state:
        st.toast(say("Added: {name}. The rules judge by it from now on.", name=st.session_state.pop("list-added")))
    with st.expander(say("Bring in a list, a plan or a catalogue")):
        upload = st.file_uploader(
            say("A file: a table (XLSX, XLS, ODS, CSV …) or YAML"),
            [one[1:] for one in ENDINGS],
            max_upload_size=LARGEST_MB,
            key="list-file",
        )
        given = _given(found, say)
        if upload is None:
            return
        try:
            reading = read_for(found.viewer.scope, shared.registry, upload.getvalue(), upload.name, given)
        except OutOfScope as error:
            found.noted("denied", f"list {upload.name}"[:80])
            st.error(say("A list can be added for your own areas only."))
            log.info("list refused", error=str(error))
            return
        panel("understood", understood_view(found.context, reading))
        if st.button(say("Add this list"), type="primary", disabled=reading.version_read is None, key="list-add"):
            _add(found, reading)


def _given(found: Frame, say: Words) -> dict[str, str]:
    """What is said once for a table; a YAML file says it itself."""
    st.caption(say("For tables, what their rows do not say; a YAML file says it itself."))
    left, right = st.columns(2)
    today: date = moment(now_us()).date()
    kind = left.selectbox(
        say("Kind of list"), KINDS, format_func=lambda one: say(f"list {one}"), index=KINDS.index("plan")
    )
    what = right.selectbox(
        say("Of plans and caps: what of"),
        SORTS,
        format_func=lambda one: say(f"kind {one}") if one else say("as the rows say"),
    )
    name = left.text_input(say("Name of the list; a later version has the same"), max_chars=200, key="list-name")
    source = right.text_input(say("The document that it is from"), max_chars=500, key="list-source")
    area = left.text_input(
        say("Code of the area in which it holds"),
        found.context.place.area or found.viewer.home,
        max_chars=9,
        key="list-area",
    )
    first = right.date_input(say("In force from"), date(today.year, 1, 1), key="list-from")
    last = right.date_input(say("No longer in force from (may stay empty)"), None, key="list-to")
    return {
        "kind": kind, "what": what, "name": name, "source": source, "area": area.strip(), "from": str(first or ""), "to": str(last or ""),
    }  # fmt: skip


def _add(found: Frame, reading: Reading) -> None:
    say, shared = found.context.say, found.shared
    if shared.desk is None:
        return
    version = reading.version()
    try:
        listed(shared.desk, found.viewer.scope, shared.registry, version, now_us())
    except OutOfScope as error:
        found.noted("denied", f"list {version.list} {version.name}"[:80])
        st.error(say("A list can be added for your own areas only."))
        log.info("list refused", error=str(error))
        return
    except Refused:
        st.error(say("The text cannot be stored: it holds a mark of secrecy or characters that do not belong there."))
        return
    found.noted("act", f"list {version.list} {version.name}")
    shared.board.forget(RulesSheet)
    st.session_state["list-added"] = version.name
    st.rerun()
