"""The background thread: connects to the store, then keeps the shared board fresh.

Flows in: the installation and a stop signal. Flows out: a board that moves. Reads the store through the board.
"""

from __future__ import annotations

import threading
from typing import Final

import structlog

from dashboard.installation import Installation

PERIOD_S: Final = 1.0
log = structlog.get_logger()


def keep_reading(shared: Installation, stop: threading.Event) -> None:
    """Refreshes the board each second until ``stop``; a store that is away is tried again each second."""
    said = ""
    while not stop.wait(PERIOD_S):
        try:
            shared.board.refresh()
            said = ""
        except Exception as error:
            if str(error) != said:
                log.warning(
                    "store does not answer", error=str(error).splitlines()[0] if str(error) else type(error).__name__
                )
            said = str(error)
