"""The background threads: connect to the store, then keep the shared board fresh.

Flows in: the installation and a stop signal. Flows out: a board that moves. Reads the store through the board.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from dashboard.shell.installation import Installation

PULSE_S: Final = 0.1
"""How often the store is asked whether loads moved (3 ms)."""
SURVEY_S: Final = 1.0
log = structlog.get_logger()


def keep_reading(read: Callable[[], None], every_s: float, stop: threading.Event) -> None:
    """Calls ``read`` every ``every_s`` seconds until ``stop``; a store that is away is tried again at the same pace."""
    said = ""
    while not stop.wait(every_s):
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
    reads = {
        "pulses": (lambda: shared.board.refresh_pulses(), PULSE_S),
        "surveys": (lambda: shared.board.refresh_surveys(), SURVEY_S),
    }
    for name, (read, every_s) in reads.items():
        threading.Thread(target=keep_reading, args=(read, every_s, stop), name=name, daemon=True).start()
