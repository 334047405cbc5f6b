"""Findings of one rule that one recipient is told of together, and which of them is worse.

Pure. Flows in: transitions and what their rules say of telling. Flows out: ``Group``, ``Told``, an order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from streams.alerts.model import Recipient, Role, Told
from streams.rules import Transition

RANK: Final = {"high": 2, "medium": 1, "low": 0, "breach": 2, "notice": 1, "fact": 0}


class Manner(NamedTuple):
    """What a rule says of telling: whom, and how grave."""

    roles: tuple[Role, ...]
    severity: str
    title: str = ""
    doc_no: str = ""
    issued_us: int = 0
    """Of the demand that the finding is about, where it is about one."""


@dataclass
class Group:
    """Findings of one rule that one recipient is told of together."""

    recipient: Recipient
    rule: str
    members: dict[str, Told] = field(default_factory=dict)
    """Firing now."""
    told: dict[str, Told] = field(default_factory=dict)
    """Firing, and part of a message."""
    ended: dict[str, Told] = field(default_factory=dict)
    """Told, and ended since the last message."""
    restated: set[str] = field(default_factory=set)
    """Told, and restated since by a rule that changed."""
    since_us: int = 0
    """When the first finding that is not told yet came."""
    sent_us: int = 0
    sent: int = 0
    """Messages since the group was last without a finding."""
    dirty: bool = False
    due_us: int = 0
    """When time alone makes the group worth a look."""

    @property
    def key(self) -> str:
        return f"{self.rule}|{self.recipient.role}|{self.recipient.code}"


def worst(told: Iterable[Told]) -> list[Told]:
    """Findings by severity, layer and how far above the limit; then by identity, so that the order is always the same."""

    def weight(one: Told) -> tuple[float, float, float, str]:
        over = one.value / one.limit if one.limit else one.value
        return -RANK.get(one.severity, 0), -RANK.get(one.layer, 0), -over, one.finding

    return sorted({one.finding: one for one in told}.values(), key=weight)


def gravest(told: Iterable[Told]) -> str:
    """The highest severity among findings; low where there are none."""
    return max((one.severity for one in told), key=lambda severity: RANK.get(severity, 0), default="low")


def told_of(one: Transition, manner: Manner) -> Told:
    return Told(
        finding=one.finding, rule=one.rule, subject=one.subject, place=one.place, issuer=one.issuer, layer=one.layer,
        severity=manner.severity, value=one.value, limit=one.limit, phase=one.phase, since_us=one.since_us, edition=one.edition,
        title=manner.title, doc_no=manner.doc_no, issued_us=manner.issued_us, reason=one.reason,
    )  # fmt: skip
