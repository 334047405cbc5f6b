"""What is asked of one unit: the occurrences that reach it, with what their announcements say and what became of them.

Flows in: an engine, a Scope, a unit. Flows out: ``Ask`` and ``Twice``. Bodies are read for demands that reach the unit, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import msgspec

from dashboard.engine import Engine
from streams.calendars.periods import DAY_US
from streams.events.data import Item
from streams.events.model import KINDS
from streams.rules.overlaps import OPEN_US, same_thing
from streams.store import Scope, reads
from streams.store.answers import DemandRow
from streams.store.loads import events_by_pos

BACK_US: Final = 45 * DAY_US
AHEAD_US: Final = 30 * DAY_US
ROWS: Final = 600
REQUEST: Final = KINDS.index("request") + 1
MARKS: Final = ("table_no", "issuing_body", "approval_no", "valid_to")
"""What a statistical form must show; without them the respondent may refuse."""
CLOSING: Final = ("withdrawn", "ended")


class _Said(msgspec.Struct, frozen=True):
    """The fields of a request that the page needs, and those of an answer."""

    items: tuple[Item, ...] = ()
    parent_id: str | dict[str, str] | None = None
    claims_statistical: bool = False
    table_no: str | None = None
    issuing_body: str | None = None
    approval_no: str | None = None
    valid_to: str | None = None
    unit: str | None = None


class _Body(msgspec.Struct, frozen=True):
    data: _Said = _Said()


@dataclass(frozen=True)
class Ask:
    """One occurrence that reaches the unit; minutes are the likely ones of this unit."""

    key: int
    id: str
    kind: int
    issuer: str
    title: str
    doc_no: str
    start_us: int
    deadline_us: int | None
    likely: int
    items: tuple[Item, ...] = ()
    parent: str = ""
    closed: bool = False
    """Answered by this unit, withdrawn or ended."""
    source: str = ""
    unmarked: tuple[str, ...] = ()
    """Marks of a statistical form that are missing, for a request that claims to be one."""

    def open_at(self, at_us: int) -> bool:
        """Whether it is still to be done: until its deadline, without one for 30 days."""
        until = self.start_us + OPEN_US if self.deadline_us is None else self.deadline_us
        return not self.closed and until >= at_us


@dataclass(frozen=True)
class Twice:
    """Two open requests of different issuers that ask for the same; ``second`` began later."""

    first: Ask
    second: Ask
    elements: tuple[str, ...]

    @property
    def spare(self) -> int:
        """Person-minutes that merging could save: the share of the smaller request that is common."""
        return min(one.likely * len(self.elements) // len(one.items) for one in (self.first, self.second))


def asks(engine: Engine, scope: Scope, unit: str, at_us: int) -> list[Ask]:
    """What began in the last 45 days or begins in the next 30, by start. Raises OutOfScope."""
    here = engine.client, scope, engine.registry, unit
    past = engine.later(reads.upcoming_demands, *here, at_us - BACK_US, at_us, n=ROWS, unit=True)
    rows = reads.upcoming_demands(*here, at_us, at_us + AHEAD_US, n=ROWS, unit=True)
    return _told(engine, unit, [*past.result(), *rows])


def _told(engine: Engine, unit: str, rows: Sequence[DemandRow]) -> list[Ask]:
    keys = sorted({one.key for one in rows if one.kind == REQUEST})
    issued = {one.pos: one for one in events_by_pos(engine.client, keys)}
    said = {key: _read(one.body).data for key, one in issued.items()}
    closed = _closed(engine, unit, {one.ident: key for key, one in issued.items()})
    out = []
    for one in rows:
        about = said.get(one.key, _Said())
        missing = tuple(name for name in MARKS if about.claims_statistical and not getattr(about, name))
        out.append(
            Ask(
                one.key, one.id, one.kind, one.issuer, one.title, one.doc_no, one.start_us, one.deadline_us, one.likely,
                items=about.items, parent=_reference(about.parent_id), closed=one.key in closed, source=one.source,
                unmarked=missing,
            )
        )  # fmt: skip
    return out


def _closed(engine: Engine, unit: str, keys: dict[int, int]) -> set[int]:
    """Keys of the requests that this unit has answered, or that were withdrawn or ended for everyone."""
    if not keys:
        return set()
    rows = engine.client.query(
        "SELECT target, pos FROM refs WHERE target IN {idents:Array(UInt64)}", parameters={"idents": list(keys)}
    ).result_rows
    about = {int(pos): keys[int(target)] for target, pos in rows}
    found = events_by_pos(engine.client, sorted(about))
    return {
        about[one.pos]
        for one in found
        if one.verb in CLOSING or (one.verb == "answered" and _read(one.body).data.unit == unit)
    }


def _read(body: bytes) -> _Body:
    try:
        return msgspec.json.decode(body, type=_Body)
    except msgspec.ValidationError:  # an amendment or an answer of another shape says nothing here
        return _Body()


def _reference(parent: str | dict[str, str] | None) -> str:
    return parent.get("id", "") if isinstance(parent, dict) else parent or ""


def twice(found: Iterable[Ask], at_us: int) -> list[Twice]:
    """Pairs of open requests of different issuers with items in common, the most minutes to spare first."""
    requests = {one.key: one for one in found if one.items and one.open_at(at_us)}
    out = []
    for first, second in combinations(sorted(requests.values(), key=lambda one: (one.start_us, one.key)), 2):
        if first.issuer == second.issuer or first.id == second.parent or second.id == first.parent:
            continue
        shared = {mine.element for mine in first.items if any(same_thing(mine, other) for other in second.items)}
        if shared:
            out.append(Twice(first, second, tuple(sorted(shared))))
    return sorted(out, key=lambda one: (-one.spare, one.first.key, one.second.key))
