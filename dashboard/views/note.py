"""A note that a unit may print and send: please merge two requests, or this form lacks the marks that it must show.

Pure. Flows in: a Context, a unit's sheet, the keys that the address names. Flows out: HTML made for paper. Nothing is sent or stored.
"""

from __future__ import annotations

from dashboard.data.board import Answer
from dashboard.data.sheets.asks import Ask, Twice
from dashboard.data.sheets.unit import UnitSheet
from dashboard.views.context import Context
from dashboard.views.markup import Html, html, link, tag
from dashboard.words import moment


def note(context: Context, answer: Answer[UnitSheet]) -> Html:
    """The note for the keys in the address; what to do where they name nothing that is open."""
    say, found = context.say, answer.value
    keys = {int(key) for key in context.place.note.split("-")}
    pair = next((one for one in found.twice if {one.first.key, one.second.key} == keys), None)
    form = next((one for one in found.asks if {one.key} == keys and one.unmarked), None)
    back = link(context.place.link(note=""), say("Back to the unit"), class_="act")
    if pair is None and form is None:
        text = say("These requests are not open at this unit any more.")
        return tag("div", tag("section", tag("p", text), back, class_="card"), class_="bw")
    letter = _merge(context, pair) if pair else _refuse(context, form) if form else Html("")
    day = moment(found.at_us).date()
    sign = tag(
        "p",
        context.name(context.place.unit),
        tag("br"),
        say("{year}-{month}-{day}", year=day.year, month=day.month, day=day.day),
        class_="sign",
    )
    tools = tag("p", tag("button", say("Print"), type="button", data_print=True, class_="print"), back, class_="tools")
    hint = tag(
        "p", say("A draft: change what you like on paper. It goes nowhere unless you send it."), class_="tools counts"
    )
    return tag("div", tools, hint, tag("article", letter, sign, class_="letter"), class_="bw")


def _merge(context: Context, pair: Twice) -> Html:
    say = context.say
    return html(
        tag("h2", say("Please merge two requests")),
        tag("p", say("To: {who}", who=say("; ").join(context.issuer(one.issuer) for one in (pair.first, pair.second)))),
        tag("p", say("The two requests below are open at this unit at the same time and ask for the same data:")),
        _table(context, (pair.first, pair.second)),
        tag("p", say("In common: {items}.", items=say("; ").join(context.named_element(one) for one in pair.elements))),
        tag("p", say(
            "We ask that the offices concerned agree on one collection and one deadline, and take the data from each other. Until then "
            "this unit proposes to report once, to {first}, and to send a copy to {second}.",
            first=context.issuer(pair.first.issuer), second=context.issuer(pair.second.issuer),
        )),
        tag("p", say(
            "Basis: Regulations on the Sharing of Government Data (in force since 1 August 2025): what sharing can supply "
            "is not to be collected again."
        )),
    )  # fmt: skip


def _refuse(context: Context, form: Ask) -> Html:
    say = context.say
    names = {
        "table_no": say("table number"),
        "issuing_body": say("body that made the form"),
        "approval_no": say("number of approval or filing"),
        "valid_to": say("end of validity"),
    }
    missing = say("; ").join(names[mark] for mark in form.unmarked)
    return html(
        tag("h2", say("A statistical form without its marks")),
        tag("p", say("To: {who}", who=context.issuer(form.issuer))),
        tag("p", say("The form below calls itself statistical and does not show: {missing}.", missing=missing)),
        _table(context, (form,)),
        tag("p", say(
            "Basis: Statistics Law: whoever is surveyed may refuse a form that does not show its table number, the body that made it, the "
            "number of approval or filing, and its validity."
        )),
        tag("p", say("We will gladly fill in the form once the marks are there; until then this unit makes use of its right not to.")),
    )  # fmt: skip


def _table(context: Context, requests: tuple[Ask, ...]) -> Html:
    say = context.say
    rows = [
        tag("tr", tag("td", context.issuer(one.issuer)), tag("td", one.title), tag("td", one.doc_no or "–"),
            tag("td", say.when(one.deadline_us, 0) if one.deadline_us else "–"))
        for one in requests
    ]  # fmt: skip
    head = tag(
        "tr", tag("th", say("Issuer")), tag("th", say("Request")), tag("th", say("Number")), tag("th", say("Due"))
    )
    return tag("table", tag("thead", head), tag("tbody", rows))
