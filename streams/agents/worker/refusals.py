"""Refused events: kept on ``burden.refused`` with reason and place, counted by the hour; and the limit above which the worker stops.

Pure. Flows in: refusals. Flows out: JSON records, counts, the verdict of the limit. Of anything marked secret only hour, source and reason
remain; a source that is marked itself is withheld (``gate.kept_name``).

The limit: over the last ``window`` records, more than ``share`` refused, and the refused are of at least ``sources`` sources. One broken feed
alone never stops the stream; a bad deployment, which refuses everybody's events, does.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from streams.agents.topics import EVENTS
from streams.agents.worker.admission import Refusal
from streams.events import personal
from streams.events.log_position import offset_of, partition_of

BODY_BOUND: Final = 64 * 1024
HOUR_US: Final = 3_600_000_000


def record(refusal: Refusal) -> bytes:
    """What ``burden.refused`` keeps of a refusal, as JSON."""
    raw, refused = refusal.raw, refusal.refused
    kept: dict[str, Any] = {
        "hour_us": raw.time_us - raw.time_us % HOUR_US,
        "source": refused.source,
        "code": refused.code,
    }
    if not refused.secret:
        kept |= {
            "topic": EVENTS,
            "partition": partition_of(raw.pos),
            "offset": offset_of(raw.pos),
            "id": refused.id,
            "faults": [msgspec.to_builtins(fault) for fault in refused.faults],
        }
        if len(raw.value) <= BODY_BOUND:
            kept["body"] = _shown(raw.value)
    return msgspec.json.encode(kept)


def _shown(value: bytes) -> Any:
    """The body with personal numbers masked; what is no JSON as text."""
    try:
        tree = msgspec.json.decode(value)
        return personal.masked(tree)[0]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return personal.masked(value.decode("utf-8", "replace"))[0]


def counts(refusals: Iterable[Refusal]) -> Counter[tuple[int, str, str]]:
    """How many were refused, by hour, source and code."""
    return Counter(
        (one.raw.time_us - one.raw.time_us % HOUR_US, one.refused.source, one.refused.code) for one in refusals
    )


class Limit:
    """Says when too much is refused."""

    def __init__(self, share: float, window: int, sources: int) -> None:
        self._share, self._window, self._sources = share, window, sources
        self._flushes: deque[tuple[int, Counter[str]]] = deque()
        self._records = 0

    def add(self, records: int, refusals: Iterable[Refusal]) -> None:
        """Count one flush."""
        self._flushes.append((records, Counter(one.refused.source for one in refusals)))
        self._records += records
        while self._flushes and self._records - self._flushes[0][0] >= self._window:
            self._records -= self._flushes.popleft()[0]

    def is_broken(self) -> bool:
        """Whether the share is exceeded over a full window by enough sources."""
        if self._records < self._window:
            return False
        refused: Counter[str] = Counter()
        for _, by_source in self._flushes:
            refused += by_source
        return refused.total() > self._share * self._records and len(refused) >= self._sources
