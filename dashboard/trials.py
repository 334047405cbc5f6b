"""The slider that tries another limit of a rule on the demands of the past. Changes nothing.

Flows in: a slider. Flows out: counts. Touches the page being drawn; reads the store.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.frame import Frame
from dashboard.installation import now_us
from dashboard.panel import panel
from dashboard.views.rules import tried, tried_units
from streams.calendars import Calendar
from streams.desk.backtesting import Past, at_limit, past, units_over
from streams.desk.findings import rulebook
from streams.rules.pack import Pack, Rule
from streams.store import OutOfScope

DAYS: Final = 60
STEPS: Final = 40


def trial(found: Frame) -> None:
    """For readers who may compare places, and rules that compare a value with a limit."""
    context, scope = found.context, found.viewer.scope
    standing = next((one for one in rulebook().packs for rule in one.rules if rule.id == context.place.rule), None)
    if standing is None:
        return
    rule = next(one for one in standing.rules if one.id == context.place.rule)
    try:
        scope.require_comparison(context.place.area)
    except OutOfScope:
        return
    if rule.value == "1" or rule.table == "cases":
        return
    top = max(4 * abs(rule.limit), 10.0)
    tried_limit = st.slider(
        context.say("Try another limit"), 0.0, top, float(rule.limit), top / STEPS, key=f"limit-{rule.id}"
    )
    with st.spinner(context.say("Counting …")):
        shared, area = found.shared, context.place.area
        if rule.load:
            counts = [
                units_over(shared.client, scope, shared.registry, rule, area, one, now_us())
                for one in (rule.limit, tried_limit)
            ]
            panel("tried", tried_units(context, rule.limit, tried_limit, *counts))
            return
        rows = _past(found, standing, rule)
        lines = [at_limit(rows.rows, standing, rule, one) for one in (rule.limit, tried_limit)]
        panel("tried", tried(context, rule.limit, tried_limit, lines[0], lines[1], rows.days, rows.events))


def _past(found: Frame, pack: Pack, rule: Rule) -> Past:
    """Read once for a rule and an area of a session, and kept while the slider moves."""
    area, scope, shared = found.context.place.area, found.viewer.scope, found.shared
    key = (rule.id, area, scope)
    if st.session_state.get("past-key") != key:
        read = past(shared.client, scope, shared.registry, Calendar.load(), pack, rule, area, now_us(), DAYS)
        st.session_state["past"], st.session_state["past-key"] = read, key
    kept: Past = st.session_state["past"]
    return kept
