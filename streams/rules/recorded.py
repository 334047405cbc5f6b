"""What a source is known to record: only there is a missing field an absence, everywhere else it is unknown and accuses nobody.

Pure. Flows in: demands of some sources, many of each. Flows out: for each source the KIND.COLUMN that it fills in. That an office's register
has no field for an assessment is a question of coverage, asked once of the source and not of each of its documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from streams.events.data import ISSUED
from streams.events.docno import is_none, is_number

if TYPE_CHECKING:
    from streams.rules.facts import Issuance

RECORDED_FROM: Final = 3
"""So many events of a source must fill a field before it counts as recorded there."""
RECORDED_SHARE: Final = 0.05
"""And at least this share of those that could."""
OWN_FROM: Final = 10
"""From so many events of a kind on it speaks for itself; below, what the source fills elsewhere, or its system there, is taken too."""
MARKS: Final = ("table_no", "issuing_body", "approval_no", "valid_to")

_EVERY: Final = tuple(ISSUED)
FIELDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "has_doc_no": (_EVERY, ("doc_no",)),
    "has_plan": (_EVERY, ("plan_item_id", "filing_id", "plan_item")),
    "has_assessment": (_EVERY, ("consistency_assessment_id",)),
    "has_basis": (_EVERY, ("basis_type", "legal_basis")),
    "has_resources": (_EVERY, ("resources",)),
    "has_duty_item": (_EVERY, ("duty_item_code",)),
    "has_registry_no": (("app",), ("registry_no",)),
    "has_catalogue": (("evaluation", "pilot"), ("catalogue_id",)),
    "has_approval": (("secondment",), ("approval_no",)),
    "consented": (("secondment",), ("consent_unit", "consent_person")),
    "has_admission": (("plaque",), ("admission_no",)),
    "safety_ground": (("checkin",), ("safety_ground",)),
    "marks_missing": (("request",), MARKS),
}
"""Columns that may tell of an absence: the kinds that can carry them, and the fields of which one is enough."""
Recorded = Mapping[str, frozenset[str]]
"""Source -> KIND.COLUMN that its events fill."""
EVERYTHING: Final = frozenset(f"{kind}.{column}" for column, (kinds, _) in FIELDS.items() for kind in kinds)
"""What a source records that leaves nothing out: a draft is what its author makes it."""
_NUMBERS: Final = {"has_doc_no": is_number}


def said(data: Any, column: str) -> bool | None:
    """Whether an event fills a column: None where it has no such field at all, False where a field says that there is none."""
    values = [value for name in FIELDS[column][1] if (value := getattr(data, name, None)) is not None]
    if not values:
        return None
    given = _NUMBERS.get(column, _given)
    return any(given(value) for value in values)


def _given(value: Any) -> bool:
    return value if isinstance(value, bool) else not is_none(str(value))


def stated(view: Issuance, column: str, recorded: Recorded) -> bool | None:
    """The same; a field that is missing counts as False where the event's source records it, and is unknown elsewhere."""
    found = said(view.data, column)
    if found is None and f"{view.event.kind}.{column}" in recorded.get(view.event.source, ()):
        return False
    return found


def fields_recorded(issued: Iterable[Issuance]) -> dict[str, frozenset[str]]:
    """What each source records, by its own events; give it all that is known of them, not a batch."""
    seen: dict[str, dict[str, int]] = {}
    filled: dict[str, dict[tuple[str, str], int]] = {}
    for view in issued:
        source, kind = view.event.source, view.event.kind
        kinds, counts = seen.setdefault(source, {}), filled.setdefault(source, {})
        kinds[kind] = kinds.get(kind, 0) + 1
        for column, (able, _) in FIELDS.items():
            if kind in able and said(view.data, column) is not None:
                counts[kind, column] = counts.get((kind, column), 0) + 1
    shared = _of_systems(seen, filled)
    return {
        source: _of_source(kinds, filled[source], shared[system_of(source)]) for source, kinds in sorted(seen.items())
    }


def system_of(source: str) -> str:
    """The system that a source is a part of: //HOST of a URI, else the source itself."""
    _, slashes, rest = source.partition("//")
    return slashes + rest.partition("/")[0] if slashes else source


def _of_systems(
    seen: Mapping[str, Mapping[str, int]], filled: Mapping[str, Mapping[tuple[str, str], int]]
) -> dict[str, frozenset[tuple[str, str]]]:
    """Kind and column that the sources of a system fill together: offices of one system have one form to fill in."""
    many: Counter[tuple[str, str]] = Counter()
    carrying: Counter[tuple[str, str, str]] = Counter()
    for source, kinds in seen.items():
        many.update({(system_of(source), kind): number for kind, number in kinds.items()})
        carrying.update({(system_of(source), *where): number for where, number in filled[source].items()})
    found: dict[str, set[tuple[str, str]]] = {system_of(source): set() for source in seen}
    for (system, kind, column), number in carrying.items():
        if _enough(number, many[system, kind]):
            found[system].add((kind, column))
    return {system: frozenset(pairs) for system, pairs in found.items()}


def _of_source(
    seen: Mapping[str, int], filled: Mapping[tuple[str, str], int], shared: frozenset[tuple[str, str]]
) -> frozenset[str]:
    found: set[str] = set()
    for column, (able, _) in FIELDS.items():
        carried = {kind: filled.get((kind, column), 0) for kind in able}
        generally = _enough(sum(carried.values()), sum(seen.get(kind, 0) for kind in able))
        for kind in able:
            many = seen.get(kind, 0)
            if _enough(carried[kind], many) or (many < OWN_FROM and (generally or (kind, column) in shared)):
                found.add(f"{kind}.{column}")
    return frozenset(found)


def _enough(carrying: int, able: int) -> bool:
    return carrying >= RECORDED_FROM and carrying >= RECORDED_SHARE * able
