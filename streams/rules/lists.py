"""Lists in force: duty lists, plans, caps, data held, approved apps, groups and plaques, annotations, each with validity and source.

Pure. Flows in: rows. Flows out: ``ListVersion`` values, and the ``Lists`` that the versions in force on a day amount to. Files of lists are
read by ``list_files``; docs/bring-in.md shows how they may look.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final, Literal, get_args

import msgspec
from pydantic import Field, model_validator

from streams.events.gate import checked_tree
from streams.rules.facts import Lists
from streams.rules.pack import Strict

ListKind = Literal["duty", "approved", "held", "plan", "cap", "app", "group", "plaque", "annotation"]
KINDS: Final[tuple[ListKind, ...]] = get_args(ListKind)
FOREVER: Final = date(2149, 6, 6)
"""The last day that the store can hold: no end is known."""
NEEDED: Final[dict[str, frozenset[ListKind]]] = {
    "duty_status": frozenset({"duty"}),
    "approved_receivers": frozenset({"approved"}),
    "held": frozenset({"held"}),
    "held_share": frozenset({"held"}),
    "plan": frozenset({"plan"}),
    "cap": frozenset({"cap"}),
}
"""Columns of rules that nothing but a list fills, and the kind of list."""


class ListRow(Strict):
    """One line. ``item`` is a duty item, plan item, element, sort of demand (meeting, document, KIND:综合 ...), number or name of an app, group

    or plaque, or what an annotation says. ``first`` and ``last`` bound a row more closely than its list is bounded.
    """

    item: Annotated[str, Field(min_length=1, max_length=200)]
    status: Annotated[Literal["basic", "cooperate", "withdrawn"] | None, Field(description="of a duty item")] = None
    holders: Annotated[
        tuple[str, ...],
        Field(description="who holds an element: issuers or lines; with sharing open unless open says no"),
    ] = ()
    open: Annotated[bool | None, Field(description="of an element: no where its holders do not share it")] = None
    why: Annotated[str | None, Field(max_length=500, description="why an element is not shared")] = None
    issuer: Annotated[str, Field(description="whose plan or cap")] = ""
    number: Annotated[
        int | None, Field(ge=0, description="planned, allowed, or units that a plan item was approved for")
    ] = None
    sort: Annotated[
        Literal["campaign", "flood", "holiday", "edition"] | None, Field(description="of an annotation: what happened")
    ] = None
    first: Annotated[date | None, Field(description="the first day; of an annotation: when it began")] = None
    last: Annotated[date | None, Field(description="the last day; of an annotation the first where left out")] = None
    title: Annotated[str | None, Field(max_length=500, description="what it is called")] = None
    months: Annotated[
        tuple[Annotated[int, Field(ge=1, le=12)], ...] | None, Field(description="of a plan: for when")
    ] = None
    source: Annotated[str | None, Field(max_length=500, description="the document that this row is from")] = None

    @model_validator(mode="after")
    def _ordered(self) -> ListRow:
        if self.first and self.last and self.last < self.first:
            raise ValueError("last must not be before first; it is the last day on which the row holds")
        return self

    def in_force(self, day: date) -> bool:
        """Whether the row applies on a day on which its list does."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class KeptRow(msgspec.Struct, frozen=True):
    """A ``ListRow`` that was checked when it was stored: read again in a hundredth of the time."""

    item: str
    status: str | None = None
    holders: tuple[str, ...] = ()
    open: bool | None = None
    why: str | None = None
    issuer: str = ""
    number: int | None = None
    sort: str | None = None
    first: date | None = None
    last: date | None = None
    title: str | None = None
    months: tuple[int, ...] | None = None
    source: str | None = None

    def in_force(self, day: date) -> bool:
        """As that of a ``ListRow``."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


KEPT_ROWS: Final = msgspec.json.Decoder(tuple[KeptRow, ...])


WANTED: Final[dict[ListKind, tuple[str, ...]]] = {
    "duty": ("status",), "approved": ("number",), "held": ("holders",), "plan": ("issuer", "number"), "cap": ("issuer", "number"),
    "annotation": ("sort", "first"), "app": (), "group": (), "plaque": (),
}  # fmt: skip


class ListVersion(Strict):
    """One version of one list, in force from ``from`` until the day before ``to``."""

    version: Literal[1]
    kind: Literal["list"]
    list: ListKind
    name: Annotated[str, Field(min_length=1, max_length=200)]
    area: Annotated[
        str,
        Field(
            pattern=r"^(|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$",
            description="where it holds; '' everywhere",
        ),
    ] = ""
    source: Annotated[str, Field(min_length=1, max_length=500, description="the document that it is from")]
    from_day: date = Field(alias="from")
    to_day: date = Field(default=FOREVER, alias="to")
    rows: Annotated[tuple[ListRow, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> ListVersion:
        if self.to_day <= self.from_day:
            raise ValueError("to must be after from; it is the first day on which the list no longer applies")
        for number, row in enumerate(self.rows):
            for name in WANTED[self.list]:
                if getattr(row, name) in (None, "", ()):
                    raise ValueError(f"rows.{number}.{name}: a {self.list} list needs it; add it")
        return self

    def in_force(self, day: date) -> bool:
        """Whether this version applies on a day."""
        return self.from_day <= day < self.to_day


def gated(version: ListVersion) -> ListVersion:
    """The version as it may be stored, personal numbers masked. Raises Refused."""
    tree = version.model_dump(mode="json", by_alias=True)
    tree["document"] = tree.pop("source")  # of an event it is an identifier and left alone, here it is a text
    kept, masked = checked_tree(tree)
    return ListVersion.model_validate(kept | {"source": kept.pop("document")}) if masked else version


def lists_on(versions: Iterable[ListVersion], day: date) -> Lists:
    """What applies on a day: of each name and area the version that began last, of those added later where two began together.

    Where lists of several areas plan for one body, that of the widest area holds; of caps the lowest.
    """
    current: dict[tuple[ListKind, str, str], ListVersion] = {}
    for version in versions:
        key = (version.list, version.area, version.name)
        held = current.get(key)
        if version.in_force(day) and (held is None or version.from_day >= held.from_day):
            current[key] = version
    found = _Laid()
    for version in sorted(current.values(), key=lambda one: -len(one.area)):
        found.lay(version, [row for row in version.rows if row.in_force(day)])
    return found.lists()


class _Laid:
    """Lists as they grow, the narrowest areas first."""

    def __init__(self) -> None:
        self.duty: dict[str, dict[str, str]] = {}
        self.approved: dict[str, dict[str, int]] = {}
        self.held: dict[str, dict[str, tuple[str, ...]]] = {}
        self.filed: dict[str, dict[str, set[str]]] = {}
        self.plans: dict[tuple[str, str, int], int] = {}
        self.caps: dict[tuple[str, str, int], int] = {}

    def lay(self, version: ListVersion, rows: Iterable[ListRow]) -> None:
        """Takes up one version."""
        area, year = version.area, version.from_day.year
        if version.list == "duty":
            self.duty.setdefault(area, {}).update((row.item, str(row.status)) for row in rows)
        elif version.list == "approved":
            self.approved.setdefault(area, {}).update((row.item, int(row.number or 0)) for row in rows)
        elif version.list == "held":
            held = self.held.setdefault(area, {})
            for row in rows:
                if row.open is not False:
                    before = held.get(row.item)
                    held[row.item] = tuple(dict.fromkeys((*before, *row.holders))) if before else row.holders
        elif version.list == "plan":
            self.plans |= _summed(rows, year)
        elif version.list == "cap":
            for row in rows:
                key, number = (row.issuer, row.item, year), int(row.number or 0)
                self.caps[key] = min(number, self.caps.get(key, number))
        elif version.list in FILED:
            self.filed.setdefault(version.list, {}).setdefault(area, set()).update(row.item for row in rows)

    def lists(self) -> Lists:
        """All of it."""
        wide, near = self.held.pop("", {}), self.held
        approved, approved_near = self.approved.pop("", {}), self.approved
        filed = {kind: {area: frozenset(of) for area, of in areas.items()} for kind, areas in self.filed.items()}
        return Lists(
            duty=self.duty, approved=approved, held=wide, plans=self.plans, caps=self.caps,
            held_in=near, approved_in=approved_near, filed=filed,
        )  # fmt: skip


FILED: Final[tuple[ListKind, ...]] = ("app", "group", "plaque")
"""Lists of what was admitted, by number or name."""


def _summed(rows: Iterable[ListRow], year: int) -> dict[tuple[str, str, int], int]:
    """A plan may name each of its meetings by itself: what it allows is how many they are."""
    found: dict[tuple[str, str, int], int] = {}
    for row in rows:
        key = (row.issuer, row.item, year)
        found[key] = found.get(key, 0) + int(row.number or 0)
    return found


def kinds_needed(columns: Iterable[str]) -> frozenset[ListKind]:
    """The kinds of list that a rule over these columns needs; any one of them is enough."""
    return frozenset(kind for column in columns for kind in NEEDED.get(column, frozenset()))
