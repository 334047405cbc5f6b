"""What is asked of one unit: the occurrences that reach it, with their demands as they stand and what this unit answered.

Flows in: an engine, a Scope, a unit. Flows out: ``Ask`` and ``Twice``. Bodies are read for demands that reach the unit, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.data.engine import Engine
from streams.calendars.periods import DAY_US
from streams.demands import DemandState, open_until_us, same_thing, states_of
from streams.events import decode_stored
from streams.events.data import Item
from streams.events.model import KINDS, Ref
from streams.store import Scope, reads
from streams.store.answers import DemandRow
from streams.store.evidence import demands_of_unit

BACK_US: Final = 45 * DAY_US
AHEAD_US: Final = 30 * DAY_US
ROWS: Final = 200_000
"""Occurrences of either time that a page reads at most: far above what reaches a unit (1,400 in the demonstration)."""
REQUEST: Final = KINDS.index("request") + 1
MARKS: Final = ("table_no", "issuing_body", "approval_no", "valid_to")
"""What a statistical form must show; without them the respondent may refuse."""


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

    open_until_us: int = 0
    """Until when a request is open, as rules see it."""

    def open_at(self, at_us: int) -> bool:
        """Whether it is still to be done."""
        return not self.closed and self.open_until_us >= at_us


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
    """What began in the last 45 days or begins in the next 30, by start; all of it, up to ROWS each. Raises OutOfScope."""
    here = engine.client, scope, engine.registry, unit
    past = engine.later(reads.upcoming_demands, *here, at_us - BACK_US, at_us, n=ROWS, unit=True)
    rows = reads.upcoming_demands(*here, at_us, at_us + AHEAD_US, n=ROWS, unit=True)
    return _told(engine, scope, unit, [*past.result(), *rows], at_us)


def _told(engine: Engine, scope: Scope, unit: str, rows: Sequence[DemandRow], at_us: int) -> list[Ask]:
    states = _states(engine, scope, unit, sorted({row.key for row in rows if row.kind == REQUEST}))
    return [_ask(row, states.get(row.key), unit, at_us) for row in rows]


def _ask(row: DemandRow, state: DemandState | None, unit: str, at_us: int) -> Ask:
    ask = Ask(
        row.key, row.id, row.kind, row.issuer, row.title, row.doc_no, row.start_us, row.deadline_us, row.likely, source=row.source,
        open_until_us=row.start_us if row.deadline_us is None else row.deadline_us,
    )  # fmt: skip
    if state is None:
        return ask
    data = state.data
    answered = any(
        answer.unit == unit and (not data.recurrence or answer.occurrence_us == row.start_us)
        for answer in state.answers
    )
    return Ask(
        ask.key, ask.id, ask.kind, data.issuer, data.title, data.doc_no or "", ask.start_us, data.deadline_us, ask.likely,
        items=data.items, parent=_reference(data.parent_id), closed=answered or bool(state.gone(at_us)), source=ask.source,
        unmarked=tuple(name for name in MARKS if data.claims_statistical and not getattr(data, name)),
        open_until_us=open_until_us(data, row.start_us, state.cutoff_us),
    )  # fmt: skip


def _states(engine: Engine, scope: Scope, unit: str, keys: Sequence[int]) -> dict[int, DemandState]:
    """The demands at these positions as they stand."""
    rows, wanted = demands_of_unit(engine.client, scope, engine.registry, unit, keys), set(keys)
    positions = {row.ident: row.pos for row in rows if row.pos in wanted}
    found = states_of(event for row in rows if (event := decode_stored(row.body)) is not None)
    return {positions[state.issued.ident]: state for state in found if state.issued.ident in positions}


def _reference(parent: str | Ref | None) -> str:
    return parent.id if isinstance(parent, Ref) else parent or ""


def twice(found: Iterable[Ask], at_us: int) -> list[Twice]:
    """Pairs of open requests of different issuers with items in common, the most minutes to spare first."""
    requests = {ask.key: ask for ask in found if ask.items and ask.open_at(at_us)}
    asked: dict[str, list[tuple[Ask, Item]]] = {}
    shared: dict[tuple[int, int], set[str]] = {}
    for second in sorted(requests.values(), key=lambda ask: (ask.start_us, ask.key)):
        for item in second.items:
            for first, other in asked.get(item.element, ()):
                if _are_two(first, second) and same_thing(item, other):
                    shared.setdefault((first.key, second.key), set()).add(item.element)
        for item in second.items:
            asked.setdefault(item.element, []).append((second, item))
    pairs = [Twice(requests[a], requests[b], tuple(sorted(both))) for (a, b), both in shared.items()]
    return sorted(pairs, key=lambda pair: (-pair.spare, pair.first.key, pair.second.key))


def _are_two(first: Ask, second: Ask) -> bool:
    """Whether two requests are of different issuers and neither passes the other on."""
    return first.issuer != second.issuer and first.id != second.parent and second.id != first.parent
