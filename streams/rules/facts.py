"""What the relation, quota and absence rules look at: the demands as they stand, what came of them, and the lists in force.

Pure. Flows in: good events in any order, and a registry. Flows out: ``Facts``. A demand that was withdrawn or that an appeal made void is no
longer among the issued; an amended one has its amended fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, Final

from streams.calendars import Calendar
from streams.calendars.periods import DAY_US, EPOCH_ORDINAL, OFFSET_US
from streams.demands import FOREVER_US, DemandState, open_until_us, states_of
from streams.events import Event, Ref
from streams.events.changes import Decision
from streams.events.data import us
from streams.registry import Ranges, Registry, RegistryError
from streams.registry.model import WIDTHS
from streams.rules.recorded import Recorded, fields_recorded

RECTIFIED: Final = ("整改", "rectif")
"""Words by which a withdrawal says that it is a rectification."""
LINGER_US: Final = 45 * DAY_US
"""For so long a demand that is over is still compared with others: what it did is still to be dealt with."""
UPPER: Final = ("centre", "province", "prefecture", "county", "township", "village")
"""Levels from above to below."""


def day_of(t_us: int) -> date:
    """The Shanghai day of an instant."""
    return date.fromordinal((t_us + OFFSET_US) // DAY_US + EPOCH_ORDINAL)


def name_of(source: str, id: str) -> str:
    """How a finding names an event: SOURCE#ID."""
    return f"{source}#{id}"


@dataclass(frozen=True, slots=True)
class Issuance:
    """A demand as it stands: its event with amended fields, whom it reaches, where it is from. A judge holds hundreds of thousands."""

    event: Event
    data: Any
    ranges: Ranges
    area: str
    level: str
    line: str
    body: str
    place: str
    ended_us: int | None = None
    amended_us: int | None = None
    """When its fields were last amended."""
    name: str = field(init=False)
    """SOURCE#ID."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", name_of(self.event.source, self.event.id))

    @property
    def at_us(self) -> int:
        """When it was issued."""
        return self.event.time_us

    @property
    def day(self) -> date:
        """The Shanghai day of that."""
        return day_of(self.event.time_us)

    @property
    def levels(self) -> frozenset[str]:
        """Levels of the units reached."""
        return _levels(tuple(one.tier for one in self.ranges))

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

    def is_living(self, now_us: int) -> bool:
        """Whether anything about it can still be done, or could until lately: open, ahead, or over for no longer than LINGER_US."""
        if self.ended_us is not None:
            return now_us < self.ended_us + LINGER_US
        latest = max(self.at_us, self._last_us)
        return now_us < latest + LINGER_US or now_us < open_until_us(self.data, self.at_us) + LINGER_US

    @property
    def _last_us(self) -> int:
        """The latest instant that it names."""
        data = self.data
        ends = getattr(data, "planned_end_us", None) or getattr(data, "end_us", None) or 0
        return max(ends, data.starts_us or 0, 0 if data.ends_at is None else us(data.ends_at))


@lru_cache(maxsize=4_096)
def _levels(tiers: tuple[int, ...]) -> frozenset[str]:
    return frozenset(UPPER[_level(tier)] for tier in tiers)


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
    held_in: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """``held`` of catalogues that hold in an area alone: area -> element -> holders."""
    approved_in: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """``approved`` of lists that hold in an area alone."""
    filed: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    """app, group, plaque -> area -> numbers and names that were admitted there."""

    def holders(self, place: str, element: str) -> tuple[str, ...]:
        """Who holds an element with sharing open, as far as lists say that hold where the receivers are."""
        found = self.held.get(element, ())
        for area, held in self.held_in.items():
            if place.startswith(area) and element in held:
                found = tuple(dict.fromkeys((*found, *held[element])))
        return found

    def approved_for(self, place: str, item: str) -> int | None:
        """Units that a plan item was approved for; None where no list that holds there says so."""
        near = [area for area, of in self.approved_in.items() if place.startswith(area) and item in of]
        return self.approved_in[max(near, key=len)][item] if near else self.approved.get(item)

    def is_filed(self, kind: str, place: str, number: str) -> bool | None:
        """Whether a number stands on a list of what was admitted there; None where there is no such list."""
        near = [of for area, of in self.filed.get(kind, {}).items() if place.startswith(area)]
        return any(number in of for of in near) if near else None

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
    recorded: Recorded = field(default_factory=dict)
    """What each source is known to record."""
    known: Mapping[str, Issuance] | None = None
    """Demands by SOURCE#ID, where more are known than ``issued``."""

    @cached_property
    def by_name(self) -> Mapping[str, Issuance]:
        """Demands by SOURCE#ID."""
        return {view.name: view for view in self.issued} if self.known is None else self.known

    def living(self, now_us: int) -> Facts:
        """The same with those demands alone that anything can still be done about; what they refer to stays known."""
        issued = tuple(view for view in self.issued if view.is_living(now_us))
        return replace(self, issued=issued, known=self.by_name)

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
    return view_of(DemandState(event, event.data if data is None else data, ended_us=ended_us), registry)


