"""The page of hotspots: townships by load, per head and by growth; counties whose neighbourhood is high beyond chance.

Pure. Flows in: a Context, a sheet. Flows out: HTML. It ranks what is asked of units, never what they do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from dashboard.data.board import Answer
from dashboard.data.sheets.hotspots import Cluster, HotspotSheet, Ranked
from dashboard.views.context import Context, change
from dashboard.views.markup import Html, bar, card, html, tag

SHOWN: Final = 20


def hotspots(context: Context, answer: Answer[HotspotSheet]) -> Html:
    """Four cards, one for each measure."""
    found = answer.value
    top = tag("div", absolute(context, found), growth(context, found), class_="row")
    below = tag("div", gathered(context, found), per_head(context, found), class_="row" if found.heads else None)
    hint = tag(
        "p",
        context.say(
            "Each measure answers another question; a place that stands high in several deserves a look first."
        ),
        class_="hint",
    )
    return tag("div", hint, top, below, class_="bw stale" if answer.failed else "bw")


def _list(context: Context, rows: Sequence[Ranked], figure: Callable[[Ranked], Html], empty: str) -> Html:
    highest = max((one.measure for one in rows), default=0.0)
    items = [
        tag(
            "li", tag("span", str(n), class_="place"),
            tag("div", context.go(one.code), tag("span", context.path(one.code), class_="path"), bar(one.measure / highest), class_="who"),
            tag("b", figure(one)),
        )
        for n, one in enumerate(rows, start=1)
    ]  # fmt: skip
    return tag("ol", items) if items else tag("p", empty, class_="none")


def absolute(context: Context, found: HotspotSheet) -> Html:
    """Townships by load."""
    say = context.say
    body = _list(
        context,
        found.absolute,
        lambda one: tag("span", say.hours(one.load), title=say.exact(one.load)),
        say("Nothing landed in this period."),
    )
    note = say("Person-hours asked of one township in the period. This ranks what is asked of units, not what they do.")
    source = context.source(found.at_us)
    return card(say("Most load"), body, note=note, source=source, aside=say("person-hours"), key="absolute")


def growth(context: Context, found: HotspotSheet) -> Html:
    """Townships by growth."""
    say = context.say
    body = _list(
        context,
        found.growth,
        lambda one: change(context, one.load, one.before),
        say("No township had enough load before to compare with.")
        if found.alike
        else say(
            "Some kinds of demands were not yet recorded in the whole period before: more data is not more burden."
        ),
    )
    note = say(
        "Load of the period against as long a time right before, for townships that had at least ten hours then. Today is not over yet."
    )
    source = context.source(found.at_us)
    return card(
        say("Strongest growth"), body, note=note, source=source, aside=say("against the period before"), key="growth"
    )


def per_head(context: Context, found: HotspotSheet) -> Html:
    """Townships by load for each member of staff, where that number is known."""
    say = context.say
    empty = say(
        "No numbers of staff are known. They come with your own organisations, which whoever runs this installation imports; "
        "until then load per unit stands for it."
    )
    body = _list(context, found.per_head, lambda one: html(say.hours(one.measure)), empty)
    note = say(
        "Person-hours of the period divided by the township's number of staff, for townships whose number is known."
    )
    source, aside = context.source(found.at_us), say("{n} townships with known staff", n=say.number(found.heads))
    return card(say("Per head"), body, note=note, source=source, aside=aside, key="perhead")


def gathered(context: Context, found: HotspotSheet) -> Html:
    """Counties in a neighbourhood of high load."""
    say = context.say
    rows = [_cluster(context, one) for one in found.clusters[:SHOWN]]
    if not found.compared or found.compared < SHOWN:
        body = tag("p", say("Fewer than 20 counties here: too few to tell a cluster from chance."), class_="none")
    elif not rows:
        body = tag("p", say("No neighbourhood of counties stands out beyond chance."), class_="none")
    else:
        head = tag(
            "tr",
            tag("th", say("County")),
            tag("th", say("Hours per unit"), class_="num"),
            tag("th", "Gi*", class_="num"),
        )
        body = tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")
    more = len(found.clusters) - len(rows)
    rest = tag("p", say("and {n} more", n=more), class_="none") if more > 0 else Html("")
    note = say(
        "Getis-Ord Gi*: the mean load a unit of a county and of those that border on it, against all {n} counties here, in standard deviations. "
        "Shown are those that stay high when all are tested at once (Benjamini-Hochberg, 5 % false discoveries).",
        n=found.compared,
    )
    source = context.source(found.at_us)
    return card(
        say("Neighbourhoods beyond chance"),
        body,
        rest,
        note=note,
        source=source,
        aside=say("counties, hottest first"),
        key="clusters",
    )


def _cluster(context: Context, one: Cluster) -> Html:
    say = context.say
    text = say("{path} · with {n} neighbours", path=context.path(one.code) or "–", n=one.neighbours)
    return tag(
        "tr", tag("td", context.go(one.code), tag("span", text, class_="path"), class_="who"),
        tag("td", say.hours(one.mean), class_="num strong", title=say.exact(one.mean)), tag("td", say.number(one.z, 1), class_="num"),
    )  # fmt: skip
