"""The history of a rule or of an office on the desk: by month, and the latest findings with what became of them.

Pure. Flows in: a Context, a sheet. Flows out: HTML.
"""

from __future__ import annotations

from dashboard.data.board import Answer
from dashboard.data.sheets.history import HistorySheet
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, link, tag
from streams.store.casework import Month

HEADS = ("Month", "Found", "Ended", "Upheld", "Exempt", "Corrected")


def history(context: Context, answer: Answer[HistorySheet], title: str) -> Html:
    """``title``: the name of the rule or of the office."""
    say, found = context.say, answer.value
    back = link(f"desk{context.place.link(past='', issuer='', rule='')}", say("Back to the desk"), class_="act")
    name = say("History: {what}", what=title)
    if not found.months:
        text = say("Nothing was ever found here.")
        return tag("div", back, card(name, tag("p", text, class_="none"), key="past"), class_="bw")
    head = tag("tr", *(tag("th", say(word), scope="col", class_="num" if n else None) for n, word in enumerate(HEADS)))
    rows = [_month(context, one) for one in reversed(found.months)]
    table = tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")
    note = say(
        "Findings of this area by the month in which they began. Ended: the condition has passed, or the demand was changed. Upheld, "
        "exempt and corrected: what the supervising body decided."
    )
    months = card(name, table, note=note, source=context.source(found.at_us), key="past")
    return tag(
        "div",
        tag("p", back, class_="tools"),
        months,
        _latest(context, found),
        class_="bw stale" if answer.failed else "bw",
    )


def _month(context: Context, one: Month) -> Html:
    say = context.say
    name = f"{one.month:%Y}年{one.month.month}月" if say.lang == "zh" else f"{one.month:%B %Y}"
    return tag("tr", tag("td", name), *(tag("td", say.number(value), class_="num") for value in one[1:]))


def _latest(context: Context, found: HistorySheet) -> Html:
    say = context.say
    words = ("Where and what", "Measured", "Since", "Case")
    head = tag("tr", *(tag("th", say(word), scope="col") for word in words))
    rows = []
    for row in found.rows:
        one = row.last
        href = f"desk{context.place.link(finding=one.finding, past='')}"
        where = link(href, tag("b", context.name(one.place)), " ", row.title[say.lang])
        who = tag("span", context.issuer(one.issuer) if one.issuer else say("no single issuer"), class_="path")
        state = say(f"verdict {row.case.verdict}") if row.case.verdict else say(f"case {row.case.state}")
        ended = tag("span", say("ended") if one.phase != "firing" else say("open"), class_="path")
        rows.append(
            tag(
                "tr", tag("td", where, who, class_="who"), tag("td", row.measured.get(say.lang, ""), class_="measured"),
                tag("td", say.when(one.since_us, found.at_us)), tag("td", state, " ", ended),
                data_finding=one.finding,
            )
        )  # fmt: skip
    body = tag("div", tag("table", tag("thead", head), tag("tbody", rows)), class_="table", tabindex="0")
    return card(say("The latest findings"), body, aside=say("latest first"), key="pastlist")
