"""The row of figures: load of the last 24 hours, 7 and 30 days against the same length before, demands landed, coverage.

Pure. Flows in: a Context, a pulse, a survey. Flows out: HTML.
"""

from __future__ import annotations

from dashboard.data.snapshot import WINDOW_US, WINDOWS, Pulse, Survey
from dashboard.views.context import Context, change
from dashboard.views.markup import Html, html, tag
from dashboard.words import moment

TITLES = {"24h": "Load, last 24 hours", "7d": "Load, last 7 days", "30d": "Load, last 30 days"}


def figure(
    title: str,
    value: str,
    unit: str,
    note: Html,
    *,
    exact: str = "",
    why: Html | None = None,
    key: str,
    lead: bool = False,
) -> Html:
    """One figure with its name, unit and what it compares with."""
    number = tag(
        "p", tag("span", value, class_="n", title=exact or None, data_live=True), tag("small", unit), class_="value"
    )
    head = html(tag("span", title), why or Html(""))
    return tag(
        "div",
        tag("h3", head),
        number,
        tag("p", note, class_="beside"),
        class_="kpi lead" if lead else "kpi",
        data_key=key,
    )


def explained(key: str, title: str, text: str, source: str) -> Html:
    """A question mark that opens a definition."""
    button = tag("button", "?", type="button", class_="why", popovertarget=f"why-{key}", aria_label=title)
    return html(
        button,
        tag(
            "div",
            tag("strong", title),
            tag("p", text),
            tag("p", source, class_="origin"),
            popover=True,
            id=f"why-{key}",
            class_="note",
        ),
    )


def kpis(context: Context, pulse: Pulse, survey: Survey) -> Html:
    """All figures of an area."""
    say = context.say
    meaning = say(
        "Person-hours that demands from above ask of townships and villages, by the start of each demand; the effort is the declared one, "
        "else an estimate by kind. Compared with the same length of time right before."
    )
    cells, origin = [], context.source(pulse.at_us)
    for window in WINDOWS:
        load = pulse.load if window == "24h" else survey.load[window]
        before = survey.load_before[window]
        same = survey.alike_from(moment(pulse.at_us - 2 * WINDOW_US[window]).date(), window)
        note = html(
            change(context, load, before, alike=same), " ", say("against the period before") if before > 0 else ""
        )
        cells.append(
            figure(
                say(TITLES[window]), say.hours(load), say("person-h"), note, exact=say.exact(load), key=window,
                why=explained(window, say(TITLES[window]), meaning, origin), lead=window == "24h",
            )
        )  # fmt: skip
    landed = say("Demands times the units that each reaches, last 24 hours: one form for 3,000 townships counts 3,000.")
    cells.append(
        figure(
            say("Demands landed, 24 hours"), say.short(pulse.receipts), say("times"),
            html(say("{n} events taken in during the last hour", n=say.number(pulse.health.events_last_hour))),
            exact=say.number(pulse.receipts), why=explained("landed", say("Demands landed, 24 hours"), landed, origin), key="landed",
        )
    )  # fmt: skip
    covered = say(
        "Townships that at least one demand reached in the last 30 days. Silence of a feed is missing coverage, not less burden."
    )
    reach = survey.coverage
    cells.append(
        figure(
            say("Townships with data"), say.percent(reach.share, 0 if reach.share in (0, 1) else 1), "",
            html(say("{n} of {all}, last 30 days", n=say.number(reach.reached), all=say.number(reach.units))),
            why=explained("covered", say("Townships with data"), covered, origin), key="covered",
        )
    )  # fmt: skip
    return tag("div", cells, class_="kpis")
