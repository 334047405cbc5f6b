"""The review: a year day by day, the hours of the week, why this week differs, who causes it, and how far the goals are.

Pure. Flows in: a Context, a sheet. Flows out: HTML. Colour is never alone: every cell has its figure in words.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from dashboard.board import Answer
from dashboard.sheets.review import Progress, ReviewSheet
from dashboard.views.context import Context, change
from dashboard.views.kpis import figure
from dashboard.views.markup import Html, bar, card, html, tag
from dashboard.views.trend import WEEKDAYS
from streams.events.model import KIND_IDS
from streams.store.answers import IssuerLoad
from streams.store.issuing import Makeup

STEPS = 6
WORK_HOURS = range(8, 18)
MOVES = 6


def review(context: Context, answer: Answer[ReviewSheet]) -> Html:
    """The whole page below its head."""
    found = answer.value
    left = tag("div", why(context, found), causes(context, found), class_="stack2")
    right = tag("div", week(context, found), progress(context, found), class_="stack2")
    return tag(
        "div",
        summary(context, found),
        year(context, found),
        tag("div", left, right, class_="row wide-left"),
        class_="bw stale" if answer.failed else "bw",
    )


def summary(context: Context, found: ReviewSheet) -> Html:
    """This week, this year, days off and evenings."""
    say, moved = context.say, found.change
    now, before = found.year
    off, late, all_ = shares(found)
    cells = [
        figure(
            say("Last seven whole days"),
            say.hours(moved.after),
            say("person-h"),
            change(context, moved.after, moved.before),
            exact=say.exact(moved.after),
            key="week",
            lead=True,
        ),
        figure(
            say("Since 1 January"),
            say.hours(now),
            say("person-h"),
            change(context, now, before) if before else html(say("no figures of the year before")),
            exact=say.exact(now),
            key="year",
        ),
        figure(
            say("Begins on days off"),
            say.percent(off / all_ if all_ else 0, 1),
            "",
            html(say("of the last 28 days")),
            exact=say.exact(off),
            key="off",
        ),
        figure(
            say("Begins before 8 or after 18 o'clock"),
            say.percent(late / all_ if all_ else 0, 1),
            "",
            html(say("of the last 28 days")),
            exact=say.exact(late),
            key="late",
        ),
    ]
    return tag("div", cells, class_="kpis four")


def shares(found: ReviewSheet) -> tuple[int, int, int]:
    """Person-minutes that begin on days off, outside working hours, and all; of the last 28 days."""
    first, last = found.hour_days
    off = sum(load for day, load in found.days if first <= day <= last and day not in found.workdays)
    late = sum(one.likely for one in found.hours if one.hour not in WORK_HOURS)
    return off, late, sum(one.likely for one in found.hours)


def steps(values: list[int]) -> list[int]:
    """A class from 0 (nothing) to STEPS for each value, by quantiles of those that are not 0."""
    some = [value for value in values if value > 0]
    if not some:
        return [0] * len(values)
    edges = np.quantile(some, np.linspace(0, 1, STEPS + 1)[1:-1])
    return [0 if value <= 0 else int(np.searchsorted(edges, value, side="right")) + 1 for value in values]


def year(context: Context, found: ReviewSheet) -> Html:
    """A cell a day, a column a week; days off have a notched corner."""
    say = context.say
    classes = steps([load for _, load in found.days])
    first = found.days[0][0]
    lead = first.weekday()
    cells = []
    for (day, load), step in zip(found.days, classes, strict=True):
        off = day not in found.workdays
        text = (
            f"{say.day(day)} {say(WEEKDAYS[day.weekday()])}{' · ' + say('day off') if off else ''}\n{say.exact(load)}"
        )
        place = (day - first).days + lead
        style = f"grid-column:{place // 7 + 1};grid-row:{place % 7 + 1}"
        cells.append(tag("i", style=style, class_=f"q{step}{' off' if off else ''}", data_tip=text))
    months = _months(context, first - timedelta(days=lead), found.days[-1][0])
    top = max(found.days, key=lambda one: one[1])
    label = say("Load by day; the heaviest was {day} with {load}", day=say.day(top[0]), load=say.exact(top[1]))
    body = tag(
        "div",
        tag("div", months, class_="months", aria_hidden="true"),
        tag("div", cells, class_="calendar"),
        class_="heat",
        role="img",
        aria_label=label,
        tabindex="0",
    )
    note = say(
        "Load by the day that a demand begins on, townships and villages of the area. Six shades hold equally many days; "
        "a notched corner marks a day off by the calendar of workdays."
    )
    return card(
        say("The year, day by day"),
        body,
        legend(context),
        note=note,
        source=context.source(found.at_us),
        aside=say("person-hours a day"),
        key="yeargrid",
    )


def legend(context: Context) -> Html:
    """From little to much."""
    say = context.say
    swatches = [tag("i", class_=f"q{step}") for step in range(STEPS + 1)]
    return tag("p", say("little"), swatches, say("much"), class_="scale", aria_hidden="true")


def _months(context: Context, monday: date, last: date) -> list[Html]:
    out, day, seen = [], monday, 0
    column = 1
    while day <= last:
        if day.month != seen and day.day <= 7:
            seen = day.month
            name = f"{day.month}月" if context.say.lang == "zh" else day.strftime("%b")
            out.append(tag("span", name, style=f"grid-column:{column} / span 3"))
        day, column = day + timedelta(days=7), column + 1
    return out


def week(context: Context, found: ReviewSheet) -> Html:
    """Hours of the day down, days of the week across."""
    say = context.say
    loads = {(one.weekday, one.hour): one.likely for one in found.hours}
    grid = [(hour, weekday) for hour in range(24) for weekday in range(1, 8)]
    classes = steps([loads.get((weekday, hour), 0) for hour, weekday in grid])
    cells = []
    for (hour, weekday), step in zip(grid, classes, strict=True):
        text = f"{say(WEEKDAYS[weekday - 1])} {hour:02d}–{hour + 1:02d}\n{say.exact(loads.get((weekday, hour), 0))}"
        cells.append(tag("i", style=f"grid-column:{weekday + 1};grid-row:{hour + 2}", class_=f"q{step}", data_tip=text))
    heads = [tag("span", say(name), style=f"grid-column:{n + 2};grid-row:1") for n, name in enumerate(WEEKDAYS)]
    marks = [tag("span", f"{hour:02d}", style=f"grid-column:1;grid-row:{hour + 2}") for hour in range(0, 24, 3)]
    busiest = max(found.hours, key=lambda one: one.likely, default=None)
    label = (
        say(
            "Load by hour of the week; most begins on {day} at {hour} o'clock",
            day=say(WEEKDAYS[busiest.weekday - 1]),
            hour=busiest.hour,
        )
        if busiest
        else say("No load in this time")
    )
    body = tag("div", heads, marks, cells, class_="weekgrid", role="img", aria_label=label, tabindex="0")
    note = say("When demands begin, the last 28 days: load by hour of the day and day of the week, Beijing time.")
    return card(
        say("Hours of the week"), body, legend(context), note=note, source=context.source(found.at_us), key="hourgrid"
    )


def why(context: Context, found: ReviewSheet) -> Html:
    """The four reasons, largest first, and the kinds that moved most."""
    say, moved = context.say, found.change
    lead = tag(
        "p",
        say(
            "{days}: {after} person-hours, {change} against the week before.",
            days=say.span(*found.week),
            after=say.hours(moved.after),
            change=_signed(context, moved.after - moved.before),
        ),
    )
    note = say(
        "The change of load is split without a rest into number of demands, units per demand and minutes per unit, kind by kind "
        "(logarithmic mean Divisia index). Senders from whom nothing came in the 56 days before count apart: new data is not new burden."
    )
    body = html(
        lead,
        tag("ol", _reasons(context, found)),
        tag("h3", say("By kind")),
        tag("ul", _moves(context, found), class_="moves"),
    )
    title, source = say("What changed this week, and why"), context.source(found.at_us)
    return card(title, body, note=note, source=source, aside=say("person-hours"), key="reasons")


def _reasons(context: Context, found: ReviewSheet) -> list[Html]:
    say, moved = context.say, found.change
    reasons = [
        (say("More or fewer demands"), moved.volume),
        (say("Wider or narrower reach"), moved.scope),
        (say("More or less effort each"), moved.effort),
        (say("Senders not heard of before"), moved.coverage),
    ]
    reasons.sort(key=lambda one: -abs(one[1]))
    top = max(abs(value) for _, value in reasons) or 1
    rows = []
    for name, value in reasons:
        who = tag(
            "div", tag("span", name, class_="name"), bar(abs(value) / top, "warm" if value > 0 else ""), class_="who"
        )
        rows.append(tag("li", who, tag("b", _signed(context, value), title=context.say.exact(value))))
    return rows


def _moves(context: Context, found: ReviewSheet) -> list[Html]:
    return [
        tag(
            "li",
            tag("span", context.kind(kind)),
            tag("b", _signed(context, after - before)),
            change(context, after, before),
        )
        for kind, before, after in found.by_kind[:MOVES]
    ]


def _signed(context: Context, minutes: float) -> str:
    return ("+" if minutes > 0 else "−" if minutes < 0 else "") + context.say.hours(abs(minutes))


def causes(context: Context, found: ReviewSheet) -> Html:
    """Issuers by load caused, and what their demands are made of."""
    say = context.say
    head = tag(
        "tr",
        tag("th", say("Issuer"), scope="col"),
        *(tag("th", say(word), scope="col", class_="num") for word in ("Load", "Relayed", "Unplanned", "Asked twice")),
    )
    rows = [_cause(context, one, made) for one, made in found.issuers]
    body = (
        tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")
        if rows
        else tag("p", say("Nobody asked for anything in this time."), class_="none")
    )
    note = say(
        "Load caused in this area in the chosen period. Relayed: the share of the issuer's demands, by effort, that pass on one from above. "
        "Unplanned: without a plan item or filing. Asked twice: demands for which a finding of R09 stands or stood. "
        "These shares are of all that the issuer issued in the period, wherever it reaches."
    )
    return card(say("Who causes it, and how"), body, note=note, source=context.source(found.at_us), key="causes")


def _cause(context: Context, one: IssuerLoad, made: Makeup | None) -> Html:
    say = context.say

    def part(minutes: int) -> str:
        return say.percent(minutes / made.likely) if made and made.likely else "–"

    return tag(
        "tr",
        tag("td", context.to_issuer(one.issuer)),
        tag("td", say.hours(one.likely), title=say.exact(one.likely), class_="num"),
        tag("td", part(made.relayed if made else 0), class_="num"),
        tag("td", part(made.unplanned if made else 0), class_="num"),
        tag("td", say("{n} of {all}", n=made.duplicated, all=made.demands) if made else "–", class_="num"),
    )


def progress(context: Context, found: ReviewSheet) -> Html:
    """Each goal with what was received so far."""
    say = context.say
    rows = [_goal(context, one) for one in found.progress]
    note = say(
        "Receipts (demands times units reached) from 1 January to yesterday against the same days of the year before. The texts name a cut "
        "and no base; comparing with the year before is our reading. Where less than a year is known, nothing is compared."
    )
    return card(say("Reduction goals"), tag("ol", rows), note=note, source=context.source(found.at_us), key="goals")


def _goal(context: Context, one: Progress) -> Html:
    say = context.say
    kinds = ", ".join(context.kind(KIND_IDS[kind]) for kind in one.goal.kinds)
    title = tag("span", say("{kinds}: down by {cut}", kinds=kinds, cut=say.percent(one.goal.cut)), class_="name")
    basis = tag(
        "span", one.goal.instrument, "" if one.goal.verified else f" · {say('wording not verified')}", class_="path"
    )
    if not one.before:
        state = tag("b", say("no figures of the year before"))
        return tag("li", tag("div", title, basis, class_="who"), state)
    cut = 1 - one.now / one.before
    met = cut >= one.goal.cut
    words = say("reached") if met else say("not reached")
    mark = tag("span", ("✓ " if met else "✕ ") + words, class_="chip ok" if met else "chip notice")
    share = bar(max(0.0, cut) / one.goal.cut)
    figure_ = tag(
        "b",
        ("−" if cut >= 0 else "+") + say.percent(abs(cut), 1),
        title=f"{say.number(one.before)} → {say.number(one.now)}",
    )
    return tag("li", tag("div", title, basis, share, class_="who"), figure_, mark)
