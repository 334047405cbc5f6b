"""The page of an issuer: what its demands cause, what was found about them, and the answer to a draft that is not issued yet.

Pure. Flows in: a Context, a sheet, the answer of a pre-check. Flows out: HTML, and the consistency assessment as a Document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from dashboard.data.board import Answer
from dashboard.data.sheets.issuer import IssuerSheet
from dashboard.figures.days import DayLoads
from dashboard.views.context import Context, change
from dashboard.views.kpis import figure
from dashboard.views.markup import Html, bar, card, html, link, tag
from dashboard.words import moment
from streams.alerts.evidence import Document, Table
from streams.store.issuing import Issued

SHOWN: Final = 15
KINDS: Final = 8
WORST: Final = 10
LISTED: Final = 10


def issuer(context: Context, answer: Answer[IssuerSheet], part: str) -> Html:
    """One part of the page below its head: the figures, the demands, the kinds and findings."""
    found = answer.value
    if part == "figures":
        inside = html(tag("h2", context.issuer(context.place.issuer), class_="subject"), loads(context, found))
    elif part == "demands":
        inside = demands(context, found)
    else:
        inside = html(kinds(context, found), findings(context, found))
    return tag("div", inside, class_="bw stale" if answer.failed else "bw")


def loads(context: Context, found: IssuerSheet) -> Html:
    """Load caused in 30 days, demands, planned share, what is ahead."""
    say, today = context.say, found.today
    month, before, ahead = (
        sum(one.likely for one in found.days if first <= one.day <= last)
        for first, last in (
            (today - timedelta(days=29), today),
            (today - timedelta(days=59), today - timedelta(days=30)),
            (today + timedelta(days=1), today + timedelta(days=30)),
        )
    )
    recent = [one for one in found.demands if moment(one.at_us).date() > today - timedelta(days=30)]
    planned, relayed = sum(one.planned for one in recent), sum(one.relayed for one in recent)
    share = say.percent(planned / len(recent)) if recent else "–"
    cells = [
        figure(
            say("Load caused, 30 days"),
            say.hours(month),
            say("person-h"),
            change(context, month, before, alike=found.alike),
            exact=say.exact(month),
            key="month",
            lead=True,
        ),
        figure(
            say("Demands issued, 30 days"),
            say.number(len(recent)),
            "",
            html(say("{n} of them relayed", n=say.number(relayed))),
            key="count",
        ),
        figure(say("With a plan item or filing"), share, "", html(say("of these demands")), key="planned"),
        figure(
            say("Known of the next 30 days"),
            say.hours(ahead),
            say("person-h"),
            html(say("begins ahead")),
            exact=say.exact(ahead),
            key="ahead",
        ),
    ]
    return tag("div", cells, class_="kpis four")


def by_day(context: Context, found: IssuerSheet) -> DayLoads:
    """Load caused by day, 30 days back and 14 ahead."""
    say = context.say
    sums: dict[Any, int] = defaultdict(int)
    for one in found.days:
        sums[one.day] += one.likely
    span = [found.today + timedelta(days=n) for n in range(-29, 15)]
    total = sum(sums[day] for day in span if day <= found.today)
    summary = say("Load caused by day; {load} in the last 30 days", load=say.exact(total))
    note = say(
        "Person-hours that this issuer's demands cost all units that they reach, by the day that a demand begins on."
    )
    rows = [(day, sums[day], "") for day in span]
    return DayLoads(
        "causedays", say("Load caused by day"), summary, note, rows, found.workdays, found.today, found.at_us
    )


def kinds(context: Context, found: IssuerSheet) -> Html:
    """What the load is made of."""
    say = context.say
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in found.days:
        if found.today - timedelta(days=30) < one.day <= found.today:
            sums[one.kind][0] += one.likely
            sums[one.kind][1] += one.demands
    order = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))[:KINDS]
    top = max((load for _, (load, _) in order), default=0) or 1
    rows = [
        tag(
            "li",
            tag(
                "div",
                tag("span", context.kind(kind), class_="name"),
                tag("span", say("{n} demands", n=say.number(count)), class_="path"),
                bar(load / top, "warm"),
                class_="who",
            ),
            tag("b", say.hours(load), title=say.exact(load)),
        )
        for kind, (load, count) in order
    ]
    body = tag("ol", rows) if rows else tag("p", say("Nothing was issued in this time."), class_="none")
    return card(
        say("By kind"),
        body,
        note=say("Load caused in the last 30 days by kind of demand."),
        source=context.source(found.at_us),
        aside=say("hours, 30 days"),
        key="who",
    )


def _demand(context: Context, one: Issued, at_us: int) -> Html:
    say = context.say
    marks = [say("relayed")] * one.relayed + [say("unplanned")] * (not one.planned)
    facts = " · ".join(fact for fact in (context.kind(one.kind), one.doc_no, *marks) if fact)
    who = tag("div", tag("span", one.title, class_="name"), tag("span", facts, class_="path"), class_="who")
    load = one.likely * one.receivers
    units = tag("small", say("{n} units", n=say.number(one.receivers)))
    return tag(
        "li", tag("time", say.when(one.at_us, at_us)), who, tag("b", say.hours(load), units, title=say.exact(load))
    )


def demands(context: Context, found: IssuerSheet) -> Html:
    """The newest demands with what each costs."""
    say = context.say
    rows = [_demand(context, one, found.at_us) for one in found.demands[:SHOWN]]
    body = tag("ol", rows) if rows else tag("p", say("Nothing was issued in this time."), class_="none")
    note = say("The newest demands; the hours are the likely effort of all units reached, of one occurrence.")
    return card(
        say("What was issued"),
        body,
        note=note,
        source=context.source(found.at_us),
        aside=say("newest first"),
        key="deadlines",
    )


def findings(context: Context, found: IssuerSheet) -> Html:
    """What stands open about these demands."""
    say = context.say
    rows = [
        tag(
            "li",
            tag(
                "div",
                link(
                    f"desk{context.place.link(finding=one.finding)}",
                    context.rule(one.rule),
                    class_="name",
                    title=one.rule,
                ),
                tag("span", say("found {when}", when=say.when(one.since_us, found.at_us)), class_="path"),
                class_="who",
            ),
            tag("span", say(f"layer {one.layer}"), class_=f"chip {one.layer}"),
        )
        for one in found.findings
    ]
    body = tag("ol", rows) if rows else tag("p", say("No finding stands open about these demands."), class_="none")
    note = say("Findings that fire now about demands of this issuer. Each can be explained or appealed on its page.")
    return card(say("Findings about them"), body, note=note, source=context.source(found.at_us), key="found")


def checked_view(context: Context, found: Mapping[str, Any]) -> Html:
    """What a draft would do."""
    say = context.say
    minutes = found["minutes"]
    state = (
        tag("p", tag("span", f"✓ {say('Nothing speaks against issuing it.')}", class_="chip ok"))
        if found["clean"]
        else tag("p", tag("span", f"! {say('Look at this before it is issued.')}", class_="chip notice"))
    )
    cells = [
        figure(
            say("Units reached"),
            say.number(found["receivers"]),
            "",
            html(say("{n} times", n=say.number(found["occurrences"]))),
            key="reach",
        ),
        figure(
            say("Effort in all"),
            say.hours(minutes["likely"]),
            say("person-h"),
            html(say("between {low} and {high}", low=say.hours(minutes["low"]), high=say.hours(minutes["high"]))),
            key="effort",
            lead=True,
        ),
        figure(
            say("Units taken over a limit"),
            say.number(sum(one["units"] for one in found["over"])),
            "",
            html(say("by load rules")),
            key="over",
        ),
        figure(
            say("Rules broken"),
            say.number(len(found["breaches"])),
            "",
            html(say("of the packs in force")),
            key="breaches",
        ),
    ]
    parts = [card(table.title, _grid(table), key=f"check{n}") for n, table in enumerate(_tables(context, found))]
    return tag(
        "div",
        state,
        tag("div", cells, class_="kpis four"),
        parts,
        class_="bw checked",
        data_clean=str(found["clean"]).lower(),
    )


def _grid(table: Table) -> Html:
    head = tag("tr", *(tag("th", cell, scope="col") for cell in table.head))
    rows = [tag("tr", *(tag("td", cell) for cell in row)) for row in table.rows]
    return tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")


def _tables(context: Context, found: Mapping[str, Any]) -> list[Table]:
    """What was found, one table a reason; empty ones are left out."""
    say = context.say

    def other(one: Mapping[str, Any]) -> tuple[str, ...]:
        shared = "、".join(one["shared"]) or "–"
        day = say.day(moment(one["at_us"]).date()) if one["at_us"] else "–"
        return context.issuer(one["issuer"]), one["title"], one["doc_no"] or "–", day, say.number(one["units"]), shared

    who = tuple(say(word) for word in ("Issuer", "Title", "Number", "Day", "Units", "Items"))
    over = [
        (one["rule"], worst["name"], say.hours(worst["before"]), say.hours(worst["after"]), say.hours(worst["level"]))
        for one in found["over"]
        for worst in one["worst"][:WORST]
    ]
    broken = [
        (
            one["rule"],
            one["title"].get(say.lang, one["rule"]),
            say(f"layer {one['layer']}"),
            f"{one['value']:g}",
            f"{one['limit']:g}",
        )
        for one in found["breaches"]
    ]
    days = [(say.day(date.fromisoformat(day)),) for day in found["better_days"][:LISTED]]
    tables = [
        Table(
            say("Rules that it would break"),
            tuple(say(word) for word in ("Rule", "Title", "Layer", "Value", "Limit")),
            tuple(broken),
        ),
        Table(
            say("Units that it would take over a limit"),
            tuple(say(word) for word in ("Rule", "Unit", "Before", "After", "Limit")),
            tuple(over),
        ),
        Table(say("Asked already"), who, tuple(other(one) for one in found["duplicates"][:LISTED])),
        Table(
            say("On the same day for the same units"), who, tuple(other(one) for one in found["collisions"][:LISTED])
        ),
        Table(say("Better days"), (say("Day"),), tuple(days)),
    ]
    return [table for table in tables if table.rows]


def assessment(context: Context, draft: Mapping[str, Any], found: Mapping[str, Any], at_us: int) -> Document:
    """The consistency assessment of a draft, filled in as far as the system knows; what a person has to judge is left open."""
    say, minutes = context.say, found["minutes"]
    at = moment(at_us)
    facts = (
        (say("Issuer"), context.issuer(str(draft.get("issuer", "")))),
        (say("Title"), str(draft.get("title", ""))),
        (say("Units reached"), say.number(found["receivers"])),
        (
            say("Effort in all"),
            say(
                "{low} to {high} person-hours, likely {likely}",
                low=say.hours(minutes["low"]),
                high=say.hours(minutes["high"]),
                likely=say.hours(minutes["likely"]),
            ),
        ),
        (say("Checked at"), f"{at:%Y-%m-%d %H:%M} Asia/Shanghai"),
    )
    closing = (
        (say("Is it needed, and on which basis?"), "________________________________"),
        (say("What was changed after this check?"), "________________________________"),
        (say("Assessed by, day"), "________________________________"),
    )
    foot = say("Filled in by Burdenwatch from demands reported to it. It assesses nothing by itself.")
    return Document(
        say("Consistency assessment of a draft"), (), facts, tuple(_tables(context, found)), closing, foot, say.language
    )


def which(context: Context) -> Html:
    """Shown where no issuer is named."""
    say = context.say
    text = say("Choose an issuer: open one from the rankings of the situation page, or search for its name above.")
    return tag("div", card(say("Which issuer?"), tag("p", text), key="choose"), class_="bw")
