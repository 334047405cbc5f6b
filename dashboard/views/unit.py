"""The page of one unit: its load, what is due, who asks, the same thing asked twice, how it stands among its peers.

Pure. Flows in: a Context, a unit's sheet. Flows out: HTML. It tells a unit what it may do and asks nothing of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from dashboard.data.board import Answer
from dashboard.data.sheets.asks import REQUEST, Ask, Twice
from dashboard.data.sheets.unit import UnitSheet
from dashboard.views.context import Context
from dashboard.views.kpis import figure
from dashboard.views.markup import Html, bar, card, html, link, tag

DUE: Final = 12
SMALL: Final = 15
"""Minutes: what takes no more and comes again is told together."""
ISSUERS: Final = 8
PAIRS: Final = 6
SOON_US: Final = 2 * 86_400_000_000
MONTH_US: Final = 30 * 86_400_000_000


def sheet(context: Context, answer: Answer[UnitSheet], part: str) -> Html:
    """One part of the page below its head: the figures and what is asked twice, what is due, who asks."""
    found = answer.value
    if part == "figures":
        hint = context.say("For this unit to look at. Nothing here has to be filled in, confirmed or passed on.")
        inside = html(tag("p", hint, class_="hint"), loads(context, found), doubled(context, found))
    elif part == "due":
        inside = due(context, found)
    else:
        inside = html(issuers(context, found), feed(context, found))
    return tag("div", inside, class_="bw stale" if answer.failed else "bw")


def loads(context: Context, found: UnitSheet) -> Html:
    """Today, this week, and what is known of the days ahead."""
    say, load = context.say, dict(found.load)
    names = {
        "all.minutes.day": say("Today so far"),
        "all.minutes.week": say("This week so far"),
        "all.minutes.ahead7d": say("Next 7 days, known already"),
        "all.minutes.ahead30d": say("Next 30 days, known already"),
    }
    cells = []
    for metric, name in names.items():
        value = load.get(metric, 0)
        beside = html(say("{n} person-minutes", n=say.number(value)))
        cells.append(
            figure(name, say.hours(value), say("person-h"), beside, exact=say.exact(value), key=metric.split(".")[2],
                   lead=metric.endswith(".day"))
        )  # fmt: skip
    return tag("div", cells, class_="kpis four")


def _ask(context: Context, one: Ask, at_us: int) -> Html:
    say = context.say
    when = one.deadline_us or one.start_us
    words = (
        say("due {when}", when=say.when(when, at_us))
        if one.deadline_us
        else say("begins {when}", when=say.when(when, at_us))
    )
    soon = tag("em", say("soon"), class_="soon") if when - at_us < SOON_US else Html("")
    facts = " · ".join(fact for fact in (context.issuer(one.issuer), one.doc_no) if fact)
    title = tag("span", one.title or context.kind(one.kind), class_="name")
    refuse = _refusal(context, one) if one.unmarked else Html("")
    return tag(
        "li",
        tag("time", words, soon), tag("span", context.kind(one.kind), class_="kind"),
        tag("div", title, tag("span", facts, class_="path"), refuse, class_="who"),
        tag("b", say.effort(one.likely), title=say.exact(one.likely)),
    )  # fmt: skip


def _refusal(context: Context, one: Ask) -> Html:
    text = context.say("This statistical form lacks a mark that it must show: write a note that says so")
    return link(context.place.link(note=str(one.key)), text, class_="act")


def due(context: Context, found: UnitSheet) -> Html:
    """What has a deadline or a beginning ahead, soonest first."""
    say, at_us = context.say, found.at_us
    ahead = [one for one in found.asks if _pending(one, at_us)]
    times = Counter(one.key for one in ahead)
    standing = [one for one in ahead if times[one.key] > 1 and one.likely <= SMALL]
    ahead = [one for one in ahead if times[one.key] == 1 or one.likely > SMALL]
    ahead.sort(key=lambda one: (one.deadline_us or one.start_us, one.key))
    shown = [one for place, one in enumerate(ahead) if place < DUE or one.unmarked]
    rows = [_ask(context, one, at_us) for one in shown] + _standing(context, standing)
    body = tag("ol", rows) if rows else tag("p", say("Nothing is due in the next 30 days."), class_="none")
    rest = sum(one.likely for one in ahead) - sum(one.likely for one in shown)
    words = say("and {n} more, {effort} together", n=len(ahead) - len(shown), effort=say.effort(rest))
    more = tag("p", words, class_="none") if len(ahead) > len(shown) else Html("")
    note = say(
        "Demands that reach this unit with a deadline ahead, and those that begin within 30 days. What this unit has answered, and what was "
        "withdrawn, is left out. What takes minutes and comes again and again (check-ins, group messages) stands together in the last line. "
        "The time is the likely effort of this unit."
    )
    return card(
        say("What is due when"),
        body,
        more,
        note=note,
        source=context.source(at_us),
        aside=say("soonest first"),
        key="deadlines",
    )


def _standing(context: Context, found: Sequence[Ask]) -> list[Html]:
    """One line for all that takes minutes and comes again."""
    if not found:
        return []
    say = context.say
    kinds = "、" if say.lang == "zh" else ", "
    names = kinds.join(context.kind(kind) for kind in sorted({one.kind for one in found}))
    what = say("{n} standing demands of minutes ({kinds})", n=len({one.key for one in found}), kinds=names)
    often = say("{n} times in the next 30 days", n=say.number(len(found)))
    total = sum(one.likely for one in found)
    who = tag("div", tag("span", what, class_="name"), tag("span", often, class_="path"), class_="who")
    return [
        tag(
            "li",
            tag("time", say("again and again")),
            who,
            tag("b", say.effort(total), title=say.exact(total)),
            class_="standing",
        )
    ]


def _pending(one: Ask, at_us: int) -> bool:
    if one.closed:
        return False
    return one.deadline_us >= at_us if one.deadline_us is not None else one.start_us > at_us


def doubled(context: Context, found: UnitSheet) -> Html:
    """Pairs of open requests that ask for the same, each with a note to print."""
    say = context.say
    rows = [_pair(context, one) for one in found.twice[:PAIRS]]
    body = (
        tag("ol", rows)
        if rows
        else tag("p", say("No two open requests of different issuers ask for the same."), class_="none")
    )
    spare = sum(one.spare for one in found.twice)
    aside = say("about {hours} h could be saved", hours=say.hours(spare)) if rows else ""
    note = say(
        "Open requests of different issuers whose items have the same element, and no different period, caliber or granularity. A request "
        "passed on from above is not set against its own origin. What could be saved is the smaller request's share of the common items."
    )
    return card(
        say("The same thing asked twice"), body, note=note, source=context.source(found.at_us), aside=aside, key="twice"
    )


def _pair(context: Context, pair: Twice) -> Html:
    say = context.say
    both = [
        tag("span", tag("b", context.issuer(one.issuer)), f" · {one.title}", class_="name")
        for one in (pair.first, pair.second)
    ]
    before, after = say("Both ask for: {items}").split("{items}")
    named = [html(say("; ") if place else "", context.element(one)) for place, one in enumerate(pair.elements)]
    shared = tag("span", before, *named, after, class_="path")
    note = link(
        context.place.link(note=f"{pair.first.key}-{pair.second.key}"), say("Print a note: please merge"), class_="act"
    )
    acts = [note]
    if context.viewer is not None and context.viewer.scope.role == "unit":
        keys = f"{pair.first.key}-{pair.second.key}"
        acts += [
            link(f"remark?verb=duplicate&pair={keys}", say("This is a duplicate"), class_="act"),
            link(f"remark?verb=merge&pair={keys}", say("Please merge"), class_="act"),
        ]
    return tag("li", tag("div", both, shared, class_="who"), tag("div", acts, class_="acts"))


def issuers(context: Context, found: UnitSheet) -> Html:
    """Who asked for what in the last 30 days."""
    say, sums = context.say, defaultdict[str, list[int]](lambda: [0, 0])
    kinds: dict[str, set[int]] = defaultdict(set)
    for one in found.asks:
        if found.at_us - MONTH_US < one.start_us <= found.at_us:
            sums[one.issuer][0] += one.likely
            sums[one.issuer][1] += 1
            kinds[one.issuer].add(one.kind)
    order = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    highest = max((load for _, (load, _) in order), default=0)
    rows = []
    for issuer, (load, count) in order[:ISSUERS]:
        what = ", ".join(context.kind(kind) for kind in sorted(kinds[issuer]))
        text = say("{n} times: {kinds}", n=count, kinds=what)
        who = tag(
            "div", tag("span", context.issuer(issuer), class_="name"), tag("span", text, class_="path"),
            bar(load / highest if highest else 0, "warm"), class_="who",
        )  # fmt: skip
        rows.append(tag("li", who, tag("b", say.hours(load), title=say.exact(load))))
    body = tag("ol", rows) if rows else tag("p", say("Nobody asked for anything in this time."), class_="none")
    note = say(
        "Issuers of the demands that began in the last 30 days and reach this unit, by the likely effort of this unit."
    )
    return card(
        say("Who asks for what"),
        body,
        note=note,
        source=context.source(found.at_us),
        aside=say("hours, 30 days"),
        key="who",
    )


def alone(context: Context, at_us: int) -> Html:
    """Says that there are too few to compare with."""
    say = context.say
    body = tag("p", say("There are fewer than five units to compare with."), class_="none")
    return tag("div", card(say("Compared with others"), body, source=context.source(at_us), key="band"), class_="bw")


def feed(context: Context, found: UnitSheet) -> Html:
    """The address of the calendar feed."""
    say = context.say
    url = f"{context.settings.api_shown}/v1/units/{context.place.unit}/calendar.ics"
    text = say(
        "Subscribe to this address in any calendar program; as password give the unit's token, the user name may be anything."
    )
    requests = sum(1 for one in found.asks if one.kind == REQUEST and one.open_at(found.at_us))
    count = say("{n} open requests at the moment", n=say.number(requests))
    return card(
        say("In your own calendar"),
        tag("p", text),
        tag("p", tag("a", tag("code", url), href=url), class_="address"),
        tag("p", count, class_="counts"),
        key="feed",
    )


def choose(context: Context) -> Html:
    """Shown where no unit is named: the way to one."""
    say = context.say
    below = context.registry.children(context.place.area)
    links = [
        link(context.place.link(area=code, unit=code if len(code) >= 9 else "", q=""), context.name(code))
        for code in below
    ]
    text = say("Choose a township or village: search for its name above, or go down from here.")
    return tag(
        "div", card(say("Which unit?"), tag("p", text), tag("div", links, class_="chips"), key="choose"), class_="bw"
    )
