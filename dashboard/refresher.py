"""The background threads: connect to the store, then keep the shared board fresh.

Flows in: the installation and a stop signal. Flows out: a board that moves. Reads the store through the board.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from dashboard.installation import Installation

PERIOD_S: Final = 1.0
log = structlog.get_logger()


def keep_reading(read: Callable[[], None], stop: threading.Event) -> None:
    """Calls ``read`` each second until ``stop``; a store that is away is tried again each second."""
    said = ""
    while not stop.wait(PERIOD_S):
        try:
            read()
            said = ""
        except Exception as error:
            text = str(error).splitlines()[0] if str(error) else type(error).__name__
            if text != said:
                log.warning("store does not answer", error=text)
            said = text


def start(shared: Installation, stop: threading.Event) -> None:
    """One thread for what moves with every event, one for what is ranked: neither waits for the other."""
    reads = {"pulses": lambda: shared.board.refresh_pulses(), "surveys": lambda: shared.board.refresh_surveys()}
    for name, read in reads.items():
        threading.Thread(target=keep_reading, args=(read, stop), name=name, daemon=True).start()
