"""Refused events: kept on ``burden.refused`` with reason and place, counted by the hour.

Pure. Flows in: refusals. Flows out: JSON records, counts. Of anything marked secret only hour, source and reason remain; a source that is
marked itself is withheld (``gate.kept_name``). However much is refused, the stream goes on: who floods it is slowed at the door and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from streams.agents.topics import EVENTS
from streams.agents.worker.admission import Refusal
from streams.events import Fault, personal
from streams.events.log_position import offset_of, partition_of

BODY_BOUND: Final = 64 * 1024
FAULTS_BOUND: Final = 100
TEXT_BOUND: Final = 500
TEXT_KEPT: Final = 4 * 1024
"""Bytes that are kept of what is no JSON: enough to see what it was."""
UNREADABLE: Final = "unreadable"
"""The code of what nobody could read: it might be secret, so its body is not kept."""
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
            "faults": [_bounded(fault) for fault in refused.faults[:FAULTS_BOUND]],
        }
        if refused.code != UNREADABLE and len(raw.value) <= BODY_BOUND:
            kept["body"] = _shown(raw.value)
    return msgspec.json.encode(kept)


def _bounded(fault: Fault) -> dict[str, str]:
    """A fault whose texts cannot make the record longer than the log takes."""
    return {name: str(text)[:TEXT_BOUND] for name, text in msgspec.to_builtins(fault).items()}


def _shown(value: bytes) -> Any:
    """The body with personal numbers masked; the beginning of what is no JSON, as text."""
    try:
        tree = msgspec.json.decode(value)
        return personal.masked(tree)[0]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return personal.masked(value[:TEXT_KEPT].decode("utf-8", "replace"))[0]


def counts(refusals: Iterable[Refusal]) -> Counter[tuple[int, str, str]]:
    """How many were refused, by hour, source and code."""
    return Counter(
        (one.raw.time_us - one.raw.time_us % HOUR_US, one.refused.source, one.refused.code) for one in refusals
    )
