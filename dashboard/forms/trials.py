"""The slider that tries another limit of a rule on the demands of the past. Changes nothing.

Flows in: a slider. Flows out: counts. Touches the page being drawn; reads the store.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.figures.limits import Measured, histogram
from dashboard.shell.drawing import chart, look
from dashboard.shell.frame import Frame
from dashboard.shell.panel import panel
from dashboard.views.rules import tried, tried_units
from streams.calendars import Calendar
from streams.desk.backtesting import Past, at_limit, loads_now, past
from streams.desk.findings import rulebook
from streams.rules.pack import Pack, Rule
from streams.rules.predicates import measured
from streams.store import OutOfScope

DAYS: Final = 60
STEPS: Final = 40
MINUTES: Final = 60.0


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
    if (rule.value == "1" and rule.load is None) or rule.table == "cases":
        return
    top = max(4 * abs(rule.limit), 10.0)
    tried_limit = st.slider(
        context.say("Try another limit"), 0.0, top, float(rule.limit), top / STEPS, key=f"limit-{rule.id}"
    )
    with st.spinner(context.say("Counting …")):
        shared, area = found.shared, context.place.area
        if rule.load:
            loads = loads_now(shared.client, scope, shared.registry, rule, area, found.now_us) / MINUTES
            limits = rule.limit / MINUTES, tried_limit / MINUTES
            counts = [Measured(loads, rule.holds, one, one, "units", "", 0).beyond(one) for one in limits]
            _drawn(found, rule, tried_limit, loads, "units")
            panel("tried", tried_units(context, *limits, *counts))
            return
        rows = _past(found, standing, rule)
        _drawn(found, rule, tried_limit, np.array(measured(rows.rows, rule), np.float64), "rows")
        lines = [at_limit(rows.rows, standing, rule, one) for one in (rule.limit, tried_limit)]
        panel("tried", tried(context, rule.limit, tried_limit, lines[0], lines[1], rows.days, rows.events))


def _drawn(found: Frame, rule: Rule, tried_limit: float, values: NDArray[np.float64], counts: str) -> None:
    """The histogram; loads in hours, which is how they are shown everywhere."""
    scale = MINUTES if rule.load else 1.0
    unit = found.context.say("person-hours") if rule.load else ""
    one = Measured(values, rule.holds, rule.limit / scale, tried_limit / scale, counts, unit, found.now_us)
    if len(values):
        with st.container(key="figure-limits"):
            chart(found, histogram(found.context, one, look(found)))


def _past(found: Frame, pack: Pack, rule: Rule) -> Past:
    """Read once for a rule and an area of a session, and kept while the slider moves."""
    area, scope, shared = found.context.place.area, found.viewer.scope, found.shared
    key = (rule.id, area, scope, found.context.place.at)
    if st.session_state.get("past-key") != key:
        read = past(shared.client, scope, shared.registry, Calendar.load(), pack, rule, area, found.now_us, DAYS)
        st.session_state["past"], st.session_state["past-key"] = read, key
    kept: Past = st.session_state["past"]
    return kept
