"""Admission without I/O: from raw records to events to be stored, refusals, and what has to be said to tally.

Pure. Flows in: raw records with their positions, a registry, an estimator, the identities admitted so far. Flows out: ``Batch``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from streams.agents.unpacking import Unreadable
from streams.agents.worker.identities import Identities
from streams.agents.worker.messages import Plain
from streams.events import Effort, Event, Fault, Refused, decode, ident_of
from streams.events.model import KIND_IDS
from streams.registry import Registry
from streams.registry.model import Ranges
from streams.registry.naming import reached

_LOG: Final = logging.getLogger(__name__)


class Raw(NamedTuple):
    """One record of ``burden.events``; ``time_us`` is the broker's. ``why``: what stands there could not be unpacked, and why."""

    pos: int
    value: bytes
    headers: tuple[tuple[str, bytes | None], ...]
    time_us: int
    why: str = ""


_LAST_MS: Final = 4_102_444_800_000
"""The end of the year 2099; a broker that is not ours may let clients write any time."""


def raw_of(record: Any, pos: int) -> Raw:
    """A record as the reader of the log gave it (``batches``), at this position."""
    time_us = min(max(record.timestamp, 0), _LAST_MS) * 1000
    if type(record) is Unreadable:
        span = (
            f"offsets {record.first} to {record.offset}" if record.first < record.offset else f"offset {record.offset}"
        )
        return Raw(pos, b"", (), time_us, f"{span}: {record.why}")
    return Raw(pos, record.value or b"", record.headers, time_us)


class Refusal(NamedTuple):
    """A record that is not admitted."""

    raw: Raw
    refused: Refused


class Taken(NamedTuple):
    """An admitted event. ``again``: it was stored before a restart; only tally has to be told."""

    event: Event
    pos: int
    time_us: int
    ranges: Ranges
    effort: Effort | None
    again: bool


class Doubt(NamedTuple):
    """An ident that is known with another digest: same text or collision, the store decides. ``pos`` is where it is known."""

    taken: Taken
    pos: int
    raw: Raw


@dataclass
class Batch:
    """What one flush admits and refuses."""

    taken: list[Taken] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    duplicates: int = 0
    records: int = 0


class Admission:
    """Decides about records in the order of their positions."""

    def __init__(self, registry: Registry, estimate: Callable[[str, Any], Effort], identities: Identities) -> None:
        self._registry = registry
        self._estimate = estimate
        self.identities = identities

    def take(self, raws: Iterable[Raw]) -> Batch:
        """The batch of these records."""
        batch = Batch()
        good: list[tuple[Raw, Event, Ranges, Effort | None]] = []
        for raw in raws:
            batch.records += 1
            try:
                event = _decoded(raw)
                ranges, effort = checked(event, self._registry, self._estimate)
            except Refused as refused:
                batch.refusals.append(Refusal(raw, refused))
            except Exception as error:  # a fault of ours: one record is set aside and told, and the stream goes on
                _LOG.exception("position %s could not be judged", raw.pos)
                batch.refusals.append(Refusal(raw, _unreadable(f"cannot be judged ({type(error).__name__})")))
            else:
                good.append((raw, event, ranges, effort))
        known = self.identities.find_all([event.ident for _, event, _, _ in good])
        for (raw, event, ranges, effort), before in zip(good, known, strict=True):
            before = before or self.identities.find(event.ident)
            again = before is not None and before.pos == raw.pos
            taken = Taken(event, raw.pos, raw.time_us, ranges, effort, again)
            if before is None:
                self.identities.add(event.ident, event.digest, raw.pos)
                batch.taken.append(taken)
            elif again:
                batch.taken.append(taken)
            elif before.digest == event.digest:
                batch.duplicates += 1
            else:
                batch.doubts.append(Doubt(taken, before.pos, raw))
        return batch


def checked(event: Event, registry: Registry, estimate: Callable[[str, Any], Effort]) -> tuple[Ranges, Effort | None]:
    """Ranges and effort of an issued event; raises Refused for issuers, areas and units that do not exist."""
    ranges = reached(event, registry)
    if event.verb != "issued":
        return (), None
    return ranges, event.data.effort or estimate(event.kind, event.data)


def _decoded(raw: Raw) -> Event:
    """The event of a record; headers without a value count as absent. Raises Refused."""
    if raw.why:
        raise _unreadable(f"cannot be unpacked: {raw.why}")
    return decode(raw.value, headers={name: value for name, value in raw.headers if value is not None})


def _unreadable(rule: str) -> Refused:
    """Of what nobody could read nothing is kept but its place: it might be secret."""
    fix = "send it again from the source; if it is refused again, tell the operator"
    return Refused((Fault("", "", rule, fix, "unreadable"),))


def conflict(raw: Raw, event: Event) -> Refusal:
    """The refusal of a second content under one identity."""
    rule = "was sent before with other content; the first stands"
    fault = Fault("id", event.id[:80], rule, "send a change as an amended event with an id of its own", "conflict")
    return Refusal(raw, Refused((fault,), event.source, event.id))


def plain_of(taken: Taken, ranges: Ranges) -> Plain:
    """What tally is told of a demand with one occurrence, for the ranges of one shard."""
    event = taken.event
    effort = taken.effort or Effort(0, 0, 0)
    start = event.data.starts_us
    flat = tuple(number for one in ranges for number in one)
    return Plain(
        taken.pos,
        KIND_IDS[event.kind],
        event.issuer,
        flat,
        event.time_us if start is None else start,
        effort.low,
        effort.likely,
        effort.high,
    )


def columns_of(taken: list[Taken], receivers: Callable[[Ranges], int]) -> dict[str, list[Any]]:
    """The rows of ``events`` by column."""
    rows = [(one.event, one) for one in taken]
    data = [event.data if event.verb == "issued" else None for event, _ in rows]
    return {
        "pos": [one.pos for _, one in rows],
        "ident": [event.ident for event, _ in rows],
        "digest": [event.digest for event, _ in rows],
        "source": [event.source for event, _ in rows],
        "id": [event.id for event, _ in rows],
        "type": [event.type for event, _ in rows],
        "kind": [KIND_IDS.get(event.kind, 0) for event, _ in rows],
        "verb": [event.verb for event, _ in rows],
        "time_us": [event.time_us for event, _ in rows],
        "issuer": [event.issuer for event, _ in rows],
        "title": [event.title for event, _ in rows],
        "doc_no": [event.doc_no for event, _ in rows],
        "starts_us": [one.starts_us if one is not None else None for one in data],
        "deadline_us": [one.deadline_us if one is not None else None for one in data],
        "receivers": [receivers(one.ranges) for _, one in rows],
        "likely": [one.effort.likely if one.effort is not None else 0 for _, one in rows],
        "recurrence": [(one.recurrence or "") if one is not None else "" for one in data],
        "body": [event.body for event, _ in rows],
        "admitted_us": [one.time_us for _, one in rows],
    }


def targets_of(event: Event) -> list[int]:
    """Idents of the events that this one refers to."""
    return [ident_of(target.source, target.id) for target in event.targets]
