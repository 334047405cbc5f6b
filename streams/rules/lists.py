"""Lists in force as files: duty lists, approved plan items, data held, yearly plans and caps, annotations, each with validity and source.

Pure but for reading the files it is given. Flows in: YAML. Flows out: ``ListVersion`` values, or every fault at once with its line; and the
``Lists`` that the versions in force on a day amount to. docs/rules.md shows the format.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError, model_validator

from streams.events.gate import checked_tree
from streams.rules.facts import Lists
from streams.rules.loading import PackFaults, invalid, read_sheet
from streams.rules.pack import Strict

ListKind = Literal["duty", "approved", "held", "plan", "cap", "annotation"]
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
    """One line. ``item`` is a duty item, plan item, element, sort of demand (meeting, document, KIND:综合 ...) or what an annotation says."""

    item: Annotated[str, Field(min_length=1, max_length=200)]
    status: Annotated[Literal["basic", "cooperate", "withdrawn"] | None, Field(description="of a duty item")] = None
    holders: Annotated[
        tuple[str, ...], Field(description="who holds an element with sharing open: issuers or lines")
    ] = ()
    issuer: Annotated[str, Field(description="whose plan or cap")] = ""
    number: Annotated[
        int | None, Field(ge=0, description="planned, allowed, or units that a plan item was approved for")
    ] = None
    sort: Annotated[
        Literal["campaign", "flood", "holiday", "edition"] | None, Field(description="of an annotation: what happened")
    ] = None
    first: Annotated[date | None, Field(description="of an annotation: its first day")] = None
    last: Annotated[date | None, Field(description="of an annotation: its last day; the first where left out")] = None

    @model_validator(mode="after")
    def _ordered(self) -> ListRow:
        if self.first and self.last and self.last < self.first:
            raise ValueError("last must not be before first; it is the last day that the annotation is about")
        return self


_WANTED: Final[dict[ListKind, tuple[str, ...]]] = {
    "duty": ("status",), "approved": ("number",), "held": ("holders",), "plan": ("issuer", "number"), "cap": ("issuer", "number"),
    "annotation": ("sort", "first"),
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
            description="whose duty list it is; where annotations hold",
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
            for name in _WANTED[self.list]:
                if getattr(row, name) in (None, "", ()):
                    raise ValueError(f"rows.{number}.{name}: a {self.list} list needs it; add it")
        return self

    def in_force(self, day: date) -> bool:
        """Whether this version applies on a day."""
        return self.from_day <= day < self.to_day


def read_list(path: Path) -> ListVersion:
    """The list of a file. Raises PackFaults with all that is wrong."""
    sheet = read_sheet(path)
    try:
        return ListVersion.model_validate(sheet.data)
    except ValidationError as error:
        raise PackFaults(invalid(sheet, error)) from error


def gated(version: ListVersion) -> ListVersion:
    """The version as it may be stored, personal numbers masked. Raises Refused."""
    tree = version.model_dump(mode="json", by_alias=True)
    tree["document"] = tree.pop("source")  # of an event it is an identifier and left alone, here it is a text
    kept, masked = checked_tree(tree)
    return ListVersion.model_validate(kept | {"source": kept.pop("document")}) if masked else version


def lists_on(versions: Iterable[ListVersion], day: date) -> Lists:
    """What applies on a day: of each name the version that began last, of those added later where two began together."""
    current: dict[tuple[ListKind, str], ListVersion] = {}
    for version in versions:
        held = current.get((version.list, version.name))
        if version.in_force(day) and (held is None or version.from_day >= held.from_day):
            current[version.list, version.name] = version
    duty: dict[str, dict[str, str]] = {}
    approved: dict[str, int] = {}
    held_data: dict[str, tuple[str, ...]] = {}
    numbers: dict[ListKind, dict[tuple[str, str, int], int]] = {"plan": {}, "cap": {}}
    for version in current.values():
        for row in version.rows:
            if version.list == "duty":
                duty.setdefault(version.area, {})[row.item] = str(row.status)
            elif version.list == "approved":
                approved[row.item] = int(row.number or 0)
            elif version.list == "held":
                held_data[row.item] = tuple(dict.fromkeys((*held_data.get(row.item, ()), *row.holders)))
            elif version.list in numbers:
                numbers[version.list][row.issuer, row.item, version.from_day.year] = int(row.number or 0)
    return Lists(duty=duty, approved=approved, held=held_data, plans=numbers["plan"], caps=numbers["cap"])


def kinds_needed(columns: Iterable[str]) -> frozenset[ListKind]:
    """The kinds of list that a rule over these columns needs; any one of them is enough."""
    return frozenset(kind for column in columns for kind in NEEDED.get(column, frozenset()))
