"""The form in which an issuer checks a draft before it is issued. Nothing is stored but the fact that a check was made.

Flows in: a form or a file. Flows out: what the draft would do, and the assessment as a file. Touches the page being drawn; reads the store.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.forms.acts import DOCX
from dashboard.shell.frame import Frame
from dashboard.shell.installation import now_us
from dashboard.shell.panel import panel
from dashboard.views.issuer import assessment, checked_view
from dashboard.words import SHANGHAI, Words, moment
from streams.alerts.printing import docx
from streams.desk.prechecking import checked, draft_of
from streams.events.model import KINDS
from streams.registry.errors import RegistryError
from streams.store import OutOfScope

TIERS: Final = ("township", "village", "county")
MAX_BYTES: Final = 1_000_000
CHECKED: Final = "checked draft"
"""Where the session keeps the last answer."""


def draft_form(found: Frame, issuer: str) -> None:
    """The form, and the answer to what was last asked."""
    say = found.context.say
    with st.expander(say("Check a draft before it is issued"), expanded=CHECKED in st.session_state):
        with st.form("draft"):
            wish = _fields(say)
            upload = st.file_uploader(say("Or a file with one event as JSON"), type=["json"], max_upload_size=1)
            sent = st.form_submit_button(say("Check"), type="primary")
        if sent:
            body = (
                upload.getvalue()[:MAX_BYTES]
                if upload
                else json.dumps(_event(wish, issuer), ensure_ascii=False).encode()
            )
            _check(found, body)
        _answer(found)


def _fields(say: Words) -> dict[str, Any]:
    left, right = st.columns(2)
    tomorrow = moment(now_us()).date() + timedelta(days=7)
    return {
        "kind": left.selectbox(say("Kind"), KINDS, index=KINDS.index("request"), format_func=lambda one: say(f"kind {one}")),
        "title": right.text_input(say("Title"), max_chars=200),
        "areas": left.text_input(say("Areas: codes, parted by commas"), placeholder="510104, 510105"),
        "tiers": right.multiselect(say("Whom"), TIERS, default=["township"], format_func=lambda one: say(f"tier {one}")),
        "day": left.date_input(say("Deadline, or the day it is held"), value=tomorrow),
        "minutes": right.number_input(say("Minutes for each unit (0: estimated)"), min_value=0, max_value=100_000, value=0, step=10),
        "items": left.text_area(say("Items asked for, one a line"), height=100),
        "basis": right.text_input(say("Legal basis, if any"), max_chars=200),
    }  # fmt: skip


def _event(wish: dict[str, Any], issuer: str) -> dict[str, Any]:
    """The event that the form describes; empty fields are left out."""
    day: date = wish["day"]
    at = datetime.combine(day, time(17, 30), SHANGHAI).isoformat()
    kind = wish["kind"]
    data: dict[str, Any] = {
        "issuer": issuer,
        "title": wish["title"],
        "reach": {
            "areas": [one.strip() for one in wish["areas"].replace("，", ",").split(",") if one.strip()],
            "tiers": list(wish["tiers"]),
        },
    }
    if kind in ("meeting", "inspection"):
        begin = datetime.combine(day, time(9), SHANGHAI)
        data |= {"planned_start_at": begin.isoformat(), "planned_end_at": (begin + timedelta(hours=2)).isoformat()} if kind == "meeting" else {
            "starts_at": begin.isoformat(), "ends_at": (begin + timedelta(hours=2)).isoformat()}  # fmt: skip
    else:
        data["deadline_at"] = at
    items = [{"element": line.strip()} for line in wish["items"].splitlines() if line.strip()]
    data |= {"items": items} if items else {}
    data |= {"effort_minutes": int(wish["minutes"])} if wish["minutes"] else {}
    data |= {"legal_basis": wish["basis"]} if wish["basis"] else {}
    return {"type": f"burden.{kind}.issued.v1", "data": data}


def _check(found: Frame, body: bytes) -> None:
    """Asks, and keeps the answer in the session; a fault is said at once."""
    shared, scope = found.shared, found.viewer.scope
    st.session_state.pop(CHECKED, None)
    try:
        event = draft_of(body, now_us())
    except ValueError as error:
        st.error(str(error))
        return
    try:
        st.session_state[CHECKED] = (
            json.loads(body).get("data", {}),
            checked(shared.client, scope, shared.registry, event, now_us()),
            now_us(),
        )
    except OutOfScope as error:
        found.noted("denied", f"check {event.data.issuer}")
        st.error(str(error))
        return
    except (ValueError, RegistryError) as error:
        st.error(str(error))
        return
    found.noted("check", event.data.issuer)


def _answer(found: Frame) -> None:
    if CHECKED not in st.session_state:
        return
    draft, answer, at_us = st.session_state[CHECKED]
    panel("checked", checked_view(found.context, answer))
    made = assessment(found.context, draft, answer, at_us)
    st.download_button(
        found.context.say("Consistency assessment (DOCX)"), found.exported("assessment", partial(docx, made)), "assessment.docx", DOCX,
        on_click="ignore",
    )  # fmt: skip
