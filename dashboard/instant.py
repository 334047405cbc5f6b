"""The instant that an address asks for (``at=``): every figure of the page is of then, not of now.

Pure. Flows in: text, which anyone may type. Flows out: the instant to the minute, as Asia/Shanghai has it, or '' where none is meant.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from dashboard.words import SHANGHAI, moment

WRITTEN: Final = re.compile(
    r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::[0-9]{2})?(Z|[+ -][0-9]{2}:[0-9]{2})?", re.ASCII
)
"""A sign that was not quoted arrives as a space."""


def canonical(text: str) -> str:
    """2026-11-23T18:00 in Asia/Shanghai, of any zone; without a zone it is Shanghai's. '' for what is no instant."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        return ""
    day, minute, zone = found.groups()
    offset = {None: "", "Z": "+00:00"}.get(zone, (zone or "").replace(" ", "+"))
    try:
        at = datetime.fromisoformat(f"{day}T{minute}{offset}")
        local = at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at.astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        return ""
    return local.strftime("%Y-%m-%dT%H:%M")


def at_of(text: str) -> int | None:
    """Microseconds of a canonical text; None for ''."""
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp()) * 1_000_000 if text else None


def written(at_us: int) -> str:
    """An instant as the address has it, the seconds left out."""
    return moment(at_us).strftime("%Y-%m-%dT%H:%M")
