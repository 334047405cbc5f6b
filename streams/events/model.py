"""The vocabulary as values: what an event is once it has been decoded and found good.

Pure. Flows in: nothing. Flows out: the types that every other room speaks.
Source of the fields: docs/contract (CloudEvents 1.0) and the domain rules R01-R24.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

KINDS: Final = (
    "meeting",
    "document",
    "inspection",
    "request",
    "app",
    "group",
    "checkin",
    "evaluation",
    "pilot",
    "secondment",
    "plaque",
    "certificate",
    "target",
)
"""What can be demanded of a unit; a kind's number is its place here plus one (0 means 'all')."""

KIND_IDS: Final = {kind: number for number, kind in enumerate(KINDS, start=1)}

VERBS: Final = ("issued", "amended", "withdrawn", "ended", "answered", "returned", "outcome")
"""Life-cycle verbs of a kind: the type is ``burden.KIND.VERB.v1``; ``burden.correction.applied.v1`` stands beside them."""


class Effort(msgspec.Struct, frozen=True):
    """Person-minutes asked of one unit by one occurrence; low <= likely <= high, all >= 0."""

    low: int
    likely: int
    high: int


class Reach(msgspec.Struct, frozen=True, rename={"excluded": "except"}):
    """Who receives: units of ``tiers`` (and ``lines``) inside ``areas``, minus ``except``, plus ``units``; each once."""

    areas: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


class Ref(msgspec.Struct, frozen=True):
    """A reference to another event by its identity."""

    source: str
    id: str


class Event(msgspec.Struct, frozen=True):
    """One good event. ``data`` is the typed struct of its verb; ``body`` the stored JSON (masked, unknown fields kept)."""

    source: str
    id: str
    type: str
    kind: str
    """One of KINDS, or '' for a correction."""
    verb: str
    """One of VERBS, or 'corrected' for burden.correction.applied.v1."""
    time_us: int
    ident: int
    digest: int
    issuer: str
    """AREA6-LINE; '' where a life-cycle event names none."""
    title: str
    doc_no: str
    data: Any
    body: bytes
    targets: tuple[Ref, ...] = ()
    """The events that this one refers to (amends, withdraws, ends, answers, returns, concludes, restates)."""
