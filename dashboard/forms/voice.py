"""What a unit may say of its own accord, with one click: the same is asked twice, please merge, this took us so long. Nothing is required.

Flows in: clicks of a reader who is the unit. Flows out: remarks in the store, and answers on the stream. Touches both, and the page being drawn.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, cast
from uuid import uuid4

import httpx
import streamlit as st
from clickhouse_connect.driver.exceptions import ClickHouseError

from dashboard.data.sheets.asks import Ask
from dashboard.data.sheets.unit import UnitSheet
from dashboard.forms.sending import send
from dashboard.place import NOTE
from dashboard.shell.frame import Frame
from dashboard.shell.installation import now_us
from streams.events.data import EPOCH
from streams.events.model import KINDS
from streams.store import OutOfScope
from streams.store.remarks import Remark, Verb, insert_remark

SOURCE: Final = "//burdenwatch/dashboard"
VERBS: Final = ("duplicate", "merge")
LONGEST: Final = 100_000
LISTED: Final = 50


def may_speak(found: Frame) -> bool:
    """Whether the reader is the unit that is shown; nobody speaks for another."""
    scope, unit = found.viewer.scope, found.context.place.unit
    return scope.role == "unit" and bool(unit) and scope.covers(unit)


def remarked(found: Frame, wish: dict[str, str]) -> None:
    """Stores what was clicked on; says so. A click that means nothing is left alone."""
    say, unit, desk = found.context.say, found.context.place.unit, found.shared.desk
    verb, keys = wish.get("verb", ""), wish.get("pair", "")
    if verb not in VERBS or not NOTE.fullmatch(keys) or "-" not in keys or not may_speak(found) or desk is None:
        return
    first, second = sorted(int(key) for key in keys.split("-"))
    try:
        insert_remark(
            desk,
            found.viewer.scope,
            found.shared.registry,
            Remark(now_us(), found.viewer.scope.who, unit, cast(Verb, verb), first, second),
        )
    except OutOfScope as error:
        found.noted("denied", f"{verb} {keys}")
        st.error(str(error))
        return
    except (ClickHouseError, OSError) as error:
        st.error(str(error).splitlines()[0])
        return
    found.noted("act", f"{verb} {keys}")
    st.toast(say("Noted. The supervising body and both issuers see it."))


def took_form(found: Frame) -> None:
    """How long something took: the figure takes the place of the estimate for this unit."""
    say = found.context.say
    if not may_speak(found) or not found.shared.settings.api_token or found.context.place.note:
        return
    sheet = found.shared.board.sheet(UnitSheet, found.viewer.scope, found.context.place).value
    begun = [ask for ask in sheet.asks if ask.source and ask.start_us <= sheet.at_us]
    asks = sorted(begun, key=lambda ask: (-ask.start_us, ask.key))[:LISTED]
    if not asks:
        return
    with st.expander(say("Say how long something took (if you like)")), st.form("took", clear_on_submit=True):

        def named(ask: Ask) -> str:
            return f"{say.when(ask.start_us, sheet.at_us)} · {found.context.issuer(ask.issuer)} · {ask.title}"

        chosen = st.selectbox(say("Which demand"), asks, format_func=named)
        minutes = st.number_input(
            say("Minutes of all who worked on it"), min_value=1, max_value=LONGEST, value=60, step=10
        )
        sent = st.form_submit_button(say("This took us so long"), type="primary")
    if sent:
        _answered(found, chosen, int(minutes))


def _answered(found: Frame, ask: Ask, minutes: int) -> None:
    """Sends the answer as any source would, through the API."""
    settings, now = found.shared.settings, now_us()
    event = {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": SOURCE,
        "type": f"burden.{KINDS[ask.kind - 1]}.answered.v1",
        "time": datetime.fromtimestamp(now // 1_000_000, UTC).isoformat(),
        "data": {
            "answers": {"source": ask.source, "id": ask.id},
            "unit": found.context.place.unit,
            "actual_minutes": minutes,
            "occurrence_at": (EPOCH + timedelta(microseconds=ask.start_us)).isoformat(),
        },
    }
    try:
        send(settings, event)
    except httpx.HTTPError as error:
        st.error(str(error).splitlines()[0])
        return
    found.noted("act", f"took {minutes}")
    st.toast(found.context.say("Noted: the figure takes the place of the estimate within a second."))
