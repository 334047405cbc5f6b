"""The health of the installation."""

from __future__ import annotations

from functools import partial

from dashboard.data.sheets.health import HealthSheet
from dashboard.shell.frame import Frame, frame
from dashboard.shell.panel import live
from dashboard.views.markup import Html
from dashboard.views.operations import operations


def draw(found: Frame) -> Html:
    """The cards."""
    return operations(found.context, found.shared.board.sheet(HealthSheet, found.viewer.scope, found.context.place))


def page() -> None:
    """Draws the page for the area in the address bar."""
    found = frame("health")
    if found is not None:
        found.head()
        live("health", partial(found.guarded, partial(draw, found), said=False), topic="survey", every_s=20)


page()
