"""What the relation, quota and absence rules look at: the demands as they stand, what came of them, and the lists in force.

Pure. Flows in: good events in any order, and a registry. Flows out: ``Facts``. A demand that was withdrawn or that an appeal made void is no
longer among the issued; an amended one has its amended fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

import msgspec

from streams.calendars import Calendar
from streams.calendars.periods import DAY_US, EPOCH_ORDINAL, OFFSET_US
from streams.events import Event, Ref, issued_of
from streams.events.changes import Correction, Decision
from streams.registry import Ranges, Registry, RegistryError
from streams.registry.model import WIDTHS

RECTIFIED: Final = ("整改", "rectif")
"""Words by which a withdrawal says that it is a rectification."""
UPPER: Final = ("centre", "province", "prefecture", "county", "township", "village")
"""Levels from above to below."""


def day_of(t_us: int) -> date:
    """The Shanghai day of an instant."""
    return date.fromordinal((t_us + OFFSET_US) // DAY_US + EPOCH_ORDINAL)


def name_of(source: str, id: str) -> str:
    """How a finding names an event: SOURCE#ID."""
    return f"{source}#{id}"


@dataclass(frozen=True)
class Issuance:
    """A demand as it stands: its event with amended fields, whom it reaches, where it is from."""

    event: Event
    data: Any
    ranges: Ranges
    area: str
    level: str
    line: str
    body: str
    place: str
    ended_us: int | None = None

    @cached_property
    def name(self) -> str:
        """SOURCE#ID."""
        return name_of(self.event.source, self.event.id)

    @property
    def at_us(self) -> int:
        """When it was issued."""
        return self.event.time_us

    @property
    def day(self) -> date:
        """The Shanghai day of that."""
        return day_of(self.event.time_us)

    @cached_property
    def levels(self) -> frozenset[str]:
        """Levels of the units reached."""
        return frozenset(UPPER[_level(one.tier)] for one in self.ranges)

    @property
    def parent(self) -> str:
        """SOURCE#ID of the superior demand that it names, else ''."""
        return _referred(self.event.source, self.data.parent_id)

    @property
    def root(self) -> str:
        """SOURCE#ID of the root that it names, else of its parent, else ''."""
        return _referred(self.event.source, self.data.root_id) or self.parent

    @property
    def receivers(self) -> int:
        """Units reached."""
        return sum(one.hi - one.lo for one in self.ranges)


def _level(tier: int) -> int:
    """1 province to 5 village, of any tier id."""
    return tier if tier < 16 else (tier - 16) % 3 + 1


def _referred(source: str, reference: Any) -> str:
    if reference is None:
        return ""
    if isinstance(reference, Ref):
        return name_of(reference.source, reference.id)
    return name_of(source, str(reference))


@dataclass(frozen=True)
class Concluded:
    """The outcome of a meeting or inspection."""

    at_us: int
    decisions: int


@dataclass(frozen=True)
class IssuerWarning:
    """A warning or rectification that an issuer was given. ``what`` is a kind or 'all'."""

    issuer: str
    at_us: int
    what: str = "all"


@dataclass(frozen=True)
class Case:
    """A case that waits for a step: 'explain' (the issuer) or 'decide' (the supervising body)."""

    id: str
    issuer: str
    stage: str
    since_us: int
    done_us: int | None = None


@dataclass(frozen=True)
class Feed:
    """When a source's recent events came in, ascending microseconds."""

    source: str
    times_us: tuple[int, ...]
    area: str = ""


@dataclass(frozen=True)
class Lists:
    """What no event says: lists and plans in force. What is not there is unknown, and what is unknown accuses nobody."""

    duty: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Area -> duty item (or ``PREFIX-*``) -> basic, cooperate or withdrawn; of the areas around the receivers the lowest with a list counts."""
    approved: Mapping[str, int] = field(default_factory=dict)
    """Plan item -> units that it was approved for."""
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Element -> who holds it with sharing open (issuer codes, or lines)."""
    plans: Mapping[tuple[str, str, int], int] = field(default_factory=dict)
    """(issuer, what, year) -> planned number."""
    caps: Mapping[tuple[str, str, int], int] = field(default_factory=dict)
    """(issuer, what, year) -> most that is allowed."""
    staff: Mapping[str, int] = field(default_factory=dict)
    """Unit -> establishment."""

    def duty_status(self, place: str, item: str) -> str | None:
        """How the receivers' list in force counts a duty item; None without a list."""
        for width in sorted({len(area) for area in self.duty}, reverse=True):
            entries = self.duty.get(place[:width]) if width <= len(place) else None
            if entries is not None:
                return entries.get(item) or entries.get(f"{item.partition('-')[0]}-*", "off-list")
        return None


@dataclass(frozen=True)
class Facts:
    """Everything that rules look at but the load of units."""

    issued: tuple[Issuance, ...]
    registry: Registry
    calendar: Calendar
    withdrawn: tuple[Issuance, ...] = ()
    """Demands that were withdrawn or made void; no rule on single events looks at them."""
    corrections: tuple[Event, ...] = ()
    concluded: Mapping[str, Concluded] = field(default_factory=dict)
    lists: Lists = Lists()
    feeds: tuple[Feed, ...] = ()
    cases: tuple[Case, ...] = ()
    warnings: tuple[IssuerWarning, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Issuance]:
        """Demands by SOURCE#ID."""
        return {one.name: one for one in self.issued}

    def of_kind(self, *kinds: str) -> tuple[Issuance, ...]:
        """Demands of some kinds, by time, then by name."""
        return tuple(one for one in self.issued if one.event.kind in kinds)


