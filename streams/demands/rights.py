"""Who may say what about a demand: decided once, on the issuer of the demand that is meant and on what would come of it.

Pure. Flows in: an event, the demands that it refers to as far as they are known, who speaks, the instant of receipt. Flows out: a ``Fault``
or None. Asked by the door of the API; whoever may write to Kafka itself is let in by the broker's own lists (docs/access.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple, Protocol

from streams.events import Event, Fault
from streams.events.changes import Amended

Relation = Literal["issuer", "overseer", "unit"]
"""How the speaker stands to a demand: speaks for its issuer; oversees the area of its issuer; speaks for the unit that answers."""

BACKDATED_US: Final = 86_400_000_000
"""An amendment, withdrawal or end may lie so far before its receipt; what is older takes the right to back-fill."""


class Right(NamedTuple):
    """Who may say a verb, and why so (for docs/access.md)."""

    relations: tuple[Relation, ...]
    why: str
    dated: bool = False
    """Whether a time long past takes the right to back-fill."""


RIGHTS: Final[dict[str, Right]] = {
    "issued": Right(("issuer",), "a demand is charged to whom it names"),
    "amended": Right(
        ("issuer",), "also for the issuer that comes of it: nobody hands a demand to somebody else", dated=True
    ),
    "withdrawn": Right(("issuer",), "takes load back", dated=True),
    "ended": Right(("issuer",), "takes load back", dated=True),
    "outcome": Right(("issuer",), "says what came of its own meeting"),
    "returned": Right(("issuer", "unit"), "the one who sends back, or the one who was sent back to"),
    "answered": Right(("unit",), "what a unit spent is for the unit to say"),
    "corrected": Right(("overseer",), "nobody decides a matter of its own"),
}
"""By verb of the event."""


class Speaker(Protocol):
    """What a token may speak for."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def may_backfill(self) -> bool:
        """Whether it may bring in what happened long ago."""

    @property
    def speaks_for_all(self) -> bool:
        """Whether it speaks for every issuer."""

    def speaks_for(self, issuer: str) -> bool:
        """Whether it may demand in the name of this issuer."""

    def owns(self, source: str) -> bool:
        """Whether this source is named to it in full, so that nobody else writes there."""

    def answers_for(self, unit: str) -> bool:
        """Whether it may say what this unit spent."""

    def oversees(self, area: str) -> bool:
        """Whether it supervises the issuers of this area ('' = the centre)."""


class Target(NamedTuple):
    """The demand that an event refers to: its source, and its issuer, "" while it is not known."""

    source: str
    issuer: str


def fault_of(
    event: Event, targets: Sequence[Target], speaker: Speaker, area_of: Callable[[str], str], now_us: int
) -> Fault | None:
    """What of an event is not the speaker's to say; None where all of it is. ``area_of``: the area of a known issuer.

    What is another's and what is not there are told in the same words.
    """
    right = RIGHTS[event.verb]
    named = event.data.changes.get("issuer") if isinstance(event.data, Amended) else event.issuer
    if named and right.relations == ("issuer",) and not speaker.speaks_for(named):
        return _forbidden("data.issuer", named, f"{speaker.name} does not speak for this issuer")
    for target in targets:
        if not any(_stands(relation, event, target, speaker, area_of) for relation in right.relations):
            return _forbidden("data", target.source, _REFUSED[right.relations[0]].format(speaker.name))
    if right.dated and now_us - event.time_us > BACKDATED_US and not speaker.may_backfill:
        rule = "lies more than a day before its receipt, and would take back load that was borne"
        return Fault(
            "time",
            "",
            rule,
            "ask the supervising body for a correction, or the operator to bring history in",
            "forbidden",
        )
    return None


def _stands(relation: Relation, event: Event, target: Target, speaker: Speaker, area_of: Callable[[str], str]) -> bool:
    if relation == "unit":
        return speaker.answers_for(event.data.unit)
    if relation == "overseer":
        return speaker.oversees(area_of(target.issuer) if target.issuer else "")
    if not target.issuer:  # not admitted yet: events may overtake each other within a sender's own system
        return speaker.speaks_for_all or speaker.owns(target.source)
    return speaker.speaks_for(target.issuer)


_REFUSED: Final[dict[Relation, str]] = {
    "issuer": "is no demand that {} may change: it is another's, or not admitted yet",
    "overseer": "is no demand that {} may correct: that is for the supervising body above its issuer, once it is admitted",
    "unit": "{} does not answer for this unit",
}


def _forbidden(field: str, value: str, rule: str) -> Fault:
    return Fault(
        field, value[:80], rule, "use the token of that source, or ask the operator for the right", "forbidden"
    )
