"""The vocabulary as values: what an event is once it has been decoded and found good.

Pure. Flows in: nothing. Flows out: the types that every other room speaks.
Source of the fields: docs/contract (CloudEvents 1.0) and the domain rules R01-R24.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta

Kind = Literal[
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
]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
"""What can be demanded of a unit; a kind's number is its place here plus one (0 means 'all')."""

KIND_IDS: Final = {kind: number for number, kind in enumerate(KINDS, start=1)}

VERBS: Final = ("issued", "amended", "withdrawn", "ended", "answered", "returned", "outcome")
"""Life-cycle verbs of a kind: the type is ``burden.KIND.VERB.v1``; ``burden.correction.applied.v1`` stands beside them."""


MINUTES_BOUND: Final = 1_000_000
"""Person-minutes that one occurrence may ask of one unit: some nine person-years."""

Minutes = Annotated[int, Meta(ge=0, le=MINUTES_BOUND)]
Line = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
AreaCode = Annotated[str, Meta(pattern=r"^(?:|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")]
UnitCode = Annotated[
    str, Meta(pattern=r"^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})(?:-[a-z][a-z0-9-]{0,39})?$")
]
TierName = Annotated[str, Meta(pattern=r"^(?:province|prefecture|county|township|village)(?:-[a-z][a-z0-9-]{0,39})?$")]


class Effort(msgspec.Struct, frozen=True):
    """Person-minutes asked of one unit by one occurrence; low <= likely <= high, all >= 0."""

    low: Minutes
    likely: Minutes
    high: Minutes


class Reach(msgspec.Struct, frozen=True, rename={"excluded": "except"}):
    """Who receives: units of ``tiers`` (and ``lines``) inside ``areas``, minus ``except``, plus ``units``; each once."""

    areas: Annotated[tuple[AreaCode, ...], Meta(max_length=10_000)] = ()
    tiers: Annotated[tuple[TierName, ...], Meta(max_length=200)] = ()
    lines: Annotated[tuple[Line, ...], Meta(max_length=200)] = ()
    excluded: Annotated[tuple[AreaCode, ...], Meta(max_length=10_000)] = ()
    units: Annotated[tuple[UnitCode, ...], Meta(max_length=10_000)] = ()


class Ref(msgspec.Struct, frozen=True):
    """A reference to another event by its identity."""

    source: Annotated[str, Meta(min_length=1, max_length=500)]
    id: Annotated[str, Meta(min_length=1, max_length=200)]


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
    masked: int = 0
    """Personal numbers that were masked in ``body`` (and ``title``)."""