def place_of(registry: Registry, ranges: Ranges) -> str:
    """The lowest area that holds all units of some ranges: the common prefix of the first and last codes, cut to a level."""
    if not ranges:
        return ""
    edges = [registry.code_of(one.tier, rank).partition("-")[0] for one in ranges for rank in (one.lo, one.hi - 1)]
    low, high = min(edges), max(edges)
    common = 0
    while common < min(len(low), len(high)) and low[common] == high[common]:
        common += 1
    return low[: max((width for width in WIDTHS if width <= common), default=0)]


def issuance(event: Event, registry: Registry, data: Any = None, ended_us: int | None = None) -> Issuance | None:
    """An issued event with what the registry knows of it; None when its issuer or its reach is unknown to the registry."""
    data = event.data if data is None else data
    try:
        issuer = registry.issuer(data.issuer)
        ranges = registry.resolve(data.reach)
    except RegistryError:
        return None
    body = registry.lines[issuer.line].body
    place = place_of(registry, ranges)
    return Issuance(event, data, ranges, issuer.area, issuer.level, issuer.line, body, place, ended_us)


def _is_decision(one: Any) -> bool:
    return bool(one.decision.strip()) if isinstance(one, Decision) else bool(one.strip())


def amended(event: Event, others: Sequence[Event]) -> Any:
    """An issued event's data with every amendment applied, the latest last."""
    changes = [one.data.changes for one in others if one.verb == "amended"]
    if not changes:
        return event.data
    merged: dict[str, Any] = dict(msgspec.json.decode(event.body)["data"])
    for change in changes:
        merged.update(change)
    return issued_of(event.kind, merged)


def _rectified(one: Issuance, others: Sequence[Event]) -> IssuerWarning | None:
    """The rectification that a withdrawal amounts to, when its reason says so."""
    for event in others:
        reason = event.data.reason or "" if event.verb == "withdrawn" else ""
        if any(word in reason for word in RECTIFIED):
            data = one.data
            off_plan = one.event.kind == "inspection" and not (data.plan_item_id or data.filing_id or data.plan_item)
            what = f"{one.event.kind}:off-plan" if off_plan else one.event.kind
            return IssuerWarning(data.issuer, event.time_us, what)
    return None


def gather(
    events: Iterable[Event],
    registry: Registry,
    calendar: Calendar,
    *,
    lists: Lists | None = None,
    feeds: Sequence[Feed] = (),
    cases: Sequence[Case] = (),
    warnings: Sequence[IssuerWarning] = (),
) -> Facts:
    """The facts of a set of events; duplicates and order do not matter."""
    issued: dict[tuple[str, str], Event] = {}
    about: dict[tuple[str, str], list[Event]] = {}
    corrections: dict[tuple[str, str], Event] = {}
    for event in events:
        if event.verb == "issued":
            issued.setdefault((event.source, event.id), event)
        if event.verb == "corrected":
            corrections.setdefault((event.source, event.id), event)
        for target in event.targets:
            about.setdefault((target.source, target.id), []).append(event)
    standing: list[Issuance] = []
    withdrawn: list[Issuance] = []
    concluded: dict[str, Concluded] = {}
    warned = list(warnings)
    for key, event in issued.items():
        others = sorted(about.get(key, ()), key=lambda one: (one.time_us, one.id))
        ended = min((one.time_us for one in others if one.verb == "ended"), default=None)
        one = issuance(event, registry, amended(event, others), ended)
        if one is None:
            continue
        gone = any(it.verb == "withdrawn" for it in others) or _void(others)
        (withdrawn if gone else standing).append(one)
        rectified = _rectified(one, others)
        warned.extend([rectified] if rectified is not None else [])
        outcomes = [it for it in others if it.verb == "outcome"]
        if outcomes:
            decided = sum(_is_decision(decision) for it in outcomes for decision in it.data.decisions)
            concluded[one.name] = Concluded(outcomes[0].time_us, decided)
    return Facts(
        issued=_in_order(standing),
        registry=registry,
        calendar=calendar,
        withdrawn=_in_order(withdrawn),
        corrections=tuple(sorted(corrections.values(), key=lambda one: (one.time_us, one.id))),
        concluded=concluded,
        lists=lists or Lists(),
        feeds=tuple(feeds),
        cases=tuple(cases),
        warnings=tuple(warned),
    )


def _in_order(found: Iterable[Issuance]) -> tuple[Issuance, ...]:
    return tuple(sorted(found, key=lambda one: (one.at_us, one.name)))


def _void(others: Sequence[Event]) -> bool:
    """Whether the last upheld appeal makes a demand count nothing."""
    return [one.data.effect for one in others if isinstance(one.data, Correction)][-1:] == ["void"]


def workdays_since(calendar: Calendar, from_us: int, now_us: int) -> int:
    """Whole workdays that have passed after the day of ``from_us`` and up to that of ``now_us``; 0 when none."""
    after = day_of(from_us) + timedelta(days=1)
    return calendar.workdays_between(after, day_of(now_us) + timedelta(days=1))
