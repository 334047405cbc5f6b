"""The review in words: this week and this year, which kinds moved, who causes it, and how far the goals are.

Pure. Flows in: a Context, a sheet. Flows out: HTML.
"""

from __future__ import annotations

from dashboard.data.board import Answer
from dashboard.data.sheets.review import Progress, ReviewSheet
from dashboard.figures.why import signed
from dashboard.views.context import Context, change
from dashboard.views.kpis import figure
from dashboard.views.markup import Html, bar, card, html, tag
from streams.events.model import KIND_IDS
from streams.store.answers import IssuerLoad
from streams.store.issuing import Makeup

WORK_HOURS = range(8, 18)
MOVES = 6


def review(context: Context, answer: Answer[ReviewSheet], part: str) -> Html:
    """One part of the page below its head: the figures, the kinds that moved, the causes, the goals."""
    draw = {"figures": summary, "moves": moves, "causes": causes, "goals": progress}[part]
    return tag("div", draw(context, answer.value), class_="bw stale" if answer.failed else "bw")


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
            change(context, moved.after, moved.before, alike=found.alike),
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


def moves(context: Context, found: ReviewSheet) -> Html:
    """The kinds that moved most."""
    say = context.say
    note = say(
        "Load of the last seven whole days against the seven before, by kind of demand; the largest moves first."
    )
    body = tag("ul", _moves(context, found), class_="moves")
    return card(
        say("What moved, by kind"),
        body,
        note=note,
        source=context.source(found.at_us),
        aside=say("person-hours"),
        key="moved",
    )


def _moves(context: Context, found: ReviewSheet) -> list[Html]:
    return [
        tag(
            "li",
            tag("span", context.kind(kind)),
            tag("b", signed(context, after - before)),
            change(context, after, before, alike=found.alike),
        )
        for kind, before, after in found.by_kind[:MOVES]
    ]


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
