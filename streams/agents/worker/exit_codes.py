"""How a worker ends when it must: at once, so that nothing more is written or acknowledged. Exit codes for the supervisor."""

from __future__ import annotations

import logging
import os
from typing import Final, NoReturn

CRASHED: Final = 70
FENCED: Final = 75
_LOG: Final = logging.getLogger(__name__)


def end(code: int, why: str) -> NoReturn:
    """End the process at once."""
    _LOG.error("%s", why)
    logging.shutdown()
    os._exit(code)
