"""What reads answer with: frozen values, no behaviour. Person-minutes are int, instants int microseconds UTC.

Pure. Flows in: rows of the store. Flows out: values for the API, the dashboard and the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]


@dataclass(frozen=True)
class TierLoad:
    """Load of neighbouring units of one tier: unit of rank ``lo + i`` has ``values[i]``."""

    tier: int
    lo: int
    hi: int
    values: I64


@dataclass(frozen=True)
class Hotspot:
    """One unit and its load."""

    code: str
    rank: int
    value: int


@dataclass(frozen=True)
class AreaLoad:
    """What an area received in a period: sums over its units of all asked tiers."""

    code: str
    low: int
    likely: int
    high: int
    receipts: int
    """Demands times units reached (occurrences of standing demands counted one by one)."""
    units: int
    """Units of the asked tiers in the area: the divisor for 'per unit'."""


@dataclass(frozen=True)
class Series:
    """Load per day and kind: arrays of shape (kinds, days); ``kinds`` are numbers of events.model.KIND_IDS."""

    days: tuple[date, ...]
    kinds: tuple[int, ...]
    likely: I64
    low: I64
    high: I64
    count: I64


@dataclass(frozen=True)
class KindShare:
    """What one kind cost an area in a period."""

    kind: int
    likely: int
    receipts: int


@dataclass(frozen=True)
class IssuerLoad:
    """What one issuer caused in an area in a period."""

    issuer: str
    likely: int
    low: int
    high: int
    receipts: int


@dataclass(frozen=True)
class DemandRow:
    """One occurrence of a demand that reaches the asked unit or area."""

    key: int
    source: str
    id: str
    kind: int
    issuer: str
    title: str
    doc_no: str
    start_us: int
    deadline_us: int | None
    low: int
    likely: int
    high: int
    """Per unit reached."""
    count: int
    """Net count of the posting(s) at this unit or area's units: 0 when wholly voided."""
    receivers: int
    """Units that the whole demand reaches, everywhere."""


@dataclass(frozen=True)
class Lag:
    """How far one worker partition is behind the log."""

    component: str
    partition: int
    lag: int
    rate: float
    """Records a second."""
    watermark_us: int
    at_us: int


@dataclass(frozen=True)
class RefusedCount:
    """Refused events of one source for one reason."""

    source: str
    code: str
    n: int


@dataclass(frozen=True)
class Health:
    """State of the stream at an instant."""

    at_us: int
    events_last_minute: int
    events_last_hour: int
    newest_admitted_us: int | None
    """Broker time of the newest admitted event; None when there is none."""
    newest_event_us: int | None
    """``time`` of the newest event."""
    lags: tuple[Lag, ...]
    refused: tuple[RefusedCount, ...]


@dataclass(frozen=True)
class Coverage:
    """Share of units of a tier that any feed reached in the last days; silence is missing coverage, not less burden."""

    tier: int
    units: int
    reached: int

    @property
    def share(self) -> float:
        return self.reached / self.units if self.units else 0.0
