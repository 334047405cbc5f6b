"""The page that crosses dimensions, in words: the head of its table, and the issuer that it is about.

Pure. Flows in: a Context, a sheet. Flows out: HTML.
"""

from __future__ import annotations

from dashboard.data.board import Answer
from dashboard.data.sheets.explore import PivotSheet
from dashboard.figures.pivot import AMOUNT_WORDS, definition, sentence
from dashboard.views.context import Context
from dashboard.views.markup import Html, card, html, link, tag


def heading(context: Context, answer: Answer[PivotSheet], *, plain: bool = False) -> Html:
    """What the table holds; ``plain``: the sentence alone."""
    say, sheet = context.say, answer.value
    text = sentence(context, sheet, len(sheet.found.rows))
    if plain:
        return html(text)
    note, source = definition(context), context.source(sheet.at_us)
    head = card(
        say("Table"),
        tag("p", text, class_="hint"),
        note=note,
        source=source,
        aside=say(AMOUNT_WORDS[sheet.amount]),
        key="table",
    )
    return tag("div", head, class_="bw tablehead stale" if answer.failed else "bw tablehead")


def chosen_issuer(context: Context) -> Html:
    """Whose demands alone are shown, and the way back to all."""
    say, code = context.say, context.place.issuer
    words = tag(
        "p",
        say("Demands of {issuer} alone", issuer=context.issuer(code)),
        " · ",
        link(context.place.link(issuer=""), say("All issuers")),
    )
    return tag("div", words, class_="bw")
