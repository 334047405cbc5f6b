"""What the first reader would otherwise wait for, done at the start: the home page read and rendered once, the frontend's files compressed.

Flows in: the installation. Flows out: filled caches. A store that is not there yet is no fault: the first reader then waits.
"""

from __future__ import annotations

import structlog

from dashboard.access import demo_viewer
from dashboard.assets import PLOTLY
from dashboard.place import LANGUAGES, Place
from dashboard.shell.installation import Installation, now_us
from dashboard.shell.server import FRONTEND, OWN, compress
from dashboard.views.context import Context
from dashboard.views.situation import body, foot, kinds, top
from dashboard.words import words

FIGURES_BYTES = 10_000_000
log = structlog.get_logger()


def warm(shared: Installation) -> None:
    """Fills the caches; returns when done."""
    try:
        _read(shared)
    except Exception as error:  # whatever it is, the pages say it to whoever opens them
        log.warning("not warmed", error=str(error).partition("\n")[0])
    for root in (OWN, FRONTEND / "static"):
        compress(root)
    compress(PLOTLY, FIGURES_BYTES)


def _read(shared: Installation) -> None:
    """Reads what the home page shows, and renders it in each language."""
    viewer = demo_viewer(shared.settings.area, "leadership", shared.registry)
    for lang in LANGUAGES:
        place = Place(area=viewer.home, lang=lang)
        context = Context.of(shared.registry, words(lang), place, viewer.home, shared.settings)
        pulse = shared.board.pulse(viewer.scope, context.place)
        survey = shared.board.survey(viewer.scope, context.place)
        top(context, pulse, survey, [], now_us())
        kinds(context, survey)
        body(context, survey)
        foot(context, pulse, survey, now_us())
