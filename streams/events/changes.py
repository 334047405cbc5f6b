"""What stands in ``data`` of an event about earlier ones: amended, withdrawn, ended, answered, returned, outcome, corrected.

Pure. Flows in: nothing. Flows out: msgspec structs, by verb. Source of the fields: the contract (section 1).
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from streams.events.data import (
    ISSUED,
    Instant,
    Issued,
    IssuerCode,
    LongText,
    Reference,
    Text,
    Word,
    effort_of,
)
from streams.events.model import Effort, Minutes, UnitCode

AMENDS: Final = Reference


class Decision(msgspec.Struct, frozen=True):
    """One outcome of a meeting."""

    decision: Text
    owner: Word | None = None
    due: Instant | None = None


class Amended(msgspec.Struct, frozen=True):
    """Fields of the issued event that are replaced; the values are those of ``changes``, checked like the original's."""

    amends: Reference
    changes: dict[str, Any] = {}

    def partial(self, kind: str) -> Issued:
        """The named fields as typed data of the kind; what must be there and is not named is made up."""
        named = {name: value for name, value in self.changes.items() if value is not None}
        return msgspec.convert({"issuer": "000000-x", "title": "-", "reach": {}} | named, ISSUED[kind])


class Withdrawn(msgspec.Struct, frozen=True):
    """No occurrence at or after the event's time counts."""

    withdraws: Reference
    issuer: IssuerCode | None = None
    reason: LongText | None = None


class Ended(msgspec.Struct, frozen=True):
    """The same for a standing demand."""

    ends: Reference
    issuer: IssuerCode | None = None
    reason: LongText | None = None


class Answered(msgspec.Struct, frozen=True):
    """What one unit really spent on one occurrence."""

    answers: Reference
    unit: UnitCode
    actual_minutes: Minutes
    occurrence_at: Instant | None = None
    issuer: IssuerCode | None = None


class Returned(msgspec.Struct, frozen=True):
    """Rework that one unit was sent back to, at the event's time."""

    returns: Reference
    unit: UnitCode
    effort_minutes: Minutes | Effort
    issuer: IssuerCode | None = None
    return_reason: LongText | None = None

    @property
    def effort(self) -> Effort:
        """The effort as an interval."""
        return effort_of(self.effort_minutes)


class Outcome(msgspec.Struct, frozen=True):
    """What a meeting or an inspection came to; no effect on load."""

    concludes: Reference
    decisions: Annotated[tuple[Decision | Text, ...], Meta(max_length=500)] = ()
    issuer: IssuerCode | None = None


class RestatedEffort(msgspec.Struct, frozen=True):
    """The effort that an upheld appeal puts in the place of the estimate."""

    effort_minutes: Minutes | Effort

    @property
    def effort(self) -> Effort:
        """The effort as an interval."""
        return effort_of(self.effort_minutes)


class Correction(msgspec.Struct, frozen=True):
    """An upheld appeal: the named demands count nothing, or with another effort."""

    restates: Annotated[tuple[Reference, ...], Meta(min_length=1, max_length=10_000)]
    effect: Literal["void"] | RestatedEffort
    issuer: IssuerCode | None = None
    ground: LongText | None = None


LIFE_CYCLE: Final[dict[str, type[msgspec.Struct]]] = {
    "withdrawn": Withdrawn,
    "ended": Ended,
    "answered": Answered,
    "returned": Returned,
    "outcome": Outcome,
    "corrected": Correction,
}
REFERENCES: Final = {
    "amended": "amends",
    "withdrawn": "withdraws",
    "ended": "ends",
    "answered": "answers",
    "returned": "returns",
    "outcome": "concludes",
    "corrected": "restates",
}
"""The field of each life-cycle verb that refers to other events."""