def view_of(state: DemandState, registry: Registry) -> Issuance | None:
    """A demand as rules see it: as it stands, with what the registry knows; None when the registry knows its issuer or reach not."""
    data = state.data
    try:
        issuer = registry.issuer(data.issuer)
        ranges = registry.resolve(data.reach)
    except RegistryError:
        return None
    body = registry.lines[issuer.line].body
    return Issuance(
        event=state.issued, data=data, ranges=ranges, area=issuer.area, level=issuer.level, line=issuer.line, body=body,
        place=place_of(registry, ranges), ended_us=state.ended_us, amended_us=state.amended_us,
    )  # fmt: skip


def _is_decision(one: Any) -> bool:
    return bool(one.decision.strip()) if isinstance(one, Decision) else bool(one.strip())


def concluded_of(state: DemandState) -> Concluded | None:
    """What a meeting or inspection came to, by its outcomes; None without one."""
    if not state.outcomes:
        return None
    decided = sum(_is_decision(decision) for event in state.outcomes for decision in event.data.decisions)
    return Concluded(state.outcomes[0].time_us, decided)


def rectified(state: DemandState, view: Issuance) -> IssuerWarning | None:
    """The rectification that a withdrawal amounts to, when its reason says so."""
    if state.withdrawn_us is None or not any(word in state.withdrawn_why for word in RECTIFIED):
        return None
    data = view.data
    off_plan = view.event.kind == "inspection" and not (data.plan_item_id or data.filing_id or data.plan_item)
    what = f"{view.event.kind}:off-plan" if off_plan else view.event.kind
    return IssuerWarning(data.issuer, state.withdrawn_us, what)


def gather(
    events: Iterable[Event],
    registry: Registry,
    calendar: Calendar,
    *,
    lists: Lists | None = None,
    feeds: Sequence[Feed] = (),
    cases: Sequence[Case] = (),
    warnings: Sequence[IssuerWarning] = (),
    recorded: Recorded | None = None,
    now_us: int = FOREVER_US,
) -> Facts:
    """The facts of a set of events at an instant; duplicates and order do not matter.

    ``recorded``: what each source is known to record; by default what these events themselves show.
    """
    known = tuple(events)
    standing: list[Issuance] = []
    withdrawn: list[Issuance] = []
    concluded: dict[str, Concluded] = {}
    warned = list(warnings)
    for state in states_of(known):
        view = view_of(state, registry)
        if view is None:
            continue
        (withdrawn if state.gone(now_us) in ("withdrawn", "corrected") else standing).append(view)
        warned += [found] if (found := rectified(state, view)) is not None else []
        if (outcome := concluded_of(state)) is not None:
            concluded[view.name] = outcome
    corrections = {(event.source, event.id): event for event in known if event.verb == "corrected"}
    return Facts(
        issued=in_order(standing),
        registry=registry,
        calendar=calendar,
        withdrawn=in_order(withdrawn),
        corrections=tuple(sorted(corrections.values(), key=lambda event: (event.time_us, event.id))),
        concluded=concluded,
        lists=lists or Lists(),
        feeds=tuple(feeds),
        cases=tuple(cases),
        warnings=tuple(warned),
        recorded=fields_recorded((*standing, *withdrawn)) if recorded is None else recorded,
    )


def in_order(found: Iterable[Issuance]) -> tuple[Issuance, ...]:
    """Demands by time, then by name."""
    return tuple(sorted(found, key=lambda view: (view.at_us, view.name)))


def workdays_since(calendar: Calendar, from_us: int, now_us: int) -> int:
    """Whole workdays that have passed after the day of ``from_us`` and up to that of ``now_us``; 0 when none."""
    after = day_of(from_us) + timedelta(days=1)
    return calendar.workdays_between(after, day_of(now_us) + timedelta(days=1))
