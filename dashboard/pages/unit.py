"""The page of one unit: its load, what is due, who asks, what is asked twice; and the notes that it may print."""

from __future__ import annotations

from functools import partial

from dashboard.frame import Frame, frame
from dashboard.panel import live, panel
from dashboard.sheets.unit import UnitSheet
from dashboard.views.markup import Html
from dashboard.views.note import note
from dashboard.views.unit import choose, sheet


def draw(found: Frame) -> Html:
    """The sheet, or the note that the address asks for."""
    context = found.context
    answer = found.shared.board.sheet(UnitSheet, found.viewer.scope, context.place)
    return note(context, answer) if context.place.note else sheet(context, answer)


def page() -> None:
    """Draws the page of the unit in the address bar; without one, the way to a unit."""
    found = frame("unit")
    if found is None:
        return
    found.head()
    if not found.context.place.unit:
        panel("choose", choose(found.context))
        return
    live("unit", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)


page()
