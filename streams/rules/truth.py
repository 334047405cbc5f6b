"""What a rule says of a subject at one moment, and the identity that outlives the moment.

Pure. Flows in: nothing. Flows out: ``Truth`` and ``finding_id``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Literal

from streams.rules.pack import Layer

EndReason = Literal[
    "", "amended", "withdrawn", "ended", "corrected", "exempt", "rule-changed", "rule-removed", "rule-off"
]
"""Why a finding ends: what became of the demand, of the matter, or of the rule; '' when its condition simply passed."""


def finding_id(rule: str, subject: str, period: str) -> str:
    """The identity of a finding, 32 hex digits: rule, subject and period; never the measured value."""
    return blake2b(f"{rule}\0{subject}\0{period}".encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Truth:
    """Whether a rule holds for a subject. ``holds`` None: between the raise and the clear level, what was stays.

    ``subject`` is ``event:SOURCE#ID`` or ``unit:``, ``area:``, ``issuer:``, ``feed:`` or ``case:`` and a name. ``exempt`` names the
    exemption that applies; such a truth does not hold. ``inputs`` are the columns that the rule's expressions name, for the explanation.
    """

    rule: str
    subject: str
    period: str
    holds: bool | None
    value: float
    limit: float
    edition: str
    layer: Layer = "fact"
    for_us: int = 0
    keep_firing_us: int = 0
    issuer: str = ""
    place: str = ""
    exempt: str = ""
    events: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    shares: tuple[tuple[str, float], ...] = ()
    reason: EndReason = ""
    """Why it does not hold, where more is known than that."""

    @property
    def id(self) -> str:
        """The finding's identity."""
        return finding_id(self.rule, self.subject, self.period)
