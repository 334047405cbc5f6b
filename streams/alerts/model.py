"""What the room speaks of: recipients, notifications, withheld ones, silences.

Pure values; all of them are stored as they are. Instants are microseconds UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["supervising", "issuer", "office", "unit", "operator"]
Occasion = Literal[
    "firing", "update", "repeat", "resolved", "escalation", "flap", "muted", "digest", "watchdog", "test"
]
"""Why a notification is sent: news of a group, some of it ended or was restated, a repeat, its end, nobody acted, a flapping rule, a muted rule,
a summary, a sign of life, a test."""

Reason = Literal[
    "muted-rule", "history", "decided", "acknowledged", "silenced", "inhibited", "quiet-time", "cap", "no-receiver", "resolved-before-told"
]  # fmt: skip
"""Why a finding was not told, or not yet."""

MAX_LISTED: Final = 10
"""Findings that the words of a message show; they count the rest."""
MAX_TOLD: Final = 1_000
"""Findings that a notification holds, and a webhook tells; it counts the rest."""


@dataclass(frozen=True, order=True)
class Recipient:
    """A body that is told: ``code`` is AREA6-LINE, a unit's code, or ``operator``; ``role`` is what it is told as."""

    code: str
    role: Role


OPERATOR: Final = Recipient("operator", "operator")


@dataclass(frozen=True)
class Told:
    """One finding as a message shows it: taken from its last transition."""

    finding: str
    rule: str
    subject: str
    place: str
    issuer: str
    layer: str
    severity: str
    value: float
    limit: float
    phase: str
    since_us: int
    edition: str
    title: str = ""
    """Of the demand that it is about, where it is about one."""
    doc_no: str = ""
    issued_us: int = 0
    """When that demand was issued."""
    reason: str = ""
    """Why it ended, or was restated."""
    ended_us: int = 0
    """When it ended; 0 while it fires."""


@dataclass(frozen=True)
class Notification:
    """One message to one recipient. ``id`` is derived from group, occasion and time, so that a repeat after a crash has the same."""

    id: str
    recipient: Recipient
    occasion: Occasion
    group: str
    """Rule and recipient: what is told together; '' for digests and the watchdog."""
    at_us: int
    count: int
    """Findings that it is about, of which ``told`` are the worst, worst first, at most MAX_TOLD."""
    told: tuple[Told, ...]
    seq: int = 0
    """Transitions up to this number are taken into account."""
    note: str = ""
    """What a digest, flap notice, watchdog or test adds."""
    ended: tuple[Told, ...] = ()
    """Findings that were told before and have ended since."""


@dataclass(frozen=True)
class CaseView:
    """How the case of a finding stands, and since when."""

    state: str
    at_us: int
    verdict: str = ""


@dataclass(frozen=True)
class Withheld:
    """What was not sent, and why. ``finding`` is '' for a whole group (quiet time, cap)."""

    finding: str
    group: str
    recipient: Recipient
    reason: Reason
    at_us: int
    detail: str = ""
    """The silence, the inhibiting finding or the quiet time that held it back."""


@dataclass(frozen=True)
class Silence:
    """Nothing is told of findings that match, from ``from_us`` until ``until_us``. Never changed: an edit ends one and makes another.

    An empty matcher matches all; ``rule`` and ``area`` match by prefix.
    """

    id: str
    by: str
    why: str
    made_us: int
    from_us: int
    until_us: int
    rule: str = ""
    area: str = ""
    issuer: str = ""
    finding: str = ""
    replaces: str = ""
