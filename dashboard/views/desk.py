"""The desk: open findings by rule, worst first; and the page of one finding, which prints as its evidence pack.

Pure. Flows in: a Context, a sheet. Flows out: HTML. Severity and layer are words beside every colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.data.board import Answer
from dashboard.data.sheets.desk import DeskSheet, FindingSheet, Row
from dashboard.place import LAYERS
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, html, link, tag
from dashboard.views.narrowing import histories, is_narrowed, narrowed, tick, tick_all, together
from dashboard.words import moment
from streams.alerts.evidence import Document, document
from streams.store.findings import COUNTY_DIGITS, NOBODY, OpenCount, OpenGroup
from streams.store.saved import SavedFilter


def desk(context: Context, answer: Answer[DeskSheet], kept: Sequence[SavedFilter] = ()) -> Html:
    """Figures by layer, what the list can be narrowed to, the rules that have open findings, the findings. ``kept``: the reader's filters."""
    say, found = context.say, answer.value
    hint = tag(
        "p",
        say(
            "What rules found and what stands open here, worst first. A finding is a lead to look into, not a verdict."
        ),
        class_="hint",
    )
    left, right = rules(context, found), listing(context, found)
    return tag(
        "div",
        hint,
        layers(context, found),
        narrowed(context, found.caseload, kept),
        tag("div", left, right, class_="row narrow-left"),
        said(context, found),
        class_="bw stale" if answer.failed else "bw",
    )


def own_findings(context: Context) -> Html:
    """Shown to an office, which oversees no area: where the findings about its own demands are."""
    say = context.say
    text = say(
        "The desk is for those who oversee an area. Findings about the demands of your office are on its own page; each can be explained there."
    )
    way = link(f"issuer{context.place.plain.link()}", say("To the page of my office"), class_="act")
    return tag("div", card(say("Findings about them"), tag("p", text), tag("p", way), key="own"), class_="bw")


def said(context: Context, found: DeskSheet) -> Html:
    """What units said of their own accord; nothing where nobody did."""
    say = context.say
    if not found.remarks:
        return Html("")
    words = {"duplicate": say("the same is asked twice"), "merge": say("please merge")}
    rows = [
        tag("li", tag("div", tag("span", tag("b", context.issuer(one.first_issuer)), f" · {one.first_title}", class_="name"),
                      tag("span", tag("b", context.issuer(one.second_issuer)), f" · {one.second_title}", class_="name"),
                      tag("span", words[one.verb], " · ", say.when(one.last_us, found.at_us), class_="path"), class_="who"),
            tag("b", say("{n} units", n=say.number(one.units))))
        for one in found.remarks
    ]  # fmt: skip
    note = say("Said by units with one click, never asked of them. What most of them say stands first.")
    return card(say("What units say"), tag("ol", rows), note=note, source=context.source(found.at_us), key="remarks")


def layers(context: Context, found: DeskSheet) -> Html:
    """How many stand open, by layer."""
    say = context.say
    names = {"breach": say("Breaches"), "notice": say("Notices"), "fact": say("Facts")}
    means = {
        "breach": say("a limit of a legal text"),
        "notice": say("a limit that asks for a look"),
        "fact": say("a figure out of the ordinary; nobody is blamed"),
    }
    cells = []
    for layer in LAYERS:
        count = sum(one.count for one in found.counts if one.layer == layer)
        body = html(
            tag("h2", names[layer]),
            tag("p", tag("b", say.number(count)), class_="big"),
            tag("p", means[layer], class_="beside"),
        )
        chosen = context.place.layer == layer
        href = context.place.link(layer="" if chosen else layer, rule="", issuer="")
        cells.append(link(href, body, class_="kpi", data_key=layer, aria_current="true" if chosen else None))
    return tag("section", cells, class_="kpis three", aria_label=say("Open findings"))


def rules(context: Context, found: DeskSheet) -> Html:
    """Rules with open findings; a click shows those of one."""
    say, place = context.say, context.place
    rows = [_rule(context, one, found) for one in found.counts]
    everything = link(
        f"desk{place.link(rule='', finding='', issuer='')}",
        say("All rules"),
        aria_current="true" if not place.rule else None,
        class_="all",
    )
    body = (
        tag("div", everything, tag("ul", rows, class_="chosen"))
        if rows
        else tag("p", say("Nothing stands open here."), class_="none")
    )
    note = say(
        "Findings that fire now about places in this area, counted by rule. A pending finding is not shown before its time has passed."
    )
    return card(say("By rule"), body, note=note, source=context.source(found.at_us), key="rules")


