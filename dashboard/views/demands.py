"""What just landed: the newest demands that reach an area or a unit, and what is coming to a unit.

Pure. Flows in: a Context and a pulse. Flows out: HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.data.snapshot import UNIT_METRICS, Pulse
from dashboard.views.context import Context
from dashboard.views.kpis import figure
from dashboard.views.markup import Html, card, html, tag
from streams.store.answers import DemandRow


def _rows(context: Context, demands: Sequence[DemandRow], now_us: int) -> Html:
    say, rows = context.say, []
    for one in demands:
        name = tag("span", one.title or context.kind(one.kind), class_="name")
        facts = [
            context.issuer(one.issuer),
            one.doc_no,
            say("{n} units", n=say.short(one.receivers)) if one.receivers > 1 else "",
        ]
        due = (
            tag("span", say("due {when}", when=say.when(one.deadline_us, now_us)), class_="due")
            if one.deadline_us
            else Html("")
        )
        detail = tag("span", " · ".join(fact for fact in facts if fact), due, class_="path")
        rows.append(
            tag(
                "li", tag("time", say.when(one.start_us, now_us)), tag("span", context.kind(one.kind), class_="kind"),
                tag("div", name, detail, class_="who"),
                tag("b", say.hours(one.likely), tag("small", say("h each")), title=say.exact(one.likely)),
            )
        )  # fmt: skip
    return tag("ol", rows)


def recent(context: Context, pulse: Pulse) -> Html:
    """The newest demands."""
    say = context.say
    body = (
        _rows(context, pulse.recent, pulse.at_us)
        if pulse.recent
        else tag("p", say("Nothing landed yet."), class_="none")
    )
    note = say(
        "Occurrences of demands that began last, newest first, with the person-hours that each asks of one unit."
    )
    return card(
        say("Just landed"), body, note=note, source=context.source(pulse.at_us), aside=say("newest first"), key="recent"
    )


def unit(context: Context, pulse: Pulse) -> Html:
    """One unit: its load now, what landed there and what is coming."""
    if not context.place.unit:
        return Html("")
    say, code = context.say, context.place.unit
    names = {
        "24h": "Last 24 hours",
        "7d": "Last 7 days",
        "30d": "Last 30 days",
        "ahead7d": "Next 7 days, known already",
    }
    cells = []
    for metric in UNIT_METRICS:
        measure, window = metric.split(".")[1:]
        if measure == "minutes":
            load = pulse.unit.get(metric, 0)
            plain = html(say("{n} person-minutes", n=say.number(load)))
            cells.append(
                figure(
                    say(names[window]),
                    say.hours(load),
                    say("person-h"),
                    plain,
                    exact=say.exact(load),
                    key=f"unit-{window}",
                    lead=window == "24h",
                )
            )
    counts = say(
        "{day} demands in 24 hours, {month} in 30 days",
        day=say.number(pulse.unit.get("all.count.24h", 0)),
        month=say.number(pulse.unit.get("all.count.30d", 0)),
    )
    ahead = html(tag("h3", say("Coming up")), _rows(context, pulse.upcoming, pulse.at_us)) if pulse.upcoming else Html()
    note = say(
        "Load of this one unit, to the second, by the start of each demand that reaches it. The same figures as `burdenwatch load`."
    )
    return card(
        context.name(code), tag("div", cells, class_="kpis inner"), tag("p", counts, class_="counts"), ahead,
        note=note, source=context.source(pulse.at_us), aside=html(tag("code", code)), key="unit",
    )  # fmt: skip
