"""The state of a demand: its fields as amended, when it was withdrawn or ended, what an appeal made of it, what units answered.

Pure. Flows in: the issued event and others in any order. Flows out: ``DemandState``. Source of the rules: docs/load.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from streams.events import Effort, Event, Ref, issued_of
from streams.events.changes import Correction, RestatedEffort
from streams.events.data import moment_of, us
from streams.events.recurrence import too_many

Gone = Literal["", "withdrawn", "ended", "corrected"]
"""Why a demand no longer stands; '' while it does."""
VOID: Final = "void"
TAKES_PLACE: Final = ("meeting", "inspection")
"""Kinds that happen at an hour: once that has passed, withdrawing them takes nothing back."""


@dataclass(frozen=True)
class Answer:
    """What a unit really spent; ``occurrence_us`` None where the event names no occurrence."""

    unit: str
    occurrence_us: int | None
    minutes: int
    order: tuple[int, str]


@dataclass(frozen=True)
class Rework:
    """One more occurrence of one unit."""

    unit: str
    start_us: int
    effort: Effort


@dataclass(frozen=True)
class DemandState:
    """The demand as all that is known of it says. Instants are microseconds UTC; None where nothing of the kind was said."""

    issued: Event
    data: Any
    """The fields of the issued event with every amendment applied, the latest last."""
    amended_us: int | None = None
    """Time of the last amendment that had an effect."""
    withdrawn_us: int | None = None
    withdrawn_why: str = ""
    ended_us: int | None = None
    corrected_us: int | None = None
    """Time of the last upheld appeal."""
    is_void: bool = False
    effort: Effort | None = None
    """The effort that an upheld appeal put in the place of declared and estimated ones."""
    answers: tuple[Answer, ...] = ()
    reworks: tuple[Rework, ...] = ()
    outcomes: tuple[Event, ...] = ()

    @property
    def starts_us(self) -> int:
        """When it starts: as it says, else when it was issued."""
        return self.issued.time_us if self.data.starts_us is None else int(self.data.starts_us)

    @property
    def cutoff_us(self) -> int | None:
        """From when on no occurrence counts."""
        return min((at for at in (self.withdrawn_us, self.ended_us) if at is not None), default=None)

    def gone(self, now_us: int) -> Gone:
        """Why it does not stand at an instant; '' while it does. What took place before its withdrawal did take place."""
        if self.is_void:
            return "corrected"
        if self.withdrawn_us is not None and self.withdrawn_us <= now_us and not self._took_place(self.withdrawn_us):
            return "withdrawn"
        if self.ended_us is not None and self.ended_us <= now_us and not self._took_place(self.ended_us):
            return "ended"
        return ""

    def _took_place(self, cut_us: int) -> bool:
        if self.issued.kind not in TAKES_PLACE or self.data.recurrence:
            return False
        planned = getattr(self.data, "planned_start_us", None) or getattr(self.data, "start_us", None)
        return (planned or self.starts_us) < cut_us


def order_of(event: Event) -> tuple[int, str]:
    """Later is larger: by time, then by id."""
    return event.time_us, event.id


def concerns(event: Event, original: Event) -> bool:
    """Whether an event refers to the original."""
    return any(target.id == original.id and target.source == original.source for target in event.targets)


def state_of(issued: Event, others: Iterable[Event]) -> DemandState:
    """The state of one demand; anything among ``others`` that does not refer to it is passed over, duplicates change nothing."""
    about = sorted((event for event in others if concerns(event, issued)), key=order_of)
    if not about:
        return DemandState(issued, issued.data)
    data, amended_us = _amended(issued, [event for event in about if event.verb == "amended"])
    withdrawals = [event for event in about if event.verb == "withdrawn"]
    corrections = [event for event in about if isinstance(event.data, Correction)]
    effect = corrections[-1].data.effect if corrections else None
    return DemandState(
        issued=issued,
        data=data,
        amended_us=amended_us,
        withdrawn_us=withdrawals[0].time_us if withdrawals else None,
        withdrawn_why=next((event.data.reason for event in withdrawals if event.data.reason), ""),
        ended_us=min((event.time_us for event in about if event.verb == "ended"), default=None),
        corrected_us=corrections[-1].time_us if corrections else None,
        is_void=effect == VOID,
        effort=effect.effort if isinstance(effect, RestatedEffort) else None,
        answers=tuple(_answer(event) for event in about if event.verb == "answered"),
        reworks=tuple(
            Rework(event.data.unit, event.time_us, event.data.effort)
            for event in _once(event for event in about if event.verb == "returned")
        ),
        outcomes=tuple(event for event in about if event.verb == "outcome"),
    )


def states_of(events: Iterable[Event]) -> list[DemandState]:
    """The states of all demands among some events, by time, then by identity; of two contents under one identity the first stands."""
    issued: dict[Ref, Event] = {}
    about: dict[Ref, list[Event]] = {}
    seen: set[tuple[str, str]] = set()
    for event in events:
        identity = event.source, event.id
        if identity in seen:
            continue
        seen.add(identity)
        if event.verb == "issued":
            issued[Ref(*identity)] = event
        for target in set(event.targets):
            about.setdefault(target, []).append(event)
    found = (state_of(event, about.get(ref, ())) for ref, event in issued.items())
    return sorted(found, key=lambda state: (state.issued.time_us, state.issued.source, state.issued.id))


def _amended(issued: Event, amendments: Sequence[Event]) -> tuple[Any, int | None]:
    """The data with every amendment applied, and when the last one was made.

    Fields of another kind may have other types: only the demand's own kind can amend it. What would make fields that no reader can take
    has no effect, for load and rules alike.
    """
    own = [event for event in amendments if event.kind == issued.kind]
    if not own:
        return issued.data, None
    data, at_us = issued.data, None
    merged: dict[str, Any] = dict(msgspec.json.decode(issued.body)["data"])
    for event in own:
        wanted = merged | event.data.changes
        try:
            made = issued_of(issued.kind, wanted)
        except msgspec.ValidationError:
            continue
        if not _explodes(made, issued.time_us):
            data, at_us, merged = made, event.time_us, wanted
    return data, at_us


def _explodes(data: Any, issued_us: int) -> bool:
    """Whether amended fields together recur more often than a demand may."""
    if data.recurrence is None:
        return False
    issued = moment_of(issued_us)
    return bool(too_many(data.recurrence, data.starts_at or issued, issued))


def _once(events: Iterable[Event]) -> Iterable[Event]:
    """Each event once: rework adds up, so that a repeated event would count twice."""
    return {(event.source, event.id): event for event in events}.values()


def _answer(event: Event) -> Answer:
    data = event.data
    occurrence = None if data.occurrence_at is None else us(data.occurrence_at)
    return Answer(data.unit, occurrence, data.actual_minutes, order_of(event))