def _rule(context: Context, one: OpenCount, found: DeskSheet) -> Html:
    place, title = context.place, found.titles[one.rule][context.say.lang]
    body = html(
        tag("span", one.rule.partition("-")[0], class_="code"),
        tag("span", title),
        _layer(context, one.layer),
        tag("b", context.say.number(one.count)),
    )
    return tag(
        "li",
        link(
            f"desk{place.link(rule=one.rule, finding='', issuer='')}",
            body,
            aria_current="true" if one.rule == place.rule else None,
        ),
    )


def listing(context: Context, found: DeskSheet) -> Html:
    """The findings themselves."""
    say = context.say
    if found.groups:
        return grouped(context, found)
    if not found.rows and is_narrowed(context.place):
        text = say("No finding fits what was chosen. Take a choice away, or look at a larger area.")
        return card(say("Open findings"), tag("p", text, class_="none"), key="findings")
    if not found.rows:
        text = say("No finding is open. What is found shows here within seconds of the event that causes it.")
        return card(say("Open findings"), tag("p", text, class_="none"), key="findings")
    head = tag(
        "tr", tick_all(context), *(tag("th", say(word)) for word in ("Where and what", "Measured", "Since", "Case"))
    )
    body = tag(
        "div",
        tag("table", tag("thead", head), tag("tbody", [_row(context, one, found.at_us) for one in found.rows])),
        class_="table",
        tabindex="0",
    )
    more = found.total - len(found.rows)
    rest = (
        tag("p", say("and {n} more; choose a rule or a smaller area", n=say.number(more)), class_="none")
        if more > 0
        else ""
    )
    back = (
        link(f"desk{context.place.link(issuer='', finding='')}", say("All issuers"), class_="act")
        if context.place.issuer
        else ""
    )
    note = say("Sorted by severity, layer, and how far the measured value is beyond the limit.")
    return card(
        say("Open findings"),
        back,
        body,
        together(context),
        rest,
        note=note,
        source=context.source(found.at_us),
        aside=say("worst first"),
        key="findings",
    )


def grouped(context: Context, found: DeskSheet) -> Html:
    """The findings as lines of one issuer and one rule, each leading to its own."""
    say = context.say
    words = ("Who and what", "Open", "Since")
    head = tag(
        "tr", tick_all(context), *(tag("th", say(word), class_="num" if word == "Open" else None) for word in words)
    )
    rows = [_group(context, one, found) for one in found.groups]
    body = tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")
    more = found.groups_in_all - len(found.groups)
    text = say("and {n} more groups; choose a rule or a smaller area", n=say.number(more))
    rest = tag("p", text, class_="none") if more > 0 else ""
    note = say(
        "Findings of one rule in one place (in a county: of one issuer) stand in one line; a click leads there. Sorted by layer, severity, "
        "number."
    )
    aside = say(
        "{n} findings in {groups} groups, gravest first",
        n=say.number(found.total),
        groups=say.number(found.groups_in_all),
    )
    return card(
        say("Open findings"),
        body,
        together(context),
        rest,
        note=note,
        source=context.source(found.at_us),
        aside=aside,
        key="findings",
    )


def _group(context: Context, one: OpenGroup, found: DeskSheet) -> Html:
    say, place = context.say, context.place
    if len(place.area) < COUNTY_DIGITS:
        who, deeper = context.name(one.who), len(one.who) > len(place.area)
        href = place.link(rule=one.rule, area=one.who) if deeper else place.link(rule=one.rule, issuer=NOBODY)
    else:
        who = context.issuer(one.who) if one.who else say("no single issuer")
        href = place.link(rule=one.rule, issuer=one.who or NOBODY)
    where = link(f"desk{href}", tag("b", who), " ", found.titles[one.rule][say.lang])
    office = one.who if len(place.area) >= COUNTY_DIGITS else ""
    marks = tag("span", _layer(context, one.layer), histories(context, one.rule, office), class_="marks")
    return tag(
        "tr",
        tick(context, f"{one.rule}~{one.who or NOBODY}", f"{who} {found.titles[one.rule][say.lang]}"),
        tag("td", where, marks, class_="who"),
        tag("td", tag("b", say.number(one.count)), class_="num"),
        tag("td", say.when(one.since_us, found.at_us)),
        data_group=f"{one.rule} {one.who}",
    )


