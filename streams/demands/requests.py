"""When a request is still open, and when two items are one question: the one definition for rules, desk and unit page.

Pure. Flows in: the data of a demand and what became of it. Flows out: an instant, a truth.
"""

from __future__ import annotations

from typing import Any, Final

from streams.events import recurrence
from streams.events.data import Item, us

OPEN_US: Final = 30 * 86_400_000_000
"""A request that names no deadline is taken as open for so long."""
FOREVER_US: Final = 1 << 62


def open_until_us(data: Any, begun_us: int, cutoff_us: int | None = None) -> int:
    """Until when a request is open: its withdrawal or end, the end of its recurrence, its deadline, else 30 days from ``begun_us``."""
    if cutoff_us is not None:
        return cutoff_us
    if data.recurrence:
        until = recurrence.parse(data.recurrence).until
        return FOREVER_US if until is None else us(until)
    due: int | None = data.deadline_us
    return begun_us + OPEN_US if due is None else due


def same_thing(item: Item, other: Item) -> bool:
    """Whether two items are one question: not when they declare different periods or granularities, or another caliber."""
    return (
        item.element == other.element
        and (item.period is None or other.period is None or item.period == other.period)
        and (item.granularity is None or other.granularity is None or item.granularity == other.granularity)
        and item.caliber == other.caliber
    )
