"""What a reader sees when a page fails: our own words with a number to quote, never the error itself; the log has it whole.

Flows in: an exception of a script run. Flows out: a card, a line of the log. Touches the page being drawn.
"""

from __future__ import annotations

from uuid import uuid4

import streamlit as st
import structlog

from dashboard.place import read_place
from dashboard.shell.panel import panel
from dashboard.views.notices import mishap
from dashboard.words import words

log = structlog.get_logger()


def sorry(error: Exception) -> bool:
    """Shows the card; True, so that nothing else is shown."""
    number = uuid4().hex[:8]
    log.error("page failed", number=number, exc_info=error)
    place = read_place(dict(st.query_params.items()), "", "zh")
    panel(f"mishap-{number}", mishap(words(place.lang), place, number))
    return True