def _row(context: Context, row: Row, at_us: int) -> Html:
    say, one = context.say, row.last
    where = link(
        f"desk{context.place.link(finding=one.finding)}", tag("b", context.name(one.place)), " ", row.title[say.lang]
    )
    who = tag("span", context.issuer(one.issuer) if one.issuer else say("no single issuer"), class_="path")
    measured = row.measured.get(say.lang, f"{one.value:,.4g} / {one.limit:,.4g}")
    case = html(
        tag("span", _state(context, row.case.state), class_=f"casestate {row.case.state}"),
        _due(context, row.case.due, at_us),
        tag("span", say("in charge: {who}", who=row.case.owner), class_="path") if row.case.owner else "",
    )
    return tag(
        "tr",
        tick(context, one.finding, f"{context.name(one.place)} {row.title[say.lang]}"),
        tag(
            "td",
            where,
            who,
            tag(
                "span",
                _layer(context, one.layer),
                _severity(context, row.severity),
                histories(context, one.rule, one.issuer),
                class_="marks",
            ),
            class_="who",
        ),
        tag("td", measured, class_="measured"),
        tag("td", say.when(one.since_us, at_us)),
        tag("td", case),
        data_finding=one.finding,
    )


def finding(context: Context, answer: Answer[FindingSheet]) -> Html:
    """One finding: facts, why, who was told, who was not and why, what was done."""
    say, found = context.say, answer.value
    back = link(f"desk{context.place.link(finding='')}", say("Back to the desk"), class_="act")
    if found.finding is None:
        text = (
            say("This finding came later than that instant.")
            if context.place.at
            else say("No such finding, or none that you may see.")
        )
        return tag("div", tag("section", tag("p", text), back, class_="card"), class_="bw")
    made = document(
        found.finding,
        found.case,
        found.like,
        found.at_us,
        say.language,
        context.name,
        context.issuer,
    )
    state = found.case["case"]
    due = date.fromisoformat(state["due"]) if state["due"] else None
    head = tag(
        "p", tag("span", _state(context, state["state"]), class_=f"casestate {state['state']}"), _due(context, due, found.at_us),
        tag("span", say("in charge: {who}", who=state["owner"]), class_="path") if state["owner"] else "", class_="casehead",
    )  # fmt: skip
    tools = tag("p", tag("button", say("Print"), type="button", data_print=True, class_="print"), back, class_="tools")
    return tag(
        "div",
        tools,
        head,
        tag("article", _document(made), _withheld(context, found), class_="evidence"),
        class_="bw",
    )


def _document(made: Document) -> Html:
    facts = tag("dl", *(html(tag("dt", name), tag("dd", value)) for name, value in made.facts), class_="factlist")
    lead = [tag("p", text, class_="lead") for text in made.lead]
    parts = [card(made.title, *lead, facts, key="facts")]
    for number, table in enumerate(made.tables):
        head = tag("tr", *(tag("th", cell) for cell in table.head))
        rows = [tag("tr", *(tag("td", cell) for cell in row)) for row in table.rows]
        body = tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")
        parts.append(card(table.title, body, key=f"part{number}"))
    parts += [
        card(heading, tag("p", text, class_="plain"), key=f"closing{n}")
        for n, (heading, text) in enumerate(made.closing)
    ]
    return html(parts, tag("footer", made.foot, class_="foot"))


def _withheld(context: Context, found: FindingSheet) -> Html:
    if not found.withheld:
        return Html("")
    say = context.say
    head = tag("tr", *(tag("th", say(word)) for word in ("When", "To", "Why it was not sent")))
    rows = [
        tag(
            "tr",
            tag("td", say.when(one["at_us"], found.at_us)),
            tag("td", context.issuer(one["recipient"])),
            tag("td", say(f"reason {one['reason']}"), " ", one["detail"]),
        )
        for one in found.withheld
    ]
    body = tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")
    return card(say("What was not sent"), body, key="withheld")


def _layer(context: Context, layer: str) -> Html:
    return tag("span", context.say(f"layer {layer}"), class_=f"chip {layer}")


def _severity(context: Context, severity: str) -> Html:
    return tag("span", context.say(f"severity {severity}"), class_=f"chip severity-{severity}")


def _state(context: Context, state: str) -> str:
    return context.say(f"case {state}")


def _due(context: Context, due: date | None, at_us: int) -> Html:
    if due is None:
        return Html("")
    late = due < moment(at_us).date()
    text = context.say("overdue since {day}" if late else "due {day}", day=context.say.day(due))
    return tag("span", text, class_="path late" if late else "path")
